"""How many processors this process may use: a container sees all of the machine's, whatever its limit is."""

from __future__ import annotations

import math
import os
from pathlib import Path


def available_processors(control_groups: Path = Path("/sys/fs/cgroup")) -> int:
    """`LABELBUDDY_THREADS` if it is set, else the processors that scheduler and control group allow."""
    asked = os.environ.get("LABELBUDDY_THREADS")
    if asked and asked.isdigit() and int(asked) > 0:
        return int(asked)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(control_groups)
    return allowed if quota is None else max(1, min(allowed, math.ceil(quota)))


def _quota(control_groups: Path) -> float | None:
    """Processors the control group allows (version 2, then version 1), None without a limit."""
    limits = control_groups / "cpu.max"
    if limits.exists():
        quota, period = limits.read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    quota_file, period_file = (control_groups / "cpu" / f"cpu.cfs_{name}_us" for name in ("quota", "period"))
    if not quota_file.exists():
        return None
    quota_us = int(quota_file.read_text())
    return None if quota_us < 0 else quota_us / int(period_file.read_text())
