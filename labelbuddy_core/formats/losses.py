"""What writing in a format loses of the data at hand, counted: "214 times rounded to 1 ms"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import one_line


@dataclass(frozen=True)
class Carries:
    """What a format can say, and how finely."""

    step: float
    """Times are rounded to this many seconds."""
    fields: Collection[str] = ()
    """Of marks, beside their times: label, text, frequencies, channel, score, tier, attributes, position,
    confidence."""
    instants: bool = True
    regions: bool = True
    tags: bool = False
    caption: bool = False
    answers: bool = False
    annotator: bool = False
    empty: bool = False
    """Whether a recording without marks can be seen."""
    also: tuple[tuple[str, Callable[[Mark], bool]], ...] = ()
    """What else of a mark is lost, and of which marks."""
    names: tuple[tuple[str, Callable[[str], bool]], ...] = ()
    """What is lost of the names of tags and labels in formats that keep nothing else of marks."""


def in_one_line(*fields: str) -> tuple[tuple[str, Callable[[Mark], bool]], ...]:
    """What formats lose whose rows end with a line break and whose cells end with a tab, of these fields of marks."""
    return tuple((f"{field}(s) lose line breaks, tabs or double spaces", _broken(field)) for field in fields)


def _broken(field: str) -> Callable[[Mark], bool]:
    def has(mark: Mark) -> bool:
        value = getattr(mark, field)
        return bool(value) and one_line(value) != value

    return has


_FIELDS: dict[str, tuple[str, Callable[[Mark], bool]]] = {
    "label": ("label(s) dropped", lambda mark: bool(mark.label and mark.text)),
    "text": ("text(s) dropped", lambda mark: bool(mark.text)),
    "frequencies": ("pair(s) of frequency bounds dropped", lambda mark: mark.low is not None or mark.high is not None),
    "channel": ("channel(s) dropped", lambda mark: mark.channel is not None),
    "score": ("score(s) dropped", lambda mark: mark.score is not None),
    "tier": ("tier name(s) dropped", lambda mark: bool(mark.tier)),
    "attributes": ("mark(s) lose their attributes", lambda mark: bool(mark.attributes)),
    "position": ("position(s) of beats dropped", lambda mark: mark.position is not None),
    "confidence": ("confidence(s) dropped", lambda mark: mark.confidence is not None),
}


def losses(everything: Iterable[Marked], carries: Carries) -> Counter[str]:
    """What is lost, with how often; empty when nothing is."""
    found: Counter[str] = Counter()
    for one in everything:
        for mark in one.marks:
            found.update(_of_mark(mark, carries))
        if one.annotator and not carries.annotator:
            found["annotation(s) without who made them"] += 1
        for says, has in carries.names:
            found[says] += sum(map(has, {*(tag for tag, _ in one.tags), *(mark.label for mark in one.marks)}))
        if one.tags and not carries.tags:
            found["tag(s) dropped"] += len(one.tags)
        if one.caption and not carries.caption:
            found["caption(s) dropped"] += 1
        if one.answers and not carries.answers:
            found["answer(s) dropped"] += one.answers
        said = one.marks or (one.tags and carries.tags) or (one.caption and carries.caption)
        if not said and not carries.empty and not (one.answers and carries.answers):
            found["recording(s) without marks left out"] += 1
    return +found


def _of_mark(mark: Mark, carries: Carries) -> Iterable[str]:
    if (mark.instant and not carries.instants) or (not mark.instant and not carries.regions):
        yield "instant(s) left out" if mark.instant else "region(s) left out"
        return
    for time in (mark.start,) if mark.instant else (mark.start, mark.end):
        if abs(round(time / carries.step) * carries.step - time) > 1e-9:
            yield f"time(s) rounded to {_step(carries.step)}"
    for field, (says, has) in _FIELDS.items():
        if field not in carries.fields and has(mark):
            yield says
    for says, has in carries.also:
        if has(mark):
            yield says


def _step(seconds: float) -> str:
    if seconds >= 1e-3:
        return f"{seconds * 1e3:g} ms"
    return f"{seconds * 1e6:g} µs" if seconds >= 1e-6 else f"{seconds * 1e9:g} ns"
