"""RTTM, the segments of speaker diarization: `SPEAKER file channel onset duration <NA> <NA> name <NA> <NA>`.

Source: NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan", appendix A. Columns are
separated by spaces, so that spaces in names become underscores; channels count from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, lines, number, raising, wrong

SUFFIX = "rttm"
MEDIA_TYPE = "text/plain; charset=utf-8"
CARRIES = Carries(
    step=1e-6, fields=("label", "channel", "score"), instants=False,
    also=(("name(s) with underscores instead of spaces", lambda mark: any(one.isspace() for one in mark.label)),),
)  # fmt: skip
LOSES = (
    "instants",
    "who annotated",
    "spaces in names",
    "texts",
    "frequency bounds",
    "tiers",
    "attributes",
    "tags and captions",
)


def write(everything: Iterable[Marked]) -> Iterator[str]:
    """A row a region."""
    for marked in everything:
        name = _token(marked.recording)
        for mark in marked.marks:
            if not mark.instant:
                score = "<NA>" if mark.score is None else f"{mark.score:.6f}"
                channel = (mark.channel or 0) + 1
                yield (
                    f"SPEAKER {name} {channel} {mark.start:.6f} {mark.duration:.6f} <NA> <NA> "
                    f"{_token(mark.label)} {score} <NA>\n"
                )


def read(text: str, refuse: Refuse = raising) -> Iterator[tuple[str, Mark]]:
    """(file, mark) of every SPEAKER row; other kinds of rows are passed over.

    A wrong row is `Invalid` with line and field, and goes to `refuse`.
    """
    for line, row in lines(text):
        cells = row.split()
        if cells[0] != "SPEAKER":
            continue
        with Refusing(refuse):
            if len(cells) < 8:
                raise wrong(line, "row", f"expected 10 columns with spaces between them, found {len(cells)}")
            start = number(cells[3], line, "onset")
            duration = number(cells[4], line, "duration", least=0)
            channel = int(number(cells[2], line, "channel", least=0))
            score = None if len(cells) < 9 or cells[8] == "<NA>" else number(cells[8], line, "confidence")
            place = f"Line {line}"
            yield (
                cells[1],
                Mark(start, start + duration, cells[7], channel=max(0, channel - 1), score=score, place=place),
            )


def _token(text: str) -> str:
    return "_".join(text.split()) or "_"
