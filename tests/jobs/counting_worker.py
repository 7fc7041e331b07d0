"""A worker for the tests: its only kind of job appends a line to a file in each of ten steps."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.jobs.engine import JobEngine
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.settings import get_settings

STEPS = 10


def count(job: JobContext) -> dict[str, Any]:
    log = Path(job.arguments["log"])
    for number in range(STEPS):
        job.step(f"count-{number}", append, log, number)
        job.progress((number + 1) / STEPS, f"Counted to {number + 1}")
    return {"counted": STEPS}


def append(log: Path, number: int) -> int:
    with log.open("a") as file:
        file.write(f"{number}\n")
    time.sleep(0.15)
    return number


def fail(_job: JobContext) -> dict[str, Any]:
    raise ValueError("a secret detail")


if __name__ == "__main__":
    settings = get_settings()
    engine = JobEngine(
        settings.jobs_database_url, sys.argv[1], DatabaseJobBoard(), {"count": count, "fail": fail}, polling_seconds=0.1
    )
    engine.launch()
    for dead in sys.argv[2:]:
        engine.adopt(dead)
    while True:
        engine.dispatch()
        time.sleep(0.05)
