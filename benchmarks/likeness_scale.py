"""Make `model_containers/baseline/likeness_scale.py`: means and deviations of what the likeness vectors are made of.

Measured over generated music, noises and voices of formulas: `python -m benchmarks.likeness_scale`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from model_containers.baseline import likeness
from model_containers.yoho import synthesis
from model_containers.yoho.synthesis import RATE, Random, Sound

FILE = Path(likeness.__file__).with_name("likeness_scale.py")
PIECES = 60
SECONDS = 8.0
LEAST = 1e-3
HEAD = '''"""Mean and deviation of each number that `likeness` measures, made by `benchmarks/likeness_scale.py`."""

SCALE = (
'''


def voice(random: Random, seconds: float) -> Sound:
    """Syllables of gliding pitch with formants, and pauses between them."""
    track = random.normal(0.0, 1e-4, round(seconds * RATE))
    low, time = random.uniform(80.0, 220.0), 0.0
    while time < seconds - 0.4:
        length = random.uniform(0.1, 0.3)
        moments = np.arange(round(length * RATE)) / RATE
        pitch = low * random.uniform(0.8, 1.4) * (1.0 + random.uniform(-1.5, 1.5) * moments)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        formants = random.uniform((300.0, 900.0), (800.0, 2500.0))
        partials = range(1, int(4000.0 / low))
        loud = [sum(np.exp(-(((one * low - formant) / 250.0) ** 2)) for formant in formants) + 0.02 for one in partials]
        tone = sum(gain * np.sin(one * phase) for gain, one in zip(loud, partials, strict=True))
        first = round(time * RATE)
        track[first : first + len(moments)] += 0.1 * np.hanning(len(moments)) * tone
        time += length + random.uniform(0.02, 0.15)
    return track.astype(np.float32)


def main() -> int:
    """Generate, measure, write."""
    random = np.random.default_rng(2026)
    rows = []
    for place in range(PIECES):
        make = (synthesis.music, synthesis.other, voice)[place % 3]
        sound = synthesis.colored(random, make(random, SECONDS)) * 10 ** (random.uniform(-30.0, 0.0) / 20.0)
        noise = synthesis.noise(random, len(sound), random.uniform(0.0, 2.0)) * 10 ** (
            random.uniform(-60.0, -30.0) / 20.0
        )
        rows.append(likeness.measured((sound + noise).astype(np.float32), RATE))
    found = np.concatenate(rows)
    lines = [
        f"    ({center:.4g}, {max(spread, LEAST):.4g}),\n"
        for center, spread in zip(found.mean(axis=0), found.std(axis=0), strict=True)
    ]
    FILE.write_text(HEAD + "".join(lines) + ")\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
