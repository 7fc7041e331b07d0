"""Sound events as DCASE's tasks and sed_eval keep them: strong, weak and durations, tab-separated.

Source: DCASE 2019–2024 task 4, "Reference labels": `filename⇥onset⇥offset⇥event_label`, `filename⇥event_labels` with
commas, `filename⇥duration`. A clip in which nothing happens has a row with empty cells, so that it is not taken for
missing. Cells with a quote are quoted, as pandas reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.quoted_cells import cells_of, quoted
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, lines, number, one_line, raising, wrong

SUFFIX = "tsv"
MEDIA_TYPE = "text/tab-separated-values; charset=utf-8"
CARRIES_STRONG = Carries(step=1e-6, fields=("label",), empty=True)
CARRIES_WEAK = Carries(step=1.0, fields=("label",), tags=True, empty=True, instants=False, regions=False)
CARRIES_DURATIONS = Carries(step=1.0, empty=True, instants=False, regions=False)
LOSES_DURATIONS = ("everything but how long recordings are",)
LOSES_STRONG = (
    "who annotated",
    "texts",
    "frequency bounds",
    "channels",
    "scores",
    "tiers",
    "attributes",
    "tags and captions",
)
LOSES_WEAK = ("times of regions", "who annotated", "scores", "texts", "captions and answers", "commas in names")


def write_strong(everything: Iterable[Marked]) -> Iterator[str]:
    """Events with onset and offset."""
    yield "filename\tonset\toffset\tevent_label\n"
    for marked in everything:
        name = quoted(one_line(marked.file))
        for mark in marked.marks:
            yield f"{name}\t{mark.start:.6f}\t{mark.end:.6f}\t{quoted(one_line(mark.label))}\n"
        if not marked.marks:
            yield f"{name}\t\t\t\n"


def write_weak(everything: Iterable[Marked]) -> Iterator[str]:
    """What is heard in each recording: its tags, and the labels of its regions."""
    yield "filename\tevent_labels\n"
    for marked in everything:
        labels = dict.fromkeys([tag for tag, _ in marked.tags] + [mark.label for mark in marked.marks])
        joined = ",".join(one_line(label).replace(",", " ") for label in labels)
        yield f"{quoted(one_line(marked.file))}\t{quoted(joined)}\n"


def write_durations(everything: Iterable[Marked]) -> Iterator[str]:
    """How long each recording is, in seconds, once."""
    yield "filename\tduration\n"
    seen = set()
    for marked in everything:
        if marked.file not in seen:
            seen.add(marked.file)
            yield f"{quoted(one_line(marked.file))}\t{marked.duration:.6f}\n"


def read_strong(text: str, refuse: Refuse = raising) -> Iterator[tuple[str, Mark | None]]:
    """(file, event) of every row, `None` for a file in which nothing happens.

    sed_eval's lists are read, too: without a header, with a scene before the onset, separated by tabs, semicolons or
    commas. A wrong row is `Invalid` with line and field, and goes to `refuse`.
    """
    for line, row in lines(text):
        cells = [cell.strip() for cell in cells_of(row, _separator(row))]
        if line == 1 and "onset" in (cell.lower() for cell in cells):
            continue
        if len(cells) == 5:  # file, scene, onset, offset, label
            del cells[1]
        with Refusing(refuse):
            yield cells[0], _event(cells[1:], line)


def _event(cells: Sequence[str], line: int) -> Mark | None:
    if not any(cells):
        return None
    if len(cells) < 3:
        raise wrong(line, "row", "expected filename, onset, offset and event_label with tabs between them")
    start, end = in_order(number(cells[0], line, "onset"), number(cells[1], line, "offset"), line)
    return Mark(start, end, cells[2], place=f"Line {line}")


def read_weak(text: str, refuse: Refuse = raising) -> Iterator[tuple[str, list[str]]]:
    """(file, labels) of every row. A wrong row is `Invalid` with the line, and goes to `refuse`."""
    for line, row in lines(text):
        name, *labels = cells_of(row)
        if line == 1 and labels and labels[0].strip() in ("event_labels", "event_label"):
            continue
        with Refusing(refuse):
            if not labels:
                raise wrong(line, "row", "expected filename and event_labels with a tab between them")
            yield name.strip(), [one.strip() for one in labels[0].split(",") if one.strip()]


def _separator(row: str) -> str:
    return next((one for one in ("\t", ";", ",") if one in row), "\t")
