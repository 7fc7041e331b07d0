"""How fast each model is on one core: audio-seconds per CPU-second, features and network; prints JSON.

`python benchmarks/model_throughput.py [--seconds 60] [NAME ...]`: weights are random where none are at hand, which
takes as long. The least CPU time of a few rounds counts, since other work on the machine can only lengthen it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("LABELBUDDY_THREADS", "1")

import numpy as np
import torch
from safetensors.torch import save_file

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "model_containers")]

from running_models import music  # noqa: E402

from model_containers.baseline.app import BaselineModel  # noqa: E402
from model_containers.musicnn.app import MusicnnModel  # noqa: E402
from model_containers.musicnn.network import Musicnn  # noqa: E402
from model_containers.panns import network as panns_network  # noqa: E402
from model_containers.panns.app import PannsModel  # noqa: E402
from model_containers.panns.checkpoints import CHECKPOINTS, checkpoint  # noqa: E402
from model_containers.serving import Options  # noqa: E402
from model_containers.serving.runner import spend_less_on_memory  # noqa: E402
from model_containers.yoho.app import YohoModel  # noqa: E402
from model_containers.yoho.experimental import WEIGHTS  # noqa: E402

BEFORE = {"musicnn": 32, "yoho": 158, "panns cnn14": 12, "panns cnn14-events": 13, "panns cnn14-16k": 13}
"""Audio-seconds per CPU-second that were measured before the containers were written."""


class Served(Protocol):
    """What is measured of a model."""

    information: Any

    def load(self) -> None: ...
    def predict(self, samples: Any, options: Options) -> Any: ...


def yoho(folder: Path) -> Served:
    return YohoModel(WEIGHTS, folder)


def musicnn(folder: Path) -> Served:
    kept = ROOT / ".cache" / "models" / "musicnn"
    if (kept / "musicnn-mtt.safetensors").exists():
        return MusicnnModel(kept)
    save_file(Musicnn(50).state_dict(), folder / "musicnn-mtt.safetensors")
    return MusicnnModel(folder)


def panns(name: str) -> Callable[[Path], Served]:
    def made(folder: Path) -> Served:
        known = checkpoint(name)
        torch.save({"model": panns_network.build(known.architecture).state_dict()}, folder / known.file)
        return PannsModel(folder, name)

    return made


def baseline(folder: Path) -> Served:
    return BaselineModel()


MODELS: dict[str, Callable[[Path], Served]] = {
    "baseline": baseline,
    "musicnn": musicnn,
    "yoho": yoho,
    **{f"panns {one.name}": panns(one.name) for one in CHECKPOINTS},
}


def sounds(seconds: float, rate: int) -> Iterator[np.ndarray]:
    """The same sound, begun elsewhere each time: a model knows the last sound that it heard."""
    samples, shift = music(seconds, rate), 0
    while True:
        shift += 1000
        yield np.roll(samples, shift)


def measured(model: Served, seconds: float, rounds: int) -> dict[str, float]:
    """Audio-seconds per CPU-second and per second of the clock, after a first request."""
    others = sounds(seconds, model.information.sample_rate)
    model.predict(next(others)[: 12 * model.information.sample_rate], Options())
    taken = []
    for _ in range(rounds):
        sound = next(others)
        began, clock = time.process_time(), time.perf_counter()
        model.predict(sound, Options())
        taken.append((time.process_time() - began, time.perf_counter() - clock))
    return {
        "per_cpu_second": round(seconds / min(one for one, _ in taken), 1),
        "per_second": round(seconds / min(one for _, one in taken), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MODELS))
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the audio")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    spend_less_on_memory()  # as the served processes do
    torch.set_num_threads(1)
    found: dict[str, dict[str, float]] = {}
    for name in options.names or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            model = MODELS[name](Path(folder))
            model.load()
            found[name] = measured(model, options.seconds, options.rounds)
            if name in BEFORE:
                found[name]["before"] = BEFORE[name]
    print(
        json.dumps(
            {
                "benchmark": "model_throughput",
                "audio_seconds": options.seconds,
                "torch": torch.__version__,
                "models": found,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
