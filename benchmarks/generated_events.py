"""Clips of 8 s with known events, in two domains: as a laboratory records them, and as they sound in the field.

`fine_tuning.py` teaches on them. Everything follows from the random generator that is given. Annotators are planted,
too: hasty ones miss events, call them wrongly and are late; what was corrected is as good as careful people are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelbuddy_core.domain.training.examples import Mark

RATE = 16_000
SECONDS = 8.0
LABELS = ("alarm", "knocking", "calls")

Random = np.random.Generator
Sound = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Domain:
    """How a place sounds: `pitch` of the sources, level of the noise and of sources (dB), echo (s), band (Hz), and how
    many sounds that are not to be labeled a clip has at most."""

    pitch: float
    noise: float
    levels: tuple[float, float]
    echo: float
    band: tuple[float, float] | None
    strangers: int


LABORATORY = Domain(pitch=1.0, noise=-50.0, levels=(-3.0, 3.0), echo=0.0, band=None, strangers=0)
FIELD = Domain(pitch=0.75, noise=-24.0, levels=(-6.0, 3.0), echo=0.25, band=(200.0, 5000.0), strangers=1)


@dataclass(frozen=True)
class Clip:
    """Samples at 16 kHz with what is truly heard in them."""

    samples: Sound
    events: tuple[Mark, ...]


def clip(random: Random, domain: Domain) -> Clip:
    """Up to two events of each label, which may sound at once with those of others."""
    mixed = np.zeros(round(SECONDS * RATE), np.float32)
    events: list[Mark] = []
    for label in LABELS:
        for start, seconds in _places(random):
            source = _SOURCES[label](random, seconds, domain.pitch)
            mixed[round(start * RATE) :][: len(source)] += source * _gain(random, *domain.levels)
            events.append(Mark(start, round(start + len(source) / RATE, 6), label))
    for _ in range(int(random.integers(0, domain.strangers + 1))):
        source = _stranger(random, random.uniform(0.5, 3.0))
        first = int(random.integers(0, len(mixed) - len(source)))
        mixed[first : first + len(source)] += source * _gain(random, *domain.levels)
    if domain.echo:
        mixed = _echoed(random, mixed, domain.echo)
    if domain.band:
        mixed = _narrowed(mixed, domain.band)
    noise = _narrowed(random.standard_normal(len(mixed)).astype(np.float32), domain.band or (50.0, 7800.0))
    mixed += _leveled(noise) * np.float32(10.0 ** (domain.noise / 20.0))
    return Clip(mixed, tuple(sorted(events, key=lambda event: (event.start, event.end, event.label))))


def hastily_labeled(random: Random, events: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Planted label noise: a quarter is missed, a sixth called by another label, boundaries are 0.25 s off (standard
    deviation), and one clip in five has an event that is not there."""
    found = [
        _moved(random, Mark(event.start, event.end, _other(random, event.label)), 0.25)
        for event in events
        if random.random() >= 0.25
    ]
    if random.random() < 0.2:
        start = random.uniform(0.0, SECONDS - 2.0)
        found.append(Mark(start, start + random.uniform(0.5, 2.0), LABELS[random.integers(len(LABELS))]))
    return tuple(found)


