"""Ingest of an hour of MP3 (probe, remuxed copy, peaks) beside decoding it once.

Prints JSON with CPU seconds and peak memory of the child process. Budget (DESIGN §10): ≤ 8 CPU s, ≤ 1.5 × one decoding,
≤ 200 MB.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.ingest import derive


def main() -> None:
    """Make the file, measure in fresh processes, print."""
    if len(sys.argv) == 4:
        child(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "hour.mp3"
        part = np.stack([synthesis.music(np.random.default_rng(seed), 60.0) for seed in (1, 2)])
        encode((part for _ in range(60)), synthesis.RATE, source, variable=True)
        rows = [run(what, source, folder) for what in ("decode", "ingest")]
    ratio = rows[1]["cpu_s"] / rows[0]["cpu_s"]
    print(json.dumps({"hour_of_mp3": {"decode": rows[0], "ingest": rows[1], "ratio": round(ratio, 2)}}, indent=1))


def run(what: str, source: Path, folder: Path) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", what, str(source), str(folder)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def child(what: str, source: Path, folder: Path) -> None:
    """The measured work."""
    began = time.process_time()
    if what == "decode":
        with Decoder(source) as decoder:
            for _ in decoder.blocks():
                pass
    else:
        derive(source, folder, lambda _: None)
    # ru_maxrss would be that of the process that started this one
    peak = int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024
    print(json.dumps({"cpu_s": round(time.process_time() - began, 2), "peak_mb": round(peak)}))


if __name__ == "__main__":
    main()
