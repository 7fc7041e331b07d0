"""Generated sound that is neither speech nor music: noise, machines, signals, weather, steps, animals, applause."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model_containers.yoho.synthesis import RATE, Random, Sound, leveled, noise, put, room


def other(random: Random, seconds: float) -> Sound:
    """A sound that is to be called neither speech nor music, at an effective level of 0.1."""
    kinds: tuple[Callable[[Random, int], Sound], ...]
    kinds = (_noise, _hum, _beeps, _knocks, _sweeps, _bursts, _grains, _claps, _bells, _engine, _wind)
    return leveled(room(random, kinds[random.integers(len(kinds))](random, round(seconds * RATE))))


def _noise(random: Random, length: int) -> Sound:
    swell = 1.0 + 0.6 * np.sin(2 * np.pi * random.uniform(0.05, 1.0) * np.arange(length) / RATE + random.uniform(0, 6))
    return (noise(random, length, random.uniform(0.0, 2.0)) * swell).astype(np.float32)


def _hum(random: Random, length: int) -> Sound:
    time = np.arange(length) / RATE
    wobble = np.cumsum(noise(random, length, 2.0)) / RATE * random.uniform(0.0, 4.0)
    frequency = random.uniform(40.0, 180.0)
    waves = [np.sin(2 * np.pi * n * (frequency * time + wobble)) / n ** random.uniform(0.3, 1.5) for n in range(1, 12)]
    return (np.sum(waves, axis=0) + 0.3 * noise(random, length, 1.0)).astype(np.float32)


def _beeps(random: Random, length: int) -> Sound:
    time = np.arange(length) / RATE
    gate = (time * random.uniform(0.5, 6.0)) % 1.0 < random.uniform(0.2, 0.7)
    return (np.sin(2 * np.pi * random.uniform(400.0, 3500.0) * time) * gate).astype(np.float32)


def _knocks(random: Random, length: int) -> Sound:
    track = np.zeros(length, np.float32)
    time = np.arange(round(0.1 * RATE)) / RATE
    for at in np.cumsum(random.exponential(random.uniform(0.1, 0.8), 200)):
        ring = np.sin(2 * np.pi * random.uniform(100.0, 3000.0) * time) + random.standard_normal(len(time))
        put(track, (ring * np.exp(-time * random.uniform(30.0, 200.0))).astype(np.float32), float(at))
    return track


def _sweeps(random: Random, length: int) -> Sound:
    time = np.arange(length) / RATE
    middle, width, speed = random.uniform(600.0, 1800.0), random.uniform(100.0, 500.0), random.uniform(0.2, 3.0)
    phase = 2 * np.pi * (middle * time + width / (2 * np.pi * speed) * np.sin(2 * np.pi * speed * time))
    return np.tanh(random.uniform(1.0, 4.0) * np.sin(phase)).astype(np.float32)


def _bursts(random: Random, length: int) -> Sound:
    """Short calls of noise and falling tones, as of animals."""
    track, at = np.zeros(length, np.float32), 0.0
    while at < length / RATE:
        time = np.arange(round(random.uniform(0.05, 0.4) * RATE)) / RATE
        tone = np.sin(2 * np.pi * (random.uniform(300.0, 2500.0) * time - random.uniform(0.0, 2000.0) * time**2))
        envelope = np.sin(np.pi * np.arange(len(time)) / len(time)) ** random.uniform(0.5, 2.0)
        mixed = tone + random.uniform(0.0, 1.0) * random.standard_normal(len(time))
        put(track, (mixed * envelope).astype(np.float32), at)
        at += len(time) / RATE + random.exponential(0.5)
    return track


def _grains(random: Random, length: int) -> Sound:
    """Rain, fire, crackle, gravel: many short clicks, each of its own band."""
    track = np.zeros(length, np.float32)
    count = int(length / RATE * random.uniform(5.0, 300.0))
    grains = [_click(random, random.uniform(0.001, 0.02), random.uniform(500.0, 7000.0)) for _ in range(12)]
    for at in random.uniform(0.0, length / RATE, count):
        put(track, grains[random.integers(len(grains))] * np.float32(random.exponential()), float(at))
    hiss = noise(random, length, random.uniform(0.5, 2.0)) * random.uniform(0.0, 0.3)
    return (track + hiss).astype(np.float32)


def _claps(random: Random, length: int) -> Sound:
    """From one pair of hands to a hall of them."""
    track = np.zeros(length, np.float32)
    for _ in range(int(random.integers(1, 40))):
        clap = _click(random, random.uniform(0.01, 0.04), random.uniform(700.0, 2500.0))
        at, period = random.uniform(0.0, 0.5), random.uniform(0.15, 0.5)
        while at < length / RATE:
            put(track, clap * np.float32(random.uniform(0.3, 1.0)), at)
            at += period * random.uniform(0.85, 1.2)
    return track


def _bells(random: Random, length: int) -> Sound:
    """A telephone, a doorbell, glasses: inharmonic partials that are struck again and again."""
    track, at = np.zeros(length, np.float32), random.uniform(0.0, 0.5)
    partials = random.uniform(400.0, 1500.0) * np.array([1.0, *np.sort(random.uniform(1.2, 5.0, 4))])
    decay, gap = random.uniform(2.0, 20.0), random.choice([0.06, random.uniform(0.3, 2.0)])
    time = np.arange(round(0.8 * RATE)) / RATE
    ring = sum(np.sin(2 * np.pi * p * time) * np.exp(-time * decay * (1 + n)) for n, p in enumerate(partials))
    while at < length / RATE:
        put(track, np.asarray(ring, np.float32), at)
        at += gap
    return track


def _engine(random: Random, length: int) -> Sound:
    """A motor whose speed rises and falls: pulses of noise."""
    speed = random.uniform(15.0, 90.0) * (1.0 + 0.4 * np.sin(np.arange(length) / RATE * random.uniform(0.1, 1.5)))
    phase = np.cumsum(speed) / RATE
    pulses = np.maximum(np.sin(2 * np.pi * phase), 0.0) ** random.uniform(1.0, 6.0)
    return (pulses * (noise(random, length, 1.0) + random.uniform(0.0, 0.5)) - pulses.mean() * 0.2).astype(np.float32)


def _wind(random: Random, length: int) -> Sound:
    """Wind, waves, traffic: noise in a band that swells."""
    swell = np.abs(np.interp(np.arange(length), np.linspace(0, length, 12), random.standard_normal(12))) + 0.1
    spectrum = np.fft.rfft(random.standard_normal(length))
    frequencies = np.fft.rfftfreq(length, 1.0 / RATE)
    middle, width = random.uniform(100.0, 2500.0), random.uniform(50.0, 1500.0)
    return (np.fft.irfft(spectrum / (1.0 + ((frequencies - middle) / width) ** 2), length) * swell).astype(np.float32)


def _click(random: Random, seconds: float, middle: float) -> Sound:
    """A short burst of noise around a frequency."""
    time = np.arange(max(8, round(seconds * 5 * RATE))) / RATE
    burst = random.standard_normal(len(time)) * np.sin(2 * np.pi * middle * time)
    return (burst * np.exp(-time / seconds)).astype(np.float32)
