"""The second look at a recording, after it can be labeled: statistics, onsets, beats, and the coarse spectrogram.

Run as `python -m labelbuddy_core.audio.analysis` by `sandbox`: uploaded bytes are decoded in a process of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from labelbuddy_core.audio import sandbox, sandbox_server
from labelbuddy_core.audio.coarse_spectrogram import CoarseSpectrogramBuilder
from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.audio.onsets import OnsetStrength, find_beats, find_onsets
from labelbuddy_core.audio.statistics import StatisticsMeter
from model_containers.serving.compiling import compiling_alone

RECIPE = "1"
"""Version of the analysis; part of the keys of what it makes."""
TRACKER = "librosa"
"""What finds onsets and beats."""
ANALYSIS_NAME = "analysis.json"
SPECTROGRAM_NAME = "spectrogram.lbsp"
_SPANS = ("clipped", "silent")

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Analyzed:
    """What was found: figures for lists (JSON values), and whether a coarse spectrogram was written."""

    statistics: dict[str, Any]
    has_spectrogram: bool


def analyze(source: Path, folder: Path, frames: int, on_progress: Progress) -> Analyzed:
    """Decode `source` (of `frames` samples) once more; writes `analysis.json` and the spectrogram into `folder`.

    Raises `AudioProblem`.
    """
    with Decoder(source) as decoder:
        rate, channels = decoder.format.sample_rate, decoder.format.channels
        statistics = StatisticsMeter(rate, channels)
        strength = OnsetStrength(rate)
        spectrogram = CoarseSpectrogramBuilder(folder / SPECTROGRAM_NAME, rate, channels, frames)
        for block in decoder.blocks():
            statistics.add(block)
            strength.add(block)
            spectrogram.add(block)
            on_progress(0.9 * min(1.0, decoder.frames / max(1, frames)))
        has_spectrogram = spectrogram.finish()
    summary = statistics.summary()
    spans = {name: summary.pop(name) for name in _SPANS}
    beats = find_beats(strength)
    onsets = find_onsets(strength)
    on_progress(1.0)
    found = {"version": 1, "by": {"name": TRACKER, "version": version(TRACKER)}, "onsets": onsets}
    found |= {"beats": asdict(beats), **spans}
    (folder / ANALYSIS_NAME).write_bytes(orjson.dumps(found))
    return Analyzed(
        statistics={**summary, "tempo": beats.tempo, "meter": beats.meter, "onsets": len(onsets)},
        has_spectrogram=has_spectrogram,
    )


def analyze_isolated(
    source: Path, folder: Path, frames: int, *, timeout: float, memory_bytes: int, on_progress: Progress
) -> Analyzed:
    """`analyze` in a child process with limits on time (seconds) and memory (bytes)."""
    request = {"source": str(source), "folder": str(folder), "frames": frames}
    result = sandbox.run(__spec__.name, request, timeout=timeout, memory_bytes=memory_bytes, on_progress=on_progress)
    return Analyzed(**result)


def main(request: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    """The child's side of `analyze_isolated`."""
    return asdict(analyze(Path(request["source"]), Path(request["folder"]), request["frames"], on_progress))


def warm() -> None:
    """Import and compile what every analysis needs; librosa takes seconds, and half a minute the first time."""
    rate = 22_050
    clicks = np.zeros((1, 12 * rate), np.float32)
    clicks[:, :: rate // 2] = 1.0
    with compiling_alone():
        statistics = StatisticsMeter(rate, 1)
        strength = OnsetStrength(rate)
        for first in range(0, clicks.shape[1], rate):
            statistics.add(clicks[:, first : first + rate])
            strength.add(clicks[:, first : first + rate])
        find_beats(strength)
        find_onsets(strength)


if __name__ == "__main__":
    sandbox_server.serve(main, warm)
