"""Pieces of music as notes: a tempo, a key, a turn of chords, and parts that play over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model_containers.yoho.synthesis import Random

_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 5, 7, 9, 10))
_TURNS = (
    (0, 3, 4, 0),
    (0, 4, 5, 3),
    (5, 3, 0, 4),
    (0, 5, 1, 4),
    (0, 0, 3, 4),
    (1, 4, 0, 0),
    (0, 6, 5, 4),
    (0, 2, 3, 3),
)
_KICK, _SNARE, _HAT, _OPEN, _RIDE = (36,), (38, 40, 39, 37), (42, 44), (46,), (51, 53)
_LATIN = (54, 56, 60, 61, 62, 63, 64, 69, 70, 75, 76)


@dataclass(frozen=True)
class Note:
    """From `start` to `end` in seconds; key and velocity as in MIDI."""

    start: float
    end: float
    channel: int
    key: int
    velocity: int


@dataclass(frozen=True)
class _Frame:
    """What all parts of a piece share; `beat` in seconds, `turn` are degrees of chords, a bar each."""

    beat: float
    beats: int
    root: int
    scale: tuple[int, ...]
    turn: tuple[int, ...]
    seconds: float

    def key(self, degree: int, base: int) -> int:
        octave, step = divmod(degree, len(self.scale))
        return int(np.clip(base + self.root + 12 * octave + self.scale[step], 21, 105))

    def chord(self, bar: int) -> int:
        return self.turn[bar % len(self.turn)]

    @property
    def bars(self) -> int:
        return int(self.seconds / (self.beat * self.beats)) + 1


def piece(
    random: Random, instruments: Sequence[int], kits: Sequence[int], seconds: float
) -> tuple[list[Note], list[tuple[int, bool]]]:
    """Notes, and by channel the instrument that plays them and whether it is a drum kit."""
    frame = _Frame(
        beat=60.0 / random.uniform(55.0, 175.0),
        beats=int(random.choice([3, 4, 4, 4])),
        root=int(random.integers(0, 12)),
        scale=_SCALES[random.integers(len(_SCALES))],
        turn=_TURNS[random.integers(len(_TURNS))],
        seconds=seconds,
    )
    kinds = {
        "solo": (_comping, _melody),
        "band": (_drums, _bass, _comping, _melody),
        "song": (_drums, _bass, _comping, _arpeggio, _melody),
        "ensemble": (_pad, _pad, _bass, _melody),
        "calm": (_pad, _arpeggio),
        "rhythm": (_drums, _bass),
        "tune": (_melody,),
        "drums": (_drums,),
    }
    kind = str(random.choice(list(kinds), p=[0.2, 0.2, 0.2, 0.12, 0.1, 0.06, 0.08, 0.04]))
    notes: list[Note] = []
    parts: list[tuple[int, bool]] = []
    for number, part in enumerate(kinds[kind]):
        drums = part is _drums
        instrument = int(random.choice(kits)) if drums else instruments[number % len(instruments)]
        if kind == "solo":
            instrument = instruments[0]
        made = part(random, frame, len(parts), int(random.integers(55, 110)))
        parts.append((instrument, drums))
        notes += [_human(random, note) for note in made if note.start < seconds]
    return notes, parts


def _human(random: Random, note: Note) -> Note:
    late = abs(random.normal(0.0, 0.008))
    velocity = int(np.clip(note.velocity + random.normal(0.0, 9.0), 20, 127))
    return Note(note.start + late, max(note.end, note.start + 0.03) + late, note.channel, note.key, velocity)


def _comping(random: Random, frame: _Frame, channel: int, velocity: int) -> list[Note]:
    """Chords in a rhythm that repeats; strummed, together, or broken."""
    steps = random.random(frame.beats * 2) < random.uniform(0.25, 0.7)
    steps[0] = True
    strum, size = random.choice([0.0, 0.0, 0.02, 0.04]), int(random.integers(3, 5))
    base, held, notes = int(random.choice([48, 60])), random.uniform(0.4, 1.6), []
    for bar in range(frame.bars):
        for step in np.flatnonzero(steps):
            at = (bar * frame.beats + step / 2.0) * frame.beat
            for place in range(size):
                key = frame.key(frame.chord(bar) + 2 * place, base)
                start = at + place * strum
                notes.append(Note(start, start + held * frame.beat, channel, key, velocity))
    return notes


def _pad(random: Random, frame: _Frame, channel: int, velocity: int) -> list[Note]:
    """Chords that are held for a bar."""
    base, notes = int(random.choice([36, 48, 60])), []
    for bar in range(frame.bars):
        at = bar * frame.beats * frame.beat
        for place in range(int(random.integers(2, 5))):
            key = frame.key(frame.chord(bar) + 2 * place, base)
            notes.append(Note(at, at + frame.beats * frame.beat * 0.98, channel, key, velocity))
    return notes


def _bass(random: Random, frame: _Frame, channel: int, velocity: int) -> list[Note]:
    """Roots, fifths and passing notes."""
    steps = random.random(frame.beats * 2) < random.uniform(0.2, 0.8)
    steps[0] = True
    moves = random.choice([0, 0, 0, 4, 2, 7], len(steps))
    moves[0], notes = 0, []
    for bar in range(frame.bars):
        for step in np.flatnonzero(steps):
            at = (bar * frame.beats + step / 2.0) * frame.beat
            key = frame.key(frame.chord(bar) + int(moves[step]), 31)
            notes.append(Note(at, at + frame.beat * 0.6, channel, min(key, 55), velocity))
    return notes


def _arpeggio(random: Random, frame: _Frame, channel: int, velocity: int) -> list[Note]:
    """The notes of the chord one after another."""
    pattern, notes = random.permutation(int(random.integers(3, 6))), []
    division = int(random.choice([2, 3, 4]))
    for number in range(frame.bars * frame.beats * division):
        at = number * frame.beat / division
        chord = frame.chord(number // (frame.beats * division))
        key = frame.key(chord + 2 * int(pattern[number % len(pattern)]), 60)
        notes.append(Note(at, at + frame.beat / division * random.uniform(0.8, 2.0), channel, key, velocity))
    return notes


def _melody(random: Random, frame: _Frame, channel: int, velocity: int) -> list[Note]:
    """Motifs of two bars that come again, changed, with rests between them."""
    motifs = [_motif(random, frame.beats * 2) for _ in range(2)]
    base, notes = int(random.choice([48, 60, 60, 72])), []
    for phrase in range(frame.bars // 2 + 1):
        if random.random() < 0.12:
            continue
        shift = frame.chord(phrase * 2)
        for start, length, degree in motifs[phrase % 3 == 2]:
            at = (phrase * frame.beats * 2 + start) * frame.beat
            key = frame.key(degree + shift * (random.random() < 0.8), base)
            notes.append(Note(at, at + length * frame.beat * 0.95, channel, key, velocity))
    return notes


def _motif(random: Random, beats: int) -> list[tuple[float, float, int]]:
    """(start, length, degree) in beats."""
    notes, at, degree = [], 0.0, int(random.integers(0, 7))
    while at < beats:
        length = float(random.choice([0.25, 0.5, 0.5, 0.5, 1.0, 1.0, 1.5, 2.0]))
        if random.random() < 0.88:
            notes.append((at, min(length, beats - at), degree))
        degree = int(np.clip(degree + random.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3]), -3, 11))
        at += length
    return notes


def _drums(random: Random, frame: _Frame, channel: int, velocity: int) -> list[Note]:
    """A pattern of a bar, with fills."""
    slots = frame.beats * 4
    cymbals = (_HAT, _HAT, _OPEN, _RIDE)[random.integers(4)]
    voices = ((_KICK, 0.22), (_SNARE, 0.18), (cymbals, 0.6))
    lines = [(int(random.choice(keys)), random.random(slots) < share) for keys, share in voices]
    lines[0][1][0] = True
    if frame.beats == 4 and random.random() < 0.7:
        lines[1][1][:] = False
        lines[1][1][[4, 12]] = True
    if random.random() < 0.6:
        lines[2][1][:] = np.arange(slots) % int(random.choice([1, 2, 4])) == 0
    if random.random() < 0.25:
        lines.append((int(random.choice(_LATIN)), random.random(slots) < 0.3))
    notes = []
    for bar in range(frame.bars):
        fill = bar % 4 == 3 and random.random() < 0.4
        for key, hits in lines:
            for slot in np.flatnonzero(hits):
                at = (bar * slots + slot) * frame.beat / 4.0
                loud = velocity + 10 * (slot % 4 == 0)
                notes.append(Note(at, at + 0.1, channel, key, loud))
        for slot in range(slots - 4, slots) if fill else ():
            at = (bar * slots + slot) * frame.beat / 4.0
            notes.append(Note(at, at + 0.1, channel, int(random.choice([38, 45, 47, 50])), velocity + 5))
    return notes