def corrected(random: Random, events: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """What careful people leave after a review: one event in fifty is missed, boundaries are 0.03 s off."""
    return tuple(_moved(random, event, 0.03) for event in events if random.random() >= 0.02)


def _moved(random: Random, event: Mark, deviation: float) -> Mark:
    start = float(np.clip(event.start + random.normal(0.0, deviation), 0.0, SECONDS - 0.1))
    end = float(np.clip(event.end + random.normal(0.0, deviation), start + 0.1, SECONDS))
    return Mark(start, end, event.label)


def _other(random: Random, label: str) -> str:
    if random.random() >= 1.0 / 6.0:
        return label
    others = [one for one in LABELS if one != label]
    return others[random.integers(len(others))]


def _places(random: Random) -> list[tuple[float, float]]:
    """Start and length of up to two events that stay half a second apart."""
    count = int(random.choice([0, 1, 1, 2]))
    half = SECONDS / max(1, count)
    found = []
    for number in range(count):
        seconds = random.uniform(0.7, min(3.0, half - 0.6))
        start = number * half + random.uniform(0.0, half - 0.5 - seconds)
        found.append((round(start, 6), seconds))
    return found


def _alarm(random: Random, seconds: float, pitch: float) -> Sound:
    """A tone, interrupted a few times a second; it begins and ends with a tone."""
    times = np.arange(round(seconds * RATE)) / RATE
    rounds = max(1, round(seconds / random.uniform(0.15, 0.3)))
    gate = (times / seconds * (rounds + 0.5)) % 1.0 < 0.5
    tone = np.sin(2 * np.pi * pitch * random.uniform(900.0, 1800.0) * times)
    return _leveled((tone * gate).astype(np.float32))


def _knocking(random: Random, seconds: float, pitch: float) -> Sound:
    """Knocks on wood; the last one has died away at the end."""
    track = np.zeros(round(seconds * RATE), np.float32)
    times = np.arange(round(0.12 * RATE)) / RATE
    knock = np.sin(2 * np.pi * pitch * random.uniform(300.0, 700.0) * times) + 0.4 * random.standard_normal(len(times))
    knock *= np.exp(-times * 40.0)
    count = max(2, round(seconds / random.uniform(0.15, 0.3)))
    for at in np.linspace(0, len(track) - len(knock), count).astype(int):
        track[at : at + len(knock)] += knock.astype(np.float32)
    return _leveled(track)


def _calls(random: Random, seconds: float, pitch: float) -> Sound:
    """Falling calls of an animal, one after the other."""
    count = max(1, round(seconds / random.uniform(0.2, 0.4)))
    length = round(seconds * RATE) // count
    times = np.arange(length) / RATE
    high, low = pitch * random.uniform(2500.0, 4500.0), pitch * random.uniform(1200.0, 2000.0)
    phase = 2 * np.pi * (high * times + (low - high) * times**2 / (2.0 * length / RATE))
    call = np.sin(phase) * np.sin(np.pi * np.arange(length) / length) ** 0.5
    return _leveled(np.tile(call, count).astype(np.float32))


_SOURCES = {"alarm": _alarm, "knocking": _knocking, "calls": _calls}


def _stranger(random: Random, seconds: float) -> Sound:
    """An engine or a gust of wind."""
    times = np.arange(round(seconds * RATE)) / RATE
    if random.random() < 0.5:
        base = random.uniform(60.0, 150.0)
        return _leveled(
            np.sum([np.sin(2 * np.pi * n * base * times) / n for n in range(1, 10)], axis=0).astype(np.float32)
        )
    swell = np.sin(np.pi * times / seconds)
    return _leveled((random.standard_normal(len(times)) * swell).astype(np.float32))


def _echoed(random: Random, sound: Sound, decay: float) -> Sound:
    times = np.arange(round(decay * RATE)) / RATE
    response = random.standard_normal(len(times)) * np.exp(-6.9 * times / decay) * 0.05
    response[0] = 1.0
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: len(sound)].astype(np.float32)


def _narrowed(sound: Sound, band: tuple[float, float]) -> Sound:
    spectrum = np.fft.rfft(sound)
    frequencies = np.maximum(np.fft.rfftfreq(len(sound), 1.0 / RATE), 1.0)
    gain = 1.0 / (1.0 + (band[0] / frequencies) ** 4) / (1.0 + (frequencies / band[1]) ** 4)
    return np.fft.irfft(spectrum * gain, len(sound)).astype(np.float32)


def _leveled(sound: Sound) -> Sound:
    """At an effective level of 0.1."""
    level = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return (sound * (0.1 / max(level, 1e-9))).astype(np.float32)


def _gain(random: Random, low: float, high: float) -> np.float32:
    return np.float32(10.0 ** (random.uniform(low, high) / 20.0))
