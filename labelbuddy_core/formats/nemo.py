"""NeMo's manifest for speech recognition: JSON Lines of `audio_filepath, offset, duration, text`, a line a region.

Source: NVIDIA NeMo's documentation, "Datasets: preparing custom ASR data".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from labelbuddy_core.formats.json_texts import reason
from labelbuddy_core.formats.losses import Carries
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, lines, raising, wrong

SUFFIX = "jsonl"
MEDIA_TYPE = "application/jsonl"
CARRIES = Carries(
    step=1e-9, fields=("text", "label"), caption=True, instants=False,
    also=(("region(s) without a text left out", lambda mark: not mark.text and not mark.instant),),
)  # fmt: skip
LOSES = (
    "regions without a text",
    "instants",
    "who annotated",
    "frequency bounds",
    "scores",
    "tiers",
    "attributes",
    "tags",
)


def write(everything: Iterable[Marked]) -> Iterator[str]:
    """A line a region with a text; the caption of a recording without any is its text."""
    for marked in everything:
        spoken = [mark for mark in marked.marks if mark.text and not mark.instant]
        for mark in spoken:
            yield _line(marked, mark.start, mark.duration, mark.text, mark.label)
        if not spoken and marked.caption:
            yield _line(marked, 0.0, marked.duration, marked.caption, None)


def read(text: str, refuse: Refuse = raising) -> Iterator[tuple[str, Mark]]:
    """(file, region) of every line. A wrong line is `Invalid` with its number and field, and goes to `refuse`."""
    for number, line in lines(text):
        with Refusing(refuse):
            yield _region(line, number)


def is_manifest(text: str) -> bool:
    """Whether the first line is an object with the path of its audio; NeMo calls such files `manifest.json`, too."""
    first = next((line for _, line in lines(text)), "")
    if not first.lstrip().startswith("{") or '"audio_filepath"' not in first:
        return False
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and isinstance(row.get("audio_filepath"), str)


def _region(line: str, number: int) -> tuple[str, Mark]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise wrong(number, "row", f"this is not JSON ({reason(error)})") from None
    if not isinstance(row, dict) or not isinstance(row.get("audio_filepath"), str):
        raise wrong(number, "audio_filepath", "expected an object with the path of the audio")
    start, duration = (_seconds(row, name, number) for name in ("offset", "duration"))
    text, label = row.get("text", ""), row.get("label", "speech")
    if not isinstance(text, str) or not isinstance(label, str):
        raise wrong(number, "text", "expected text")
    return row["audio_filepath"], Mark(start, start + duration, label, text=text, place=f"Line {number}")


def _seconds(row: dict[str, object], name: str, line: int) -> float:
    value = row.get(name, 0.0 if name == "offset" else None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise wrong(line, name, f"expected seconds, found {str(value)[:40]!r}")
    return float(value)


def _line(marked: Marked, start: float, duration: float, text: str, label: str | None) -> str:
    row = {"audio_filepath": marked.file, "offset": round(start, 9), "duration": round(duration, 9), "text": text}
    if label:
        row["label"] = label
    return json.dumps(row, ensure_ascii=False) + "\n"
