"""Subtitles: WebVTT (W3C, 2019) and SubRip, a cue a region, in milliseconds; shown is the text, else the label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.losses import Carries, in_one_line
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.formats.rows import Refuse, Refusing, in_order, one_line, raising, wrong

LOSES_VTT = (
    "whether words are a label or a text where a region has no text",
    "empty lines",
    "instants",
    "times below 1 ms",
    "frequency bounds",
    "scores",
    "tiers",
    "attributes",
    "tags and answers",
)
LOSES_SRT = ("labels of regions with a text", *LOSES_VTT)
_TIMING = re.compile(
    r"^\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
)
_VOICE = re.compile(r"^<v(?:\.[^\s>]+)*\s+([^>]*)>")
_TAG = re.compile(r"</?[a-z][^>]*>|<\d[\d:.]*>", re.IGNORECASE)
_ALSO: tuple[tuple[str, Callable[[Mark], bool]], ...] = (
    ("label(s) of regions without a text become texts", lambda mark: bool(mark.label) and not mark.text),
    ("text(s) with → instead of -->", lambda mark: "-->" in mark.words),
    ("text(s) lose empty lines", lambda mark: any(not row.strip() for row in mark.words.splitlines())),
)
CARRIES_VTT = Carries(
    step=1e-3, fields=("text", "label"), instants=False, empty=True,
    also=(*_ALSO, *((says, lambda mark, has=has: bool(mark.text) and has(mark)) for says, has in in_one_line("label"))),
)  # fmt: skip
CARRIES_SRT = Carries(
    step=1e-3, fields=("text",), instants=False,
    also=(*_ALSO, ("text(s) with what players take for a tag", lambda mark: _TAG.search(mark.words) is not None)),
)  # fmt: skip


def write_vtt(marked: Marked) -> str:
    """WebVTT; the label is the voice of a region with a text."""
    out = ["WEBVTT\n"]
    for mark in _regions(marked):
        voice = f"<v {_escaped(one_line(mark.label))}>" if mark.text else ""
        out.append(
            f"{_clock(mark.start, '.')} --> {_clock(mark.end, '.')}\n{voice}{_escaped(_paragraph(mark.words))}\n"
        )
    return "\n".join(out)


def write_srt(marked: Marked) -> str:
    """SubRip."""
    cues = [
        f"{number}\n{_clock(mark.start, ',')} --> {_clock(mark.end, ',')}\n{_paragraph(mark.words)}\n"
        for number, mark in enumerate(_regions(marked), start=1)
    ]
    return "\n".join(cues)


def read(text: str, refuse: Refuse = raising) -> Sequence[Mark]:
    """The cues of WebVTT or SubRip; the voice, else `speech`, is the label.

    A wrong cue is `Invalid` with the line, and goes to `refuse`. Raises `Invalid` for a text without cues.
    """
    found: list[Mark] = []
    for line, timing, words in _cues(text):
        with Refusing(refuse):
            found.append(_cue(line, timing, words))
    return found


def _cue(line: int, row: str, words: str) -> Mark:
    timing = _TIMING.match(row)
    if timing is None:
        raise wrong(line, "time", f"expected HH:MM:SS.mmm --> HH:MM:SS.mmm, found {row.strip()[:60]!r}")
    start, end = in_order(_seconds(timing.groups()[:4]), _seconds(timing.groups()[4:]), line)
    voice = _VOICE.match(words)
    said = _plain(_TAG.sub("", words[voice.end() :] if voice else words))
    label = _plain(voice[1].strip()) if voice else "speech"
    return Mark(start, end, label, text=said.strip(), place=f"Line {line}")


def _cues(text: str) -> Iterator[tuple[int, str, str]]:
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any("-->" in row for row in rows) and not rows[0].startswith("WEBVTT") and "".join(rows).strip():
        raise Invalid("No cue was found: expected lines like 00:01.000 --> 00:02.500.", field="file")
    at = 0
    while at < len(rows):
        if "-->" not in rows[at]:
            at += 1
            continue
        end = at + 1
        while end < len(rows) and rows[end].strip():
            end += 1
        yield at + 1, rows[at], "\n".join(rows[at + 1 : end])
        at = end


def _regions(marked: Marked) -> Iterator[Mark]:
    return (mark for mark in marked.marks if not mark.instant)


def _clock(seconds: float, point: str) -> str:
    minutes, thousandths = divmod(round(seconds * 1000), 60_000)
    return f"{_hours_and_minutes(minutes)}:{thousandths // 1000:02d}{point}{thousandths % 1000:03d}"


@lru_cache(maxsize=4096)
def _hours_and_minutes(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return round(whole + float(f"0.{fraction}"), 3)


@lru_cache(maxsize=64)  # labels repeat from cue to cue
def _paragraph(text: str) -> str:
    """An empty line would end the cue, an arrow would begin one."""
    return "\n".join(row for row in text.replace("-->", "→").splitlines() if row.strip())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
