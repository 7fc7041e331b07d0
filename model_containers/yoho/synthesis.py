"""Generated music to learn from, of random instruments, rhythms and keys.

Everything follows from the random generator that is given; nothing is read. 16 kHz, mono, full scale ±1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE = 16_000

Random = np.random.Generator
Sound = npt.NDArray[np.float32]

_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10), (0, 2, 3, 5, 7, 9, 10))
_CHORDS = ((0, 2, 4), (0, 2, 4, 6), (0, 3, 4), (0, 4))


def music(random: Random, seconds: float) -> Sound:
    """A piece with some of chords, bass, melody and drums, in one tempo and scale."""
    length = round(seconds * RATE)
    beat = 60.0 / random.uniform(60.0, 180.0)
    scale = np.array(_SCALES[random.integers(len(_SCALES))])
    root = random.uniform(45.0, 60.0)
    parts = [part for part in (_chords, _melody, _bass, _drums, _arpeggio) if random.random() < 0.55] or [_chords]
    mixed = np.zeros(length, np.float32)
    for part in parts:
        mixed += np.float32(random.uniform(0.4, 1.0)) * part(random, length, beat, scale, root)
    return leveled(room(random, mixed))


def noise(random: Random, length: int, slope: float) -> Sound:
    """Noise whose power falls with frequency to the power of `slope` (0 white, 1 pink, 2 brown)."""
    spectrum = np.fft.rfft(random.standard_normal(length))
    frequencies = np.maximum(np.fft.rfftfreq(length, 1.0 / RATE), 20.0)
    return leveled(np.fft.irfft(spectrum / frequencies ** (slope / 2.0), length).astype(np.float32))


class _Instrument:
    """Partials, envelope and vibrato, drawn once and played at any pitch."""

    def __init__(self, random: Random) -> None:
        count = int(random.integers(1, 14))
        self.partials = np.arange(1, count + 1) * (1.0 if random.random() < 0.85 else random.uniform(0.98, 1.03))
        self.weights = random.uniform(0.2, 1.0, count) / np.arange(1, count + 1) ** random.uniform(0.5, 2.0)
        self.attack, self.decay = random.uniform(0.002, 0.15), random.uniform(0.15, 2.0)
        self.sustain = 0.0 if random.random() < 0.5 else random.uniform(0.3, 0.9)
        self.vibrato, self.depth = random.uniform(4.0, 7.0), random.choice([0.0, 0.0, random.uniform(0.002, 0.01)])

    def play(self, pitch: float, seconds: float) -> Sound:
        """A note of MIDI pitch, with its release."""
        release = 0.15
        time = np.arange(round((seconds + release) * RATE)) / RATE
        frequency = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
        phase = 2.0 * np.pi * frequency * (time + self.depth * np.sin(2.0 * np.pi * self.vibrato * time) / self.vibrato)
        audible = self.partials * frequency < RATE / 2.2
        waves = np.sin(np.outer(self.partials[audible], phase)) * self.weights[audible, None]
        envelope = np.minimum(time / self.attack, 1.0) * (
            self.sustain + (1.0 - self.sustain) * np.exp(-time / self.decay)
        )
        envelope *= np.clip((seconds + release - time) / release, 0.0, 1.0)
        return (waves.sum(axis=0) * envelope).astype(np.float32)


def put(track: Sound, sound: Sound, at: float) -> None:
    """Add a sound to a track, `at` seconds from its beginning; what reaches over the end is left out."""
    first = round(at * RATE)
    if 0 <= first < len(track):
        track[first : first + len(sound)] += sound[: len(track) - first]


def _pitch(scale: npt.NDArray[np.int_], root: float, degree: int) -> float:
    octave, step = divmod(degree, len(scale))
    return root + 12.0 * octave + float(scale[step])


def _chords(random: Random, length: int, beat: float, scale: npt.NDArray[np.int_], root: float) -> Sound:
    track, instrument = np.zeros(length, np.float32), _Instrument(random)
    step, at = beat * random.choice([1.0, 2.0, 4.0]), 0.0
    while at < length / RATE:
        base = int(random.integers(0, 7))
        for degree in _CHORDS[random.integers(len(_CHORDS))]:
            put(track, instrument.play(_pitch(scale, root, base + degree), step * random.uniform(0.5, 1.0)), at)
        at += step
    return leveled(track)


def _melody(random: Random, length: int, beat: float, scale: npt.NDArray[np.int_], root: float) -> Sound:
    track, instrument = np.zeros(length, np.float32), _Instrument(random)
    at, degree = 0.0, int(random.integers(5, 14))
    while at < length / RATE:
        step = beat * random.choice([0.25, 0.5, 0.5, 1.0, 1.0, 2.0])
        if random.random() < 0.85:
            put(track, instrument.play(_pitch(scale, root, degree), step * 0.9), at)
        degree = int(np.clip(degree + random.integers(-3, 4), 3, 20))
        at += step
    return leveled(track)


def _bass(random: Random, length: int, beat: float, scale: npt.NDArray[np.int_], root: float) -> Sound:
    return _melody(random, length, beat, scale, root - 24.0 - 12.0 * (root > 52.0))


def _arpeggio(random: Random, length: int, beat: float, scale: npt.NDArray[np.int_], root: float) -> Sound:
    track, instrument = np.zeros(length, np.float32), _Instrument(random)
    pattern = random.integers(0, 12, int(random.choice([3, 4, 6, 8])))
    step = beat / random.choice([2.0, 3.0, 4.0])
    for number in range(int(length / RATE / step) + 1):
        put(
            track, instrument.play(_pitch(scale, root + 12.0, int(pattern[number % len(pattern)])), step), number * step
        )
    return leveled(track)


def _drums(random: Random, length: int, beat: float, _scale: npt.NDArray[np.int_], _root: float) -> Sound:
    track = np.zeros(length, np.float32)
    time = np.arange(round(0.25 * RATE)) / RATE
    kick = np.sin(2 * np.pi * (45.0 * time + 12.0 * (1.0 - np.exp(-time * 30.0)))) * np.exp(-time * 14.0)
    snare = random.standard_normal(len(time)) * np.exp(-time * random.uniform(15.0, 35.0))
    hat = np.diff(random.standard_normal(len(time) + 1)) * np.exp(-time * random.uniform(40.0, 120.0))
    patterns = random.random((3, 16)) < np.array([[0.3], [0.2], [0.55]])
    patterns[0, ::8] = True
    for number in range(int(4 * length / RATE / beat) + 1):
        for hit, sound, level in zip(patterns[:, number % 16], (kick, snare, hat), (1.0, 0.5, 0.25), strict=True):
            if hit:
                put(track, (level * sound).astype(np.float32), number * beat / 4.0)
    return leveled(track)


def room(random: Random, sound: Sound) -> Sound:
    """With the echo of a room, or none."""
    if random.random() < 0.4:
        return sound
    decay = random.uniform(0.05, 0.6)
    time = np.arange(round(decay * 1.5 * RATE)) / RATE
    response = random.standard_normal(len(time)) * np.exp(-6.9 * time / decay) * random.uniform(0.02, 0.12)
    response[0] = 1.0
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: len(sound)].astype(np.float32)


def leveled(sound: Sound) -> Sound:
    """At an effective level of 0.1."""
    level = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) if len(sound) else 0.0
    return (sound * (0.1 / level)).astype(np.float32) if level > 1e-9 else sound.astype(np.float32)
