"""How fast musicnn is and what the REST hop costs; prints JSON.

`python benchmarks/model_musicnn.py [--seconds 60] [--threads 1]`: audio-seconds per CPU-second of features, network and
both; CPU and wall time of the bare model beside the same through the served process; the hop for a 30 s clip.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "model_containers")]

from running_models import WEIGHTS, SocketSession, music, wait_for  # noqa: E402

from model_containers.musicnn import features, fetch  # noqa: E402
from model_containers.musicnn.app import MusicnnModel  # noqa: E402
from model_containers.serving import Options  # noqa: E402
from model_containers.serving.runner import spend_less_on_memory  # noqa: E402


def cpu_seconds(work: Callable[[], Any], repeats: int = 3) -> float:
    """The least of a few measurements."""
    found = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def sounds_like(samples: np.ndarray) -> Iterator[np.ndarray]:
    """The same sound, begun elsewhere each time: a model knows the last sound that it heard."""
    for shift in itertools.count(1):
        yield np.roll(samples, shift * 1000)


def bare(model: MusicnnModel, samples: np.ndarray) -> dict[str, float]:
    """Audio-seconds per CPU-second of the parts."""
    seconds = len(samples) / features.SAMPLE_RATE
    patches = np.concatenate(list(features.patches(samples, 16)))
    batches = [patches[first : first + 16] for first in range(0, len(patches), 16)]
    others = sounds_like(samples)
    return {
        "features": round(seconds / cpu_seconds(lambda: list(features.patches(samples, 16))), 1),
        "network": round(seconds / cpu_seconds(lambda: [model.answers(batch) for batch in batches]), 1),
        "both": round(seconds / cpu_seconds(lambda: model.predict(next(others), Options())), 1),
    }


def served(model: MusicnnModel, samples: np.ndarray, threads: int) -> dict[str, float]:
    """The same through the process on a Unix socket."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "s"
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "model_containers.musicnn"],
            cwd=ROOT,
            env={
                **os.environ,
                "LABELBUDDY_SOCKET": str(socket),
                "LABELBUDDY_WEIGHTS": str(WEIGHTS),
                "LABELBUDDY_THREADS": str(threads),
            },
        )
        session = SocketSession(socket)
        try:
            wait_for(lambda: session("GET", "/health").ok, "binding")
            bound = time.perf_counter() - began
            wait_for(lambda: session("GET", "/health").json()["status"] == "ready", "loading")
            ready = time.perf_counter() - began
            hops = []
            clips = sounds_like(samples[: 30 * features.SAMPLE_RATE])
            for _ in range(7):
                files = {"audio": ("clip.wav", _wav(next(clips)))}
                sent = time.perf_counter()
                computed = session("POST", "/predict", files=files).json()["seconds"]
                hops.append(time.perf_counter() - sent - computed)
            others = sounds_like(samples)
            ratios = []
            for _ in range(3):
                sound = next(others)
                whole = {"audio": ("clip.wav", _wav(sound))}
                sent = time.perf_counter()
                session("POST", "/predict", files=whole)
                through = time.perf_counter() - sent
                sent = time.perf_counter()
                model.predict(sound, Options())
                ratios.append((time.perf_counter() - sent) / through)
        finally:
            session.close()
            process.terminate()
            process.wait(timeout=20)
    return {
        "seconds_until_bound": round(bound, 2),
        "seconds_until_ready": round(ready, 2),
        "hop_ms_for_30_s": round(1000 * statistics.median(hops), 1),
        "throughput_of_bare_model": round(statistics.median(ratios), 3),
    }


def _wav(samples: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, features.SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the audio")
    parser.add_argument("--threads", type=int, default=1, help="processors the model may use")
    options = parser.parse_args()
    os.environ["LABELBUDDY_THREADS"] = str(options.threads)
    fetch.fetch(WEIGHTS)
    spend_less_on_memory()  # as the served process does
    model = MusicnnModel(WEIGHTS)
    model.load()
    samples = music(options.seconds)
    model.predict(samples[: 3 * features.SAMPLE_RATE], Options())
    result = {
        "benchmark": "model_musicnn",
        "audio_seconds": options.seconds,
        "threads": options.threads,
        "torch": torch.__version__,
        "audio_seconds_per_cpu_second": bare(model, samples),
        "served": served(model, samples, options.threads),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
