"""Sounds made by formula from a seed: music, speech-like voices and events, for the demo project and for tests.

All functions return mono float32 arrays at `RATE`; the same generator state gives the same samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE = 44_100
"""Hz."""

Sound = npt.NDArray[np.float32]
Random = np.random.Generator

_SCALE = (0, 2, 3, 5, 7, 8, 10)
_PROGRESSION = ((0, 2, 4), (5, 0, 2), (3, 5, 0), (4, 6, 1))
_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""First three formants of `VOWELS` in Hz (Peterson & Barney, 1952, "Control methods used in a study of vowels")."""
VOWELS = "aiueo"


@dataclass(frozen=True)
class Event:
    """What sounds when: onset and offset in seconds."""

    label: str
    onset: float
    offset: float


@dataclass(frozen=True)
class Scene:
    """Samples with the truth about them."""

    samples: Sound
    events: tuple[Event, ...]


def music(random: Random, seconds: float, tempo: float = 104.0) -> Sound:
    """Plucked chords, a melody and drums in a minor key; `tempo` in beats a minute."""
    out = np.zeros(round(seconds * RATE), np.float32)
    beat = 60.0 / tempo
    root = 110.0 * 2.0 ** (random.integers(0, 12) / 12)
    for number in range(int(seconds / beat)):
        at = number * beat
        chord = _PROGRESSION[number // 4 % 4]
        if number % 2 == 0:
            for degree in chord:
                _mix(out, pluck(random, _pitch(root * 2, degree), 2.2 * beat), at, 0.16)
        if random.random() < 0.7:
            degree = chord[random.integers(0, 3)] + 7 * int(random.random() < 0.4)
            _mix(out, _lead(_pitch(root * 4, degree), 0.8 * beat), at + beat * random.choice((0.0, 0.5)), 0.11)
        _mix(out, _kick(), at, 0.5 if number % 2 == 0 else 0.0)
        _mix(out, _noise_hit(random, 0.14, 1800.0), at, 0.22 if number % 4 == 2 else 0.0)
        for half in (0.0, 0.5):
            _mix(out, _noise_hit(random, 0.04, 7000.0), at + half * beat, 0.09)
    return _leveled(out, 0.5)


def speech(random: Random, seconds: float, pitch: float | None = None) -> Sound:
    """A voice that says nothing: glottal pulses through moving formants, in syllables and phrases."""
    base = pitch or float(random.choice((105.0, 125.0, 190.0, 220.0)))
    out = np.zeros(round(seconds * RATE), np.float32)
    at = 0.05
    while at < seconds - 0.4:
        phrase = float(random.uniform(1.2, 2.8))
        end = min(at + phrase, seconds - 0.1)
        while at < end:
            length = float(random.uniform(0.11, 0.24))
            fall = 1.0 - 0.12 * (at / seconds)
            _mix(out, _syllable(random, base * fall * float(random.uniform(0.92, 1.1)), length), at, 1.0)
            if random.random() < 0.45:
                _mix(out, _noise_hit(random, float(random.uniform(0.05, 0.1)), 3500.0), at - 0.05, 0.16)
            at += length * float(random.uniform(0.95, 1.15))
        at += float(random.uniform(0.18, 0.45))
    return _leveled(out, 0.5)


def vowels(random: Random, text: str, pitch: float) -> Sound:
    """A voice that says these vowels (a, e, i, o, u), one every 0.34 s, at about `pitch` Hz."""
    out = np.zeros(round((0.34 * len(text) + 0.1) * RATE), np.float32)
    for number, letter in enumerate(text):
        sound = _syllable(random, pitch * float(random.uniform(0.94, 1.06)), 0.28, VOWELS.index(letter))
        _mix(out, sound, 0.05 + 0.34 * number, 1.0)
    return _leveled(out, 0.5)


def siren(random: Random, seconds: float) -> Sound:
    """A two-tone sweep between about 500 and 1500 Hz."""
    time = _time(seconds)
    swing = 0.5 - 0.5 * np.cos(2 * np.pi * float(random.uniform(0.3, 0.5)) * time)
    phase = 2 * np.pi * np.cumsum(500.0 + 950.0 * swing) / RATE
    return _leveled((np.sin(phase) + 0.3 * np.sin(2 * phase)).astype(np.float32), 0.35)


def engine(random: Random, seconds: float) -> Sound:
    """A running motor: a low harmonic tone with rough noise."""
    time = _time(seconds)
    speed = 38.0 + 8.0 * np.sin(2 * np.pi * 0.15 * time + float(random.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(speed) / RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 12))
    rough = _filtered(random.standard_normal(len(time)), 60.0, 900.0) * (0.6 + 0.4 * np.sin(phase))
    return _leveled((0.5 * np.asarray(tone) + rough).astype(np.float32), 0.35)


def bark(random: Random, seconds: float = 0.32) -> Sound:
    """One dog bark."""
    time = _time(seconds)
    phase = 2 * np.pi * np.cumsum(420.0 * np.exp(-4.0 * time) + 320.0) / RATE
    tone = np.sign(np.sin(phase)) * 0.4 + np.sin(2 * phase) * 0.4
    breath = random.standard_normal(len(time)) * 0.3
    shape = np.minimum(1.0, time / 0.015) * np.exp(-7.0 * time)
    return _leveled(_filtered((tone + breath) * shape, 300.0, 3200.0), 0.6)


def rain(random: Random, seconds: float) -> Sound:
    """Steady rain: hiss with many small drops."""
    hiss = _filtered(random.standard_normal(round(seconds * RATE)), 700.0, 9000.0)
    drops = (random.random(len(hiss)) < 60.0 / RATE) * random.uniform(2.0, 8.0, len(hiss))
    return _leveled((hiss + _filtered(drops, 1500.0, 6000.0)).astype(np.float32), 0.2)


def pluck(random: Random, frequency: float, seconds: float) -> Sound:
    """A plucked string (Karplus & Strong, 1983, "Digital synthesis of plucked-string and drum timbres")."""
    period = max(2, round(RATE / frequency))
    feedback = np.zeros(period + 2)
    feedback[0], feedback[period], feedback[period + 1] = 1.0, -0.4985, -0.4985
    burst = np.zeros(round(seconds * RATE))
    burst[:period] = random.uniform(-1.0, 1.0, period)
    return _faded(_all_pole(1.0, feedback, burst).astype(np.float32))


def scene(random: Random, seconds: float, parts: list[tuple[str, float, float, Callable[[float], Sound]]]) -> Scene:
    """Lay sounds over each other: each part is (label, onset, offset, what makes it for a length in seconds)."""
    out = (random.standard_normal(round(seconds * RATE)) * 5e-4).astype(np.float32)
    events = []
    for label, onset, offset, make in parts:
        _mix(out, _faded(make(offset - onset)), onset, 1.0)
        events.append(Event(label, onset, offset))
    return Scene(np.clip(out, -0.98, 0.98), tuple(sorted(events, key=lambda event: (event.onset, event.label))))


def _pitch(root: float, degree: int) -> float:
    octave, step = divmod(degree, len(_SCALE))
    return root * 2.0 ** (octave + _SCALE[step] / 12)


def _lead(frequency: float, seconds: float) -> Sound:
    """A soft FM tone."""
    time = _time(seconds)
    modulator = 1.6 * np.exp(-3.0 * time) * np.sin(2 * np.pi * 2 * frequency * time)
    return _faded((np.sin(2 * np.pi * frequency * time + modulator) * np.exp(-2.0 * time)).astype(np.float32))


def _kick() -> Sound:
    time = _time(0.18)
    phase = 2 * np.pi * np.cumsum(50.0 + 130.0 * np.exp(-35.0 * time)) / RATE
    return (np.sin(phase) * np.exp(-16.0 * time)).astype(np.float32)


def _noise_hit(random: Random, seconds: float, low: float) -> Sound:
    time = _time(seconds)
    return _filtered(random.standard_normal(len(time)) * np.exp(-5.0 * time / seconds), low, 15_000.0)


def _syllable(random: Random, pitch: float, seconds: float, vowel: int | None = None) -> Sound:
    time = _time(seconds)
    phase = np.cumsum(pitch * (1.0 + 0.05 * np.sin(2 * np.pi * 4.0 * time))) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0) + 0.01 * random.standard_normal(len(time))
    voice = np.zeros(len(time))
    for number, formant in enumerate(_VOWELS[random.integers(0, len(_VOWELS)) if vowel is None else vowel]):
        width = 70.0 + 40.0 * number
        radius = np.exp(-np.pi * width / RATE)
        poles = [1.0, -2.0 * radius * np.cos(2 * np.pi * formant / RATE), radius**2]
        voice += _all_pole(1.0 - radius, poles, pulses) * 0.6**number
    shape = np.minimum(1.0, time / 0.03) * np.minimum(1.0, (seconds - time) / 0.05)
    return _leveled((voice * shape).astype(np.float32), 0.45)


