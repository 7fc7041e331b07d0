"""Raven's selection tables: tab-separated, a selection a row, with frequencies; channels count from 1.

Source: the Raven Pro 1.6 user's manual, "Selection tables" (Cornell Lab of Ornithology). Columns beside the measured
ones are annotation columns: ours are `Label`, `Text`, `Score`, `Tier` and `Annotator`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.losses import Carries, in_one_line
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, lines, number, one_line, raising

SUFFIX = "selections.txt"
MEDIA_TYPE = "text/tab-separated-values; charset=utf-8"
CARRIES = Carries(
    step=1e-6, fields=("label", "text", "frequencies", "channel", "score", "tier"), annotator=True,
    also=(
        *in_one_line("label", "text", "tier"),
        ("selection(s) over the full band", lambda mark: mark.low is None or mark.high is None),
    ),
)  # fmt: skip
LOSES = (
    "line breaks and tabs",
    "attributes",
    "positions of beats",
    "tags, captions and answers",
    "missing frequency bounds become the full band",
)
COLUMNS = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"),
    *("Begin File", "Label", "Text", "Score", "Tier", "Annotator"),
)
_ROUNDED = 0.00051
"""Seconds that an offset may differ from a time because it has fewer digits."""
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


def read(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """The selections of a table, as `read_files` without file and annotator."""
    return [mark for _, _, mark in read_files(text, refuse)]


def read_files(text: str, refuse: Refuse = raising) -> Iterator[tuple[str, str, Mark]]:
    """(file, annotator, selection) of every row, "" where the table does not say; a selection that is listed for
    several views counts once.

    A wrong row is `Invalid` with line and field, and goes to `refuse`. Raises `Invalid` where a column is missing.
    """
    rows = lines(text)
    head = next(rows, None)
    names = [name.strip() for name in head[1].split("\t")] if head else []
    missing = [name for name in ("Begin Time (s)", "End Time (s)") if name not in names]
    if missing:
        raise Invalid(f"Line 1: the column {missing[0]} is missing; this is no selection table.", field=missing[0])
    label = next((name for name in _LABELS if name in names), "")
    seen: set[tuple[str, str]] = set()
    for line, row in rows:
        cells = dict(zip(names, (cell.strip() for cell in row.split("\t")), strict=False))
        file = cells.get("Begin Path") or cells.get("Begin File", "")
        selection = (file, cells.get("Selection", ""))
        if selection[1] and selection in seen:
            continue
        seen.add(selection)
        with Refusing(refuse):
            yield file, cells.get("Annotator", ""), _selection(cells, label, line)


def _selection(cells: Mapping[str, str], label: str, line: int) -> Mark:
    begin, end = "Begin Time (s)", "End Time (s)"
    start, stop = in_order(number(cells.get(begin, ""), line, begin), number(cells.get(end, ""), line, end), line)
    if cells.get("File Offset (s)"):  # of tables over several files, whose times count from the first one
        offset = number(cells["File Offset (s)"], line, "File Offset (s)")
        if abs(offset - start) > _ROUNDED:  # a table about one file has its times twice, here with fewer digits
            start, stop = offset, offset + stop - start
    low, high = (_optional(cells.get(name, ""), line, name) for name in ("Low Freq (Hz)", "High Freq (Hz)"))
    channel = _optional(cells.get("Channel", ""), line, "Channel")
    return Mark(
        start,
        stop,
        cells.get(label, ""),
        text=cells.get("Text", ""),
        low=low,
        high=high,
        channel=None if channel is None else max(0, int(channel) - 1),
        score=_optional(cells.get("Score", ""), line, "Score"),
        tier=cells.get("Tier", ""),
        place=f"Line {line}",
    )


def _optional(cell: str, line: int, field: str) -> float | None:
    return number(cell, line, field) if cell else None
