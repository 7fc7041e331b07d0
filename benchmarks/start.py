"""Start after installation: from the command to HTTP 200, on an empty and on an existing data folder.

Prints JSON with wall seconds and CPU seconds of all processes until the answer. Budgets (DESIGN §10): empty < 8 s,
existing < 4 s and < 3 CPU s.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure three starts and print them."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("empty", "existing", "existing"):
            rows.append({"data folder": name, **measure(Path(folder))})
    print(json.dumps({"start": rows}, indent=1))


def measure(data: Path) -> dict[str, float]:
    """One start: wall and CPU seconds until the first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    process = subprocess.Popen(
        [ROOT / "bin" / "run", "--port", str(port), "--data", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
            break
        except OSError:
            time.sleep(0.01)
    wall = time.monotonic() - began
    cpu = sum(cpu_seconds(pid) for pid in family(process.pid))
    time.sleep(3)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    return {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2)}


def family(pid: int) -> list[int]:
    """A process with all its descendants."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [pid] + [grandchild for child in found.stdout.split() for grandchild in family(int(child))]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(fields[index]) for index in (11, 12, 13, 14)) / TICKS


if __name__ == "__main__":
    sys.exit(main())
