"""Import a folder of recordings (30 GB unless `--gigabytes` says other), with a kill -9 of the worker in the middle.

Prints JSON: seconds, rate, the worker's peak memory, how far it was when it was killed, and that each file came in
once. The files are noise without a header, so that reading them (ingest) ends at once and the import alone is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.editor import new_project

ROOT = Path(__file__).resolve().parents[1]
FILE_BYTES = 100_000_000


def main() -> None:
    """Make the folder, import it, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=30.0)
    parser.add_argument("--folder", type=Path, default=None, help="where there is room for twice that")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as name:
        folder = Path(name)
        count = max(2, round(wanted.gigabytes * 1e9 / FILE_BYTES))
        make(folder / "lab", count)
        os.environ |= {"LABELBUDDY_DATA": str(folder / "data"), "LABELBUDDY_IMPORT_FOLDERS": str(folder / "lab")}
        print(json.dumps(measured(folder / "lab", count), indent=1))


def make(folder: Path, count: int) -> None:
    """Files that are no audio, so that reading them ends at once."""
    folder.mkdir()
    noise = np.random.default_rng(1).bytes(FILE_BYTES - 8)
    for number in range(count):
        (folder / f"{number:05}.wav").write_bytes(number.to_bytes(8, "little") + noise)


def measured(folder: Path, count: int) -> dict[str, Any]:
    """The whole import with one kill."""
    from labelbuddy_core.services.recordings import import_reports, imports, recordings

    actor, project = new_project()
    begun = imports.begin_import(actor, project["id"], str(folder))
    began = time.monotonic()
    worker, killed_at, peak, message = _worker(), None, 0, ""
    while True:
        time.sleep(0.2)
        found = import_reports.get_import(actor, begun["id"])
        peak = max(peak, _peak(worker.pid))
        message = found["job"]["message"] if "left" in found["job"]["message"] else message
        if killed_at is None and found["files"]["added"] >= count // 2:
            killed_at = found["files"]["added"]
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            worker = _worker()
        if found["job"]["state"] not in ("queued", "running"):
            break
    seconds = time.monotonic() - began
    worker.kill()
    worker.wait()
    total = recordings.list_recordings(actor, project["id"], limit=1)["total"]
    return {
        "files": count,
        "gigabytes": count * FILE_BYTES / 1e9,
        "seconds": round(seconds, 1),
        "mb_per_s": round(count * FILE_BYTES / 1e6 / seconds),
        "worker_peak_mb": round(peak),
        "killed_after_files": killed_at,
        "state": found["job"]["state"],
        "result": found["job"]["result"],
        "recordings": total,
        "a_message": message,
    }


def _worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "labelbuddy_core.worker"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _peak(pid: int) -> float:
    """Megabytes of the process itself at its most."""
    try:
        found = re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[0]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
