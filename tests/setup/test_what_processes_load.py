"""What the processes that are always there load when they start."""

from __future__ import annotations

import subprocess
import sys

import pytest

LARGE = {"scipy", "librosa", "torch", "pandas", "pyarrow", "mir_eval", "sklearn", "numba", "reportlab", "matplotlib"}
"""What takes tens of megabytes and half a second each: for who measures, agrees, or writes such a file."""


@pytest.mark.parametrize("process", ["web.application", "worker", "supervisor"])
def test_a_process_starts_without_large_libraries_that_few_of_its_requests_need(process: str) -> None:
    code = f"import sys, labelbuddy_core.{process}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not LARGE & set(loaded)
