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
    tokens = _tokens(text)
    try:
        if next(tokens) != "ooTextFile" or next(tokens) != "TextGrid":
            raise Invalid('The file does not begin with "ooTextFile" and "TextGrid".', field="file")
        next(tokens), next(tokens)
        found: list[Mark] = []
        if next(tokens) == "absent":
            return found
        for _ in range(_count(next(tokens))):
            found += _read_tier(tokens)
    except (StopIteration, ValueError):
        raise Invalid("The TextGrid ends early, or a number is missing in it.", field="file") from None
    return sorted(found, key=lambda mark: (mark.start, mark.end))


def _read_tier(tokens: Iterator[str]) -> list[Mark]:
    kind, name = next(tokens), next(tokens)
    if kind not in ("IntervalTier", "TextTier"):
        raise Invalid(f'Expected a tier of class "IntervalTier" or "TextTier", found {kind[:40]!r}.', field="file")
    next(tokens), next(tokens)
    marks = []
    for _ in range(_count(next(tokens))):
        start = float(next(tokens))
        end = float(next(tokens)) if kind == "IntervalTier" else start
        label = next(tokens)
        if end < start:
            raise Invalid(f"Tier {name!r}: an interval ends ({end:g} s) before it starts ({start:g} s).", field="file")
        if label.strip() or kind == "TextTier":
            marks.append(Mark(start, end, label.strip() or name, tier=name))
    return marks


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        quoted, number, flag = match.groups()
        yield quoted.replace('""', '"') if quoted is not None else number or flag


def _count(token: str) -> int:
    return int(float(token))


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
        out += [f"        intervals [{number}]:", f"            xmin = {_time(start)} "]
        out += [f"            xmax = {_time(end)} ", f"            text = {_quoted(label)} "]
    return out


def _points(marks: Sequence[Mark]) -> list[str]:
    out = [f"        points: size = {len(marks)} "]
    for number, mark in enumerate(marks, start=1):
        out += [f"        points [{number}]:", f"            number = {_time(mark.start)} "]
        out += [f"            mark = {_quoted(mark.label)} "]
    return out


def _time(seconds: float) -> str:
    """As exactly as Praat keeps it, without an exponent, which some readers do not know."""
    text = f"{seconds:.15f}".rstrip("0").rstrip(".")
    return text or "0"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
