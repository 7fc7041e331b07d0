"""What a recording does to sound: the room, microphone, line and levels, all of them random."""

from __future__ import annotations

import numpy as np

from model_containers.yoho.synthesis import RATE, Random, Sound, leveled, room


def colored(random: Random, sound: Sound) -> Sound:
    """As recorded somewhere: echo, a curve of frequencies, a band, a limiter; at an effective level of 0.1."""
    heard = room(random, sound) if random.random() < 0.4 else sound
    heard = leveled(_filtered(random, heard))
    if random.random() < 0.3:
        drive = random.uniform(1.0, 8.0)
        heard = leveled(np.tanh(drive * heard).astype(np.float32))
    return heard


def _filtered(random: Random, sound: Sound) -> Sound:
    """Through a smooth curve of ±8 dB, a slope, and now and then a narrow band as of a telephone or an old tape."""
    spectrum = np.fft.rfft(sound)
    frequencies = np.maximum(np.fft.rfftfreq(len(sound), 1.0 / RATE), 20.0)
    octaves = np.log2(frequencies / 20.0)
    curve = np.interp(octaves, np.linspace(0.0, 8.7, 8), random.uniform(-8.0, 8.0, 8) * random.uniform(0.0, 1.0))
    gain = 10.0 ** (curve / 20.0) * (frequencies / 1000.0) ** random.uniform(-0.35, 0.35)
    if random.random() < 0.25:
        gain = gain / (1.0 + (random.uniform(100.0, 400.0) / frequencies) ** 4)
        gain = gain / (1.0 + (frequencies / random.uniform(2500.0, 6500.0)) ** random.uniform(4.0, 16.0))
    return np.fft.irfft(spectrum * gain, len(sound)).astype(np.float32)