def _time(seconds: float) -> npt.NDArray[np.float64]:
    return np.arange(max(1, round(seconds * RATE))) / RATE


def _all_pole(gain: float, poles: npt.ArrayLike, samples: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    from scipy.signal import lfilter  # half a second and 30 MB for those that make sounds, not for every worker

    return np.asarray(lfilter([gain], poles, samples))


def _filtered(samples: npt.NDArray[np.float64], low: float, high: float) -> Sound:
    from scipy.signal import butter, sosfilt

    sections = butter(2, [low, min(high, 0.48 * RATE)], "bandpass", fs=RATE, output="sos")
    return np.asarray(sosfilt(sections, samples)).astype(np.float32)


def _faded(samples: Sound) -> Sound:
    length = min(len(samples) // 2, round(0.01 * RATE))
    if length:
        ramp = np.linspace(0.0, 1.0, length, dtype=np.float32)
        samples = samples.copy()
        samples[:length] *= ramp
        samples[-length:] *= ramp[::-1]
    return samples


def _leveled(samples: Sound, peak: float) -> Sound:
    loudest = float(np.abs(samples).max(initial=0.0))
    return (samples * (peak / loudest)).astype(np.float32) if loudest else samples


def _mix(out: Sound, sound: Sound, at: float, gain: float) -> None:
    first = max(0, round(at * RATE))
    length = min(len(sound), len(out) - first)
    if length > 0 and gain:
        out[first : first + length] += gain * sound[:length]
