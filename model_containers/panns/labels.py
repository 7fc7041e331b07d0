"""AudioSet's 527 classes in the order of the networks' output: `class_labels_indices.csv` (Google, CC BY 4.0)."""

from __future__ import annotations

import csv
from pathlib import Path

_FILE = Path(__file__).parent / "class_labels_indices.csv"

with _FILE.open(encoding="utf-8", newline="") as _rows:
    LABELS: tuple[str, ...] = tuple(row["display_name"] for row in csv.DictReader(_rows))
"""Display names."""
