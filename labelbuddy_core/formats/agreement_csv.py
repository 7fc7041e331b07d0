"""A report of agreement as CSV: a row a figure, then a row for each figure of a pair, then the annotators' lateness."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from labelbuddy_core.formats.csv_export import harmless

COLUMNS = (
    *("kind", "measure", "label", "name", "question", "first", "second", "value", "low", "high", "recordings"),
    *("tasks", "events", "prevalence", "reading"),
)
_OF_PAIRS = ("kappa_tags", "kappa_time", "event_f1")
_OF_ANNOTATORS = ("onset_late", "offset_late")


def report_csv(report: Mapping[str, Any]) -> bytes:
    """The numbers of a report (see `services.agreement`); values that cannot be computed are empty."""
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer = csv.DictWriter(buffer, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for figure in report["figures"]:
        writer.writerow(_cells(figure))
    for pair in report["pairs"]:
        for measure in _OF_PAIRS:
            writer.writerow(_cells({**pair, "kind": "pair", "measure": measure, "value": pair[measure]}))
    for one in report["annotators"]:
        for measure in _OF_ANNOTATORS:
            row = {**one, "kind": "annotator", "measure": measure, "value": one[measure], "first": one["annotator"]}
            writer.writerow(_cells(row))
    return buffer.getvalue().encode()


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: harmless(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
