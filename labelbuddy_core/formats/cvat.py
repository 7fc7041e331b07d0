"""CVAT's "Generic TSV 1.0" for audio: `id filename start stop label source score`, then a column an attribute.

Source: CVAT's documentation, "Generic TSV": times are HH:MM:SS with a fraction; an import needs start, stop and label.
Cells with a quote are quoted, as pandas reads them; what older versions wrote without is read, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.quoted_cells import quoted, rows_of
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, number, one_line, raising, wrong

SUFFIX = "tsv"
MEDIA_TYPE = "text/tab-separated-values; charset=utf-8"
CARRIES = Carries(step=1e-6, fields=("label", "score", "text", "attributes"), empty=False)
LOSES = ("who annotated", "frequency bounds", "channels", "tiers", "tags, captions and answers")
COLUMNS = ("id", "filename", "start", "stop", "label", "source", "score", "text", "attributes")
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d+)?)")


def write(everything: Iterable[Marked]) -> Iterator[str]:
    """A row a mark; attributes as `name=value` in one column, since columns stand before the rows are known."""
    yield "\t".join(COLUMNS) + "\n"
    number_ = 0
    for marked in everything:
        file = quoted(one_line(marked.file))
        for mark in marked.marks:
            number_ += 1
            source = "manual\t" if mark.score is None else f"auto\t{mark.score:.6f}"
            text = quoted(one_line(mark.text)) if mark.text else ""
            label, attributes = quoted(one_line(mark.label)), quoted(one_line(_joined(mark.attributes)))
            yield (
                f"{number_}\t{file}\t{_clock(mark.start)}\t{_clock(mark.end)}\t{label}\t{source}\t{text}\t{attributes}\n"
            )


def read(text: str, refuse: Refuse = raising) -> Iterator[tuple[str, Mark]]:
    """(file, mark) of every row; columns that are not of the format are attributes.

    A wrong row is `Invalid` with line and field, and goes to `refuse`. Raises `Invalid` where a column is missing.
    """
    rows = rows_of(text)
    names = [one.strip() for one in next(rows, (1, []))[1]]
    for name in ("start", "stop", "label"):
        if name not in names:
            raise Invalid(f"Line 1: the column {name} is missing.", field=name)
    for line, row in rows:
        cells = dict(zip(names, row, strict=False))
        with Refusing(refuse):
            yield cells.get("filename", "").strip(), _mark(cells, line)


def _mark(cells: Mapping[str, str], line: int) -> Mark:
    start, stop = (_seconds(cells.get(name, ""), line, name) for name in ("start", "stop"))
    in_order(start, stop, line)
    score = cells.get("score", "").strip()
    others = {name: value for name, value in cells.items() if name not in COLUMNS and value.strip()}
    for pair in cells.get("attributes", "").split("; "):
        name, found, value = pair.partition("=")
        if found:
            others[name] = value
    return Mark(
        start, stop, cells.get("label", "").strip(), text=cells.get("text", "").strip(),
        score=number(score, line, "score") if score else None, attributes=tuple(others.items()), place=f"Line {line}",
    )  # fmt: skip


def _joined(attributes: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{name}={value}" for name, value in attributes)


def _clock(seconds: float) -> str:
    millionths = round(seconds * 1_000_000)
    whole, millionths = divmod(millionths, 1_000_000)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest:02d}.{millionths:06d}"


def _seconds(cell: str, line: int, field: str) -> float:
    match = _CLOCK.fullmatch(cell.strip())
    if match is None:
        raise wrong(line, field, f"expected HH:MM:SS.fraction, found {cell.strip()[:40]!r}")
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", "."))
