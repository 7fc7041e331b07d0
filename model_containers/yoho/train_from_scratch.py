"""Train a YOHO from nothing but generated sound. Experimental: it hears what sounds like its lessons, and little else.

`python -m model_containers.yoho.train_from_scratch --speech FOLDER --to FILE [--windows 20000] [--epochs 20]`; FOLDER
is made by `model_containers.yoho.speak`. A GPU is used where there is one. Prints a line an epoch and the figures on
held-out mixtures: other voices, and music and sounds of another random seed. Set OMP_NUM_THREADS=1: there is a
process a core that makes windows.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
import wave
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from model_containers.yoho import synthesis, weights
from model_containers.yoho.features import log_mel
from model_containers.yoho.learning import Course, Windows, measured, teach
from model_containers.yoho.mixtures import LABELS, mixture
from model_containers.yoho.network import Yoho
from model_containers.yoho.synthesis import RATE, Sound
from model_containers.yoho.targets import encode

_PIECES = 12
"""Pieces of music that a group of windows shares."""
_GROUP = 100


def speech(folder: Path) -> list[Sound]:
    """The WAV files of a folder at an effective level of 0.1."""
    found = []
    for path in sorted(folder.glob("*.wav")):
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768.0
        found.append((samples * (0.1 / np.sqrt(np.mean(np.square(samples))))).astype(np.float32))
    if not found:
        raise SystemExit(f"{folder} has no WAV files; make them with model_containers.yoho.speak")
    return found


def group(arguments: tuple[int, Path, int]) -> Windows:
    """A group of windows that share pieces of music; (seed, folder of speech, count)."""
    seed, folder, count = arguments
    random = np.random.default_rng(seed)
    voices = speech(folder)
    music = [synthesis.music(random, 20.0) for _ in range(_PIECES)]
    features, targets = [], []
    for _ in range(count):
        sound, events = mixture(random, voices, music)
        features.append(log_mel(sound).astype(np.float16))
        targets.append(encode(events, LABELS, 0.0))
    return Windows(np.stack(features), np.stack(targets))


def windows(folder: Path, count: int, seed: int) -> Windows:
    """`count` windows, made on all processors."""
    counts = [min(_GROUP, count - first) for first in range(0, count, _GROUP)]
    with multiprocessing.Pool() as pool:
        groups = pool.map(group, [(seed + number, folder, size) for number, size in enumerate(counts)], chunksize=1)
    return Windows(np.concatenate([one.features for one in groups]), np.concatenate([one.targets for one in groups]))


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--windows", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    train = windows(options.speech / "train", options.windows, 1_000_000 * options.seed)
    held_out = windows(options.speech / "held-out", max(100, options.windows // 20), 999_000_000)
    _say({"made": len(train), "seconds": round(time.monotonic() - began, 1), "rate": RATE})
    torch.manual_seed(options.seed)
    network = Yoho(len(LABELS)).to("cuda" if torch.cuda.is_available() else "cpu")
    course = Course(epochs=options.epochs, batch=options.batch, seed=options.seed)

    def report(epoch: int, figures: Mapping[str, float]) -> None:
        rounded = {name: round(value, 4) for name, value in figures.items()}
        _say({"epoch": epoch, **rounded, "seconds": round(time.monotonic() - began, 1)})

    teach(network, train, held_out, course, report)
    _say({"held-out": measured(network, held_out)})
    weights.save(options.to, network, LABELS, f"generated-{options.seed}")
    return 0


def _say(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
