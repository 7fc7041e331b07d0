"""A report of agreement as CSV: figures, those of pairs, of annotators (lateness, ground truth, speed), confusions.

A confusion has what the first and second said in `label` and `other`; an empty one is nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from labelbuddy_core.formats.csv_export import harmless

COLUMNS = (
    *("kind", "measure", "label", "name", "question", "first", "second", "value", "low", "high", "recordings"),
    *("tasks", "events", "prevalence", "reading", "other"),
)
_OF_PAIRS = ("kappa_tags", "kappa_time", "event_f1", "chrf", "rouge_l")
_OF_ANNOTATORS = ("onset_late", "offset_late")
_OF_HABITS = ("low", "median", "high", "late")
_OF_SPEED = ("seconds_per_task", "seconds_per_second_of_sound")


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
            writer.writerow(_cells({**pair, "kind": "pair", **_estimate(pair, measure)}))
    for one in report["annotators"]:
        for row in _of_annotator(one):
            writer.writerow(_cells({**row, "first": one["annotator"]}))
    for matrix in report["confusion"]:
        for cell in matrix["cells"]:
            writer.writerow(_cells(_of_confusion(matrix, cell)))
    return buffer.getvalue().encode()


def _of_annotator(one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for measure in _OF_ANNOTATORS:
        yield {"kind": "annotator", "events": one["events"], **_estimate(one, measure)}
    for edge in ("onset", "offset"):
        habit = one[edge]
        for measure in _OF_HABITS if habit else ():
            measured = {"measure": f"{edge}_{measure}", "value": habit[measure], "events": habit["events"]}
            yield {"kind": "annotator", **measured}
    for measure in _OF_PAIRS if one["truth"] else ():
        yield {"kind": "truth", "tasks": one["truth"]["tasks"], **_estimate(one["truth"], measure)}
    for measure in _OF_SPEED if one["speed"] else ():
        speed = one["speed"]
        yield {"kind": "speed", "measure": measure, "tasks": speed["tasks"], "value": speed[measure]}


def _of_confusion(matrix: Mapping[str, Any], cell: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": f"confusion {matrix['of']}",
        "measure": matrix["what"],
        "first": matrix["rows"],
        "second": matrix["columns"],
        "label": cell["row"] or "",
        "other": cell["column"] or "",
        "value": cell["count"],
    }


def _estimate(figures: Mapping[str, Any], measure: str) -> dict[str, Any]:
    return {
        "measure": measure,
        "value": figures[measure],
        "low": figures[f"{measure}_low"],
        "high": figures[f"{measure}_high"],
    }


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: harmless(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
