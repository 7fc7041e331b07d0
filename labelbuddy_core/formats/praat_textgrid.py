"""Praat's TextGrid in the long text form, as Praat 6 writes it; the short one is read, too.

Source: the Praat manual, "TextGrid file formats". Interval tiers tile the whole time without gaps or overlap, so that
marks of a label that overlap go to further tiers ("Speech", "Speech 2"); a point tier holds the instants of a label.
A tier is a tier of the project where the marks lie on one, else a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import wrong

SUFFIX = "TextGrid"
MEDIA_TYPE = "text/plain; charset=utf-8"
CARRIES = Carries(step=1e-15, fields=("label", "tier"), empty=True)
LOSES = (
    "texts beside labels", "frequency bounds", "channels", "scores", "attributes", "tags, captions and answers",
)  # fmt: skip
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<![\w\[])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w\]])|<(exists|absent)>')


def write(marked: Marked) -> str:
    """A TextGrid over the whole recording."""
    length = max([marked.duration, *(mark.end for mark in marked.marks)])
    tiers = [*_interval_tiers(marked.marks), *_point_tiers(marked.marks)]
    out = [
        'File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0 ", f"xmax = {_time(length)} ",
        "tiers? <exists> " if tiers else "tiers? <absent> ",
    ]  # fmt: skip
    if tiers:
        out += [f"size = {len(tiers)} ", "item []: "]
    for number, (name, marks, points) in enumerate(tiers, start=1):
        kind = "TextTier" if points else "IntervalTier"
        out += [f"    item [{number}]:", f'        class = "{kind}" ', f"        name = {_quoted(name)} "]
        out += ["        xmin = 0 ", f"        xmax = {_time(length)} "]
        out += _points(marks) if points else _intervals(marks, length)
    return "\n".join(out) + "\n"


def read(text: str) -> Sequence[Mark]:
    """The marks of a TextGrid, empty intervals left out; each names its tier. Raises `Invalid` where it is not one."""
    tokens = _Tokens(text)
    if (tokens.text(), tokens.text()) != ("ooTextFile", "TextGrid"):
        raise Invalid(
            'The file does not begin with "ooTextFile" and "TextGrid"; save it in Praat as text.', field="file"
        )
    tokens.skip_span()
    found: list[Mark] = []
    if tokens.text() == "absent":
        return found
    for _ in range(int(tokens.number())):
        found += _read_tier(tokens)
    return sorted(found, key=lambda mark: (mark.start, mark.end))


def _read_tier(tokens: _Tokens) -> list[Mark]:
    kind, name = tokens.text(), tokens.text()
    if kind not in ("IntervalTier", "TextTier"):
        raise wrong(tokens.line, "class", f'expected "IntervalTier" or "TextTier", found {kind[:40]!r}')
    tokens.skip_span()
    marks = []
    for _ in range(int(tokens.number())):
        start = tokens.number()
        end = tokens.number() if kind == "IntervalTier" else start
        label = tokens.text().strip()
        if end < start:
            raise wrong(tokens.line, f"tier {name!r}", f"an interval ends ({end:g} s) before it starts ({start:g} s)")
        if label or kind == "TextTier":
            marks.append(Mark(start, end, label or name, tier=name, place=f"Tier {name!r}, {start:g} s"))
    return marks


class _Tokens:
    """The numbers, texts and flags of a file one after the other; what is between them says nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = _TOKEN.finditer(text)
        self._at = 0

    @property
    def line(self) -> int:
        """Where the last token stands."""
        return self._text.count("\n", 0, self._at) + 1

    def text(self) -> str:
        """The next token. Raises `Invalid` where the file has ended."""
        match = next(self._found, None)
        if match is None:
            raise wrong(self.line, "file", "the TextGrid ends early; save it again in Praat")
        self._at = match.start()
        quoted, number, flag = match.groups()
        return quoted.replace('""', '"') if quoted is not None else number or flag

    def skip_span(self) -> None:
        """Pass over the two times that grids and tiers begin with."""
        self.number()
        self.number()

    def number(self) -> float:
        """The next token, a number. Raises `Invalid` with the line."""
        token = self.text()
        try:
            return float(token)
        except ValueError:
            raise wrong(self.line, "number", f"expected a number, found {token[:40]!r}") from None


def _interval_tiers(marks: Iterable[Mark]) -> Iterator[tuple[str, list[Mark], bool]]:
    for name, group in _by_tier(mark for mark in marks if not mark.instant):
        for number, voice in enumerate(_without_overlap(group), start=1):
            yield name if number == 1 else f"{name} {number}", voice, False


def _point_tiers(marks: Iterable[Mark]) -> Iterator[tuple[str, list[Mark], bool]]:
    for name, group in _by_tier(mark for mark in marks if mark.instant):
        yield name, group, True


def _by_tier(marks: Iterable[Mark]) -> Iterable[tuple[str, list[Mark]]]:
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.tier or mark.label, []).append(mark)
    return groups.items()


def _without_overlap(marks: Iterable[Mark]) -> list[list[Mark]]:
    """As few rows as their overlap needs, each mark in the first row that is free."""
    rows: list[list[Mark]] = []
    for mark in marks:
        row = next((row for row in rows if row[-1].end <= mark.start), None)
        if row is None:
            rows.append([mark])
        else:
            row.append(mark)
    return rows


def _intervals(marks: Sequence[Mark], length: float) -> list[str]:
    spans: list[tuple[float, float, str]] = []
    at = 0.0
    for mark in marks:
        if mark.start > at:
            spans.append((at, mark.start, ""))
        spans.append((mark.start, mark.end, mark.label))
        at = mark.end
    if at < length:
        spans.append((at, length, ""))
    out = [f"        intervals: size = {len(spans)} "]
    for number, (start, end, label) in enumerate(spans, start=1):
        out.append(
            f"        intervals [{number}]:\n            xmin = {_time(start)} \n"
            f"            xmax = {_time(end)} \n            text = {_quoted(label)} "
        )
    return out


def _points(marks: Sequence[Mark]) -> list[str]:
    out = [f"        points: size = {len(marks)} "]
    for number, mark in enumerate(marks, start=1):
        out += [f"        points [{number}]:", f"            number = {_time(mark.start)} "]
        out += [f"            mark = {_quoted(mark.label)} "]
    return out


def _time(seconds: float) -> str:
    """As exactly as Praat keeps it, without an exponent, which some readers do not know."""
    text = repr(float(seconds))
    if "e" in text:
        text = f"{seconds:.15f}".rstrip("0")
    return text.removesuffix(".0").removesuffix(".") or "0"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
