"""Feed damaged files to the ingest and count what becomes of them. Needs no service: a dying child costs one input."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.mutations import damaged, seeds

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30.0


@dataclass
class Report:
    """How many inputs ended how; `bad` are those that no lab member could understand."""

    outcomes: Counter[str] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)


class Child:
    """A process that ingests one file after the other."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.ingesting_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def ingest(self, path: Path) -> dict[str, str]:
        """The outcome: of the child, or of its death."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
        line = self.process.stdout.readline() if ready else ""
        if line:
            return json.loads(line)
        self.close()
        return {"outcome": "hang" if not ready else "crash", "says": f"exit status {self.process.returncode}"}

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


def fuzz(folder: Path, *, count: int, seed: int) -> Report:
    """Ingest `count` damaged files made from `seed`."""
    report, child = Report(), Child()
    path = folder / "input"
    for how, data in damaged(seeds(folder), seed, count):
        path.write_bytes(data)
        answer = child.ingest(path)
        report.outcomes[answer["outcome"]] += 1
        report.sentences[answer["says"][:60]] += 1
        if answer["outcome"] not in ("accepted", "accepted in part", "refused"):
            report.bad.append(f"{how}: {answer['outcome']}, {answer['says']}")
            (folder / f"bad-{len(report.bad)}").write_bytes(data)
            if answer["outcome"] in ("hang", "crash"):
                child = Child()
        elif answer["outcome"] == "refused" and not answer["says"].rstrip().endswith("."):
            report.bad.append(f"{how}: not a sentence: {answer['says']}")
    child.close()
    return report
