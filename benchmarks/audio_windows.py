"""What the editor asks for while somebody scrolls: spectrogram tiles and samples from the middle of an hour of MP3.

`python -m benchmarks.audio_windows` prints JSON: milliseconds an answer of the decoder process (median and slowest of
30), bytes, and of the second look (analysis) CPU seconds and peak memory.
"""

from __future__ import annotations

import json
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.analysis import analyze_isolated
from labelbuddy_core.audio.decoder_pool import DecoderPool
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.ingest import derive
from labelbuddy_core.audio.spectrogram import COLUMNS, Scale, hop

MINUTES = 60
MEMORY = 2 << 30


def main() -> None:
    """Make the file, ask, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        part = np.stack([synthesis.music(np.random.default_rng(seed), 60.0) for seed in (1, 2)])
        encode((part for _ in range(MINUTES)), synthesis.RATE, folder / "hour.mp3", variable=True)
        found = derive(folder / "hour.mp3", folder, lambda _: None)
        frames = found.frames
        assert found.playback_name is not None
        pool = DecoderPool(1, memory_bytes=MEMORY, timeout=60.0)
        report: dict[str, Any] = {}
        for level in (0, 3, 5):
            for scale in Scale:
                last = frames // (hop(level) * COLUMNS)
                requests = [
                    {"sample_rate": synthesis.RATE, "scale": scale, "level": level, "tile": tile, "channel": None}
                    for tile in np.random.default_rng(1).integers(0, last, 30).tolist()
                ]
                report[f"tile, level {level}, {scale}"] = asked(pool, "tile", folder / found.playback_name, requests)
        starts = np.random.default_rng(2).integers(0, frames - 16_384, 30).tolist()
        windows = [{"start": start, "stop": start + 16_384} for start in starts]
        report["16,384 samples"] = asked(pool, "pcm", folder / found.playback_name, windows)
        pool.close()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        analyze_isolated(
            folder / "hour.mp3", folder, frames, timeout=1800, memory_bytes=MEMORY, on_progress=lambda _: None
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        report["analysis of the hour"] = {"cpu_s": round(cpu, 1), "peak_mb": after.ru_maxrss // 1024}
    print(json.dumps(report, indent=1))


def asked(pool: DecoderPool, kind: str, path: Path, requests: list[dict[str, Any]]) -> dict[str, float]:
    """Milliseconds and bytes of the answers; the first, which starts the process, does not count."""
    pool.ask(kind, path, **requests[0])
    times, sizes = [], []
    for request in requests:
        began = time.perf_counter()
        sizes.append(len(pool.ask(kind, path, **request)))
        times.append(1000 * (time.perf_counter() - began))
    return {
        "median_ms": round(statistics.median(times), 1),
        "slowest_ms": round(max(times), 1),
        "bytes": round(statistics.mean(sizes)),
    }


if __name__ == "__main__":
    main()
