"""Train a YOHO from nothing but generated sound.

`python -m model_containers.yoho.train_from_scratch --speech FOLDER --music FOLDER --to FILE`; the first folder is made
by `model_containers.yoho.speak`, the second by `model_containers.yoho.play` (without it music is arithmetic alone).
`--from FILE` goes on with what a network learned before; `--minutes` ends it after the epoch in which they have passed.
A GPU is used where there is one. Prints a line an epoch and the figures on held-out mixtures: other voices, other
instruments, another random seed. Set OMP_NUM_THREADS=1: there is a process a core that makes windows.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import sys
import time
import wave
from collections.abc import Mapping
from dataclasses import dataclass
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

_PIECES = 4
"""Pieces of generated music that a group of windows shares."""
_GROUP = 100
_SAMPLED = 24
"""Pieces of played music that a group of windows hears, from a folder."""


@dataclass(frozen=True)
class Sources:
    """Folders of one set; `music` and `others` may be None."""

    speech: Path
    music: Path | None = None
    others: Path | None = None


class _TimeIsUp(Exception):
    """Ends a course after an epoch; the best weights so far are kept."""


def recordings(folder: Path) -> list[Sound]:
    """The WAV files of a folder (16 kHz, 16 bit, mono) at an effective level of 0.1."""
    return [_read(path) for path in _files(folder)]


def group(arguments: tuple[int, Sources, int]) -> Windows:
    """A group of windows that share pieces of music; (seed, sources, count)."""
    seed, sources, count = arguments
    random = np.random.default_rng(seed)
    voices = recordings(sources.speech)
    music = [synthesis.music(random, 20.0) for _ in range(_PIECES if sources.music else 3 * _PIECES)]
    if sources.music:
        played = _files(sources.music)
        music += [
            _read(played[place]) for place in random.choice(len(played), min(_SAMPLED, len(played)), replace=False)
        ]
    others = recordings(sources.others) if sources.others else []
    features, targets = [], []
    for _ in range(count):
        sound, events = mixture(random, voices, music, others)
        features.append(log_mel(sound).astype(np.float16))
        targets.append(encode(events, LABELS, 0.0))
    return Windows(np.stack(features), np.stack(targets))


def windows(sources: Sources, count: int, seed: int, processes: int | None = None) -> Windows:
    """`count` windows, made on all processors, or on so many."""
    counts = [min(_GROUP, count - first) for first in range(0, count, _GROUP)]
    work = [(seed + number, sources, size) for number, size in enumerate(counts)]
    with multiprocessing.Pool(processes) as pool:
        groups = pool.map(group, work, chunksize=1)
    return Windows(np.concatenate([one.features for one in groups]), np.concatenate([one.targets for one in groups]))


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--music", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--from", type=Path, dest="before")
    parser.add_argument("--windows", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--processes", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    made = [
        windows(_sources(options.speech, options.music, name), count, seed, options.processes)
        for name, count, seed in (
            ("train", options.windows, 1_000_000 * options.seed),
            ("held-out", max(100, options.windows // 20), 999_000_000),
        )
    ]
    train, held_out = made
    _say({"made": len(train), "seconds": round(time.monotonic() - began, 1), "rate": RATE})
    torch.manual_seed(options.seed)
    network = weights.load(options.before).network if options.before else Yoho(len(LABELS))
    network.to("cuda" if torch.cuda.is_available() else "cpu")
    course = Course(epochs=options.epochs, learning_rate=options.rate, batch=options.batch, seed=options.seed)
    version = f"generated-{options.seed}"

    def report(epoch: int, figures: Mapping[str, float]) -> None:
        rounded = {name: round(value, 4) for name, value in figures.items()}
        _say({"epoch": epoch, **rounded, "seconds": round(time.monotonic() - began, 1)})
        if time.monotonic() - began > 60.0 * options.minutes:
            raise _TimeIsUp

    if options.before:
        _say({"before": measured(network, held_out, labels=LABELS)})
    with contextlib.suppress(_TimeIsUp):
        teach(network, train, held_out, course, report, LABELS)
    _say({"held-out": measured(network, held_out, labels=LABELS)})
    weights.save(options.to, network.half(), LABELS, version)
    return 0


def _sources(speech: Path, music: Path | None, name: str) -> Sources:
    if music is None:
        return Sources(speech / name)
    return Sources(speech / name, music / name / "music", music / name / "other")


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.wav"))
    if not found:
        raise SystemExit(f"{folder} has no WAV files; make them with model_containers.yoho.speak or play")
    return found


def _read(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768.0
    return synthesis.leveled(samples)


def _say(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
