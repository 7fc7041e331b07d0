"""Music made by formula for sample projects: drums with their beats, and songs with their sections.

All functions return mono float32 arrays at `synthesis.RATE`; the same generator state gives the same samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from labelbuddy_core.audio.synthesis import RATE, Random, Scene, Sound, music, pluck, scene, vowels

_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
"""Semitones above the root: I, vi, IV, V."""


@dataclass(frozen=True)
class Beat:
    """A beat in seconds, and its place in the bar from 1."""

    time: float
    position: int


def drums(random: Random, seconds: float, tempo: float, meter: int) -> tuple[Sound, tuple[Beat, ...]]:
    """A steady pattern of `meter` beats a bar at `tempo` beats a minute, the first of each bar the heaviest."""
    step, first = 60.0 / tempo, float(random.uniform(0.3, 0.7))
    count = int((seconds - first - 0.3) / step)
    beats = tuple(Beat(round(first + number * step, 6), number % meter + 1) for number in range(count))
    parts = [("Beat", one.time, one.time + 0.22, partial(_drum, random, one.position == 1)) for one in beats]
    parts += [("Beat", one.time + step / 2, one.time + step / 2 + 0.05, partial(_hat, random)) for one in beats[:-1]]
    return scene(random, seconds, parts).samples, beats


def strings(random: Random, seconds: float, tempo: float = 72.0) -> Sound:
    """Broken chords on plucked strings, four notes a beat of `tempo`."""
    root = 146.8 * 2.0 ** (random.integers(0, 6) / 12)
    note = 30.0 / tempo
    parts = []
    for number in range(int((seconds - 0.1) / note)):
        chord = _CHORDS[number // 8 % len(_CHORDS)]
        pitch = root * 2.0 ** (chord[(0, 1, 2, 1)[number % 4]] / 12)
        at = number * note
        parts.append(("Strings", at, min(at + 0.9, seconds), partial(_note, random, pitch)))
    return (scene(random, seconds, parts).samples * 0.9).astype(np.float32)


def song(random: Random, sections: tuple[tuple[str, float], ...]) -> Scene:
    """A song of (section, length in seconds): strings alone in Intro, Bridge and Outro, with drums in a Verse, and with
    a voice above both in a Chorus."""
    tempo = float(random.uniform(88.0, 120.0))
    parts, at = [], 0.0
    for name, length in sections:
        parts.append((name, at, at + length, partial(_section, random, name, tempo)))
        at += length
    return scene(random, at + 0.2, parts)


def _section(random: Random, name: str, tempo: float, seconds: float) -> Sound:
    if name in ("Intro", "Bridge", "Outro"):
        return (strings(random, seconds, tempo if name == "Bridge" else tempo / 1.5) * 0.6).astype(np.float32)
    out = music(random, seconds, tempo)
    if name == "Verse":
        return (out * 0.7).astype(np.float32)
    sung = vowels(random, ("aoae" * 10)[: int(seconds / 0.4)], 262.0)[: len(out)]
    out[: len(sung)] += 0.45 * sung
    return np.clip(out, -0.95, 0.95)


def _drum(random: Random, heavy: bool, seconds: float) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum((48.0 if heavy else 150.0) + 110.0 * np.exp(-35.0 * time)) / RATE
    skin = np.sin(phase) * np.exp(-14.0 * time)
    noise = random.standard_normal(len(time)) * np.exp(-40.0 * time)
    return ((0.75 if heavy else 0.35) * (skin + (0.1 if heavy else 0.25) * noise)).astype(np.float32)


def _hat(random: Random, seconds: float) -> Sound:
    noise = np.diff(random.standard_normal(round(seconds * RATE) + 1))
    return (0.06 * noise * np.linspace(1.0, 0.0, len(noise))).astype(np.float32)


def _note(random: Random, pitch: float, seconds: float) -> Sound:
    return (0.3 * pluck(random, pitch, seconds)).astype(np.float32)
