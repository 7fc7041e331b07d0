"""The editor without a server makes its own spectrogram tiles in the browser; these pixels hold both makers together.

The front end's tests compare `spectra.ts` with the same file, which `python -m tests.audio.test_browser_spectrogram`
writes anew.
"""

from __future__ import annotations

import base64
import json

import numpy as np
import numpy.typing as npt

from labelbuddy_core.audio import spectrogram
from labelbuddy_core.audio.spectrogram import Scale
from labelbuddy_core.settings import ROOT

PIXELS = ROOT / "components/wavesurfer_component/frontend/tests/tile_pixels.json"
COLUMNS = 6
CASES = [(rate, hop, scale) for rate, hop in ((44_100, 64), (44_100, 2048), (8_000, 512)) for scale in Scale]


def signal(rate: int, frames: int) -> npt.NDArray[np.float32]:
    """Two channels by formula: a rising tone and a low one, with noise from a linear congruential generator."""
    state, noise = 12_345, np.zeros(frames)
    for frame in range(frames):
        state = (1_664_525 * state + 1_013_904_223) % 2**32
        noise[frame] = (state >> 16) % 2001 - 1000
    time = np.arange(frames) / rate
    left = 12_000 * np.sin(2 * np.pi * (200 + 1500 * time) * time) + noise
    right = 6_000 * np.sin(2 * np.pi * 97 * time)
    return (np.round([left, right]) / 32767).astype(np.float32)


def pixels(rate: int, hop: int, scale: Scale) -> npt.NDArray[np.uint8]:
    """What the server would encode as a picture."""
    before = spectrogram.reach(rate)
    samples = signal(rate, COLUMNS * hop + 2 * before)
    return spectrogram.to_gray(spectrogram.column_power(samples, rate, (scale,), hop, before)[scale])


def described() -> dict[str, object]:
    """The content of the file."""
    tiles = [
        {
            "rate": rate,
            "hop": hop,
            "scale": scale.value,
            "centers": np.round(spectrogram.frequencies(scale, rate), 2).tolist(),
            "pixels": base64.b64encode(pixels(rate, hop, scale).tobytes()).decode(),
        }
        for rate, hop, scale in CASES
    ]
    return {"columns": COLUMNS, "tiles": tiles}


def test_the_browsers_pixels_are_still_those_of_the_server() -> None:
    kept = json.loads(PIXELS.read_text())
    for tile, (rate, hop, scale) in zip(kept["tiles"], CASES, strict=True):
        assert (tile["rate"], tile["hop"], tile["scale"]) == (rate, hop, scale.value)
        there = np.frombuffer(base64.b64decode(tile["pixels"]), np.uint8).reshape(256, COLUMNS).astype(int)
        assert abs(there - pixels(rate, hop, scale)).max() <= 1, (rate, hop, scale)


if __name__ == "__main__":
    PIXELS.write_text(json.dumps(described()) + "\n")
