"""A model's answer is data to check: times clipped, nonsense dropped and counted, everything limited in size."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from labelbuddy_core.domain.times import TOLERANCE, rounded
from labelbuddy_core.errors import ModelProblem

MAX_ITEMS = 20_000
MAX_TEXT = 20_000
MAX_LABEL = 80
MAX_POSITION = 10_000
_PARTS = ("regions", "points", "tags", "text")


@dataclass(frozen=True)
class PredictedRegion:
    """Seconds of recording time, frequency bounds in Hz where the model gives them."""

    start: float
    end: float
    label: str
    score: float | None
    low: float | None = None
    high: float | None = None
    text: str | None = None


@dataclass(frozen=True)
class PredictedPoint:
    """An instant, in seconds of recording time; `position` is that of a beat in its bar."""

    time: float
    label: str
    score: float | None
    position: int | None = None


@dataclass
class CheckedAnswer:
    """What is left of an answer after checking; `notes` says in words what was dropped or changed."""

    regions: list[PredictedRegion] = field(default_factory=list)
    points: list[PredictedPoint] = field(default_factory=list)
    tags: list[tuple[str, float | None]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    version: str = ""
    seconds: float = 0.0


def check_answer(raw: dict[str, Any], *, offset: float, duration: float) -> CheckedAnswer:
    """Check an answer for a stretch that begins at `offset` and lasts `duration` seconds; times become recording times.

    Raises `ModelProblem` when the answer has not the form of the contract.
    """
    if not any(name in raw for name in _PARTS):
        said = raw.get("error") or raw.get("detail") or raw.get("message")
        reason = f" It says: {_clean(str(said))[:200]}" if said else ""
        raise ModelProblem(f"The model's answer holds none of regions, points, tags and text.{reason}")
    checked = CheckedAnswer(version=str(raw.get("version") or "")[:80])
    seconds = _number(raw.get("seconds"))
    checked.seconds = seconds if seconds is not None and seconds >= 0 else 0.0
    dropped = clipped = 0
    for entry in _entries(raw, "regions"):
        found = _region(entry, offset, duration)
        if found is None:
            dropped += 1
            continue
        region, was_clipped = found
        clipped += was_clipped
        checked.regions.append(region)
    for entry in _entries(raw, "points"):
        point = _point(entry, offset, duration)
        if point is None:
            dropped += 1
        else:
            checked.points.append(point)
    for entry in _entries(raw, "tags"):
        label = _label(entry.get("label"))
        if label is None:
            dropped += 1
            continue
        checked.tags.append((label, _score(entry.get("score"))))
    for entry in _entries(raw, "text"):
        text = entry.get("text")
        if isinstance(text, str) and text.strip():
            checked.text.append(_clean(text)[:MAX_TEXT])
        else:
            dropped += 1
    if clipped:
        checked.notes.append(f"{clipped} region(s) reached beyond the audio and were clipped.")
    if dropped:
        checked.notes.append(f"{dropped} item(s) of the answer made no sense and were left out.")
    checked.regions.sort(key=lambda region: (region.start, region.end, region.label))
    checked.points.sort(key=lambda point: (point.time, point.label))
    return checked


def _entries(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = raw.get(name)
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ModelProblem(f"The model's answer is not of the agreed form: {name!r} must be a list of objects.")
    if len(entries) > MAX_ITEMS:
        raise ModelProblem(f"The model answered {len(entries)} {name}; at most {MAX_ITEMS} are accepted.")
    return entries


def _region(entry: dict[str, Any], offset: float, duration: float) -> tuple[PredictedRegion, bool] | None:
    start, end, label = _number(entry.get("start")), _number(entry.get("end")), _label(entry.get("label"))
    if start is None or end is None or label is None or end < start or end < 0 or start > duration:
        return None
    clipped = start < -TOLERANCE or end > duration + TOLERANCE
    low, high = _frequency(entry.get("low")), _frequency(entry.get("high"))
    if low is not None and high is not None and high < low:
        low = high = None
    text = entry.get("text")
    region = PredictedRegion(
        start=rounded(offset + max(0.0, start)),
        end=rounded(offset + min(duration, end)),
        label=label,
        score=_score(entry.get("score")),
        low=low,
        high=high,
        text=_clean(text)[:MAX_TEXT] if isinstance(text, str) and text.strip() else None,
    )
    return region, clipped


def _point(entry: dict[str, Any], offset: float, duration: float) -> PredictedPoint | None:
    """An instant cannot be clipped: one that does not lie in the audio makes no sense."""
    time, label = _number(entry.get("time")), _label(entry.get("label"))
    if time is None or label is None or time < -TOLERANCE or time > duration + TOLERANCE:
        return None
    place = entry.get("position")
    position = place if isinstance(place, int) and not isinstance(place, bool) and 0 <= place <= MAX_POSITION else None
    inside = rounded(offset + min(duration, max(0.0, time)))
    return PredictedPoint(inside, label, _score(entry.get("score")), position)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer of more than 308 digits
        return None
    return number if math.isfinite(number) else None


def _frequency(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and number >= 0 else None


def _score(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else round(min(1.0, max(0.0, number)), 6)


def _label(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    label = " ".join(_clean(value).split())
    return label[:MAX_LABEL] or None


def _clean(text: str) -> str:
    """Text without control characters other than line breaks."""
    return "".join(character for character in text if character in "\n\t" or character.isprintable())
