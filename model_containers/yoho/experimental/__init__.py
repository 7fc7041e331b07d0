"""A YOHO that learned from generated sound alone: experimental, and there on the first day (docs/yoho.md)."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = Path(__file__).parent
"""The folder of its weights."""
