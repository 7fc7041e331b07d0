"""Raven's selection tables: tab-separated, a selection a row, with frequencies; channels count from 1.

Source: the Raven Pro 1.6 user's manual, "Selection tables" (Cornell Lab of Ornithology). Columns beside the measured
ones are annotation columns: ours are `Label`, `Text`, `Score`, `Tier` and `Annotator`.
"""

from __future__ import annotations

from collections.abc import Sequence

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import in_order, lines, number, one_line

SUFFIX = "selections.txt"
MEDIA_TYPE = "text/tab-separated-values; charset=utf-8"
CARRIES = Carries(
    step=1e-6, fields=("label", "text", "frequencies", "channel", "score", "tier"), annotator=True,
    also=(("selection(s) over the full band", lambda mark: mark.low is None or mark.high is None),),
)  # fmt: skip
LOSES = (
    "attributes",
    "positions of beats",
    "tags, captions and answers",
    "missing frequency bounds become the full band",
)
COLUMNS = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"),
    *("Begin File", "Label", "Text", "Score", "Tier", "Annotator"),
)
_LABELS = ("Label", "Annotation", "Species", "Species Code", "Tag", "Type", "Call Type", "Class")


def write(marked: Marked) -> str:
    """A selection table."""
    rows = ["\t".join(COLUMNS)]
    top = (marked.sample_rate or 48_000) / 2
    for selection, mark in enumerate(marked.marks, start=1):
        cells = (
            str(selection), "Spectrogram 1", str((mark.channel or 0) + 1), f"{mark.start:.6f}", f"{mark.end:.6f}",
            f"{mark.low or 0.0:.3f}", f"{top if mark.high is None else mark.high:.3f}", one_line(marked.file),
            one_line(mark.label), one_line(mark.text), "" if mark.score is None else f"{mark.score:.6f}",
            one_line(mark.tier), one_line(marked.annotator),
        )  # fmt: skip
        rows.append("\t".join(cells))
    return "".join(row + "\n" for row in rows)


def read(text: str) -> Sequence[Mark]:
    """The selections of a table; a selection that is listed for several views counts once.

    Raises `Invalid` with line and field.
    """
    rows = lines(text)
    head = next(rows, None)
    names = [name.strip() for name in head[1].split("\t")] if head else []
    missing = [name for name in ("Begin Time (s)", "End Time (s)") if name not in names]
    if missing:
        raise Invalid(f"Line 1: the column {missing[0]} is missing; this is no selection table.", field=missing[0])
    label = next((name for name in _LABELS if name in names), None)
    found: list[Mark] = []
    seen: set[str] = set()
    for line, row in rows:
        cells = dict(zip(names, (cell.strip() for cell in row.split("\t")), strict=False))
        selection = cells.get("Selection", "")
        if selection and selection in seen:
            continue
        seen.add(selection)
        start, end = in_order(
            number(cells.get("Begin Time (s)", ""), line, "Begin Time (s)"),
            number(cells.get("End Time (s)", ""), line, "End Time (s)"),
            line,
        )
        low, high = (_optional(cells.get(name, ""), line, name) for name in ("Low Freq (Hz)", "High Freq (Hz)"))
        channel = _optional(cells.get("Channel", ""), line, "Channel")
        found.append(
            Mark(
                start,
                end,
                cells.get(label, "") if label else "",
                text=cells.get("Text", ""),
                low=low,
                high=high,
                channel=None if channel is None else max(0, int(channel) - 1),
                score=_optional(cells.get("Score", ""), line, "Score"),
                tier=cells.get("Tier", ""),
            )
        )
    return found


def _optional(cell: str, line: int, field: str) -> float | None:
    return number(cell, line, field) if cell else None
