"""What weights hear in recordings: `python -m model_containers.yoho.evaluate WEIGHTS --speech FOLDER --music FOLDER`.

The folders hold WAV and FLAC files of speech alone and of music alone. Prints JSON: the share of the time that is
called speech and music in each folder, and, for mixtures of both with generated surroundings, whose events are known,
precision, recall and F1 of what is marked (in 10 ms frames), and F1 of events whose onset is found within 0.5 s.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
import torch

from model_containers.serving.dataset import Stretch
from model_containers.serving.model import Segment
from model_containers.yoho import decode, features, surroundings, weights
from model_containers.yoho.mixtures import LABELS, mixture
from model_containers.yoho.synthesis import RATE, Sound, leveled

MIXTURE_SECONDS = 40.0
_FRAME = 0.01
_COLLAR = 0.5


@dataclass(frozen=True)
class Recordings:
    """Sounds at 16 kHz in which there is only speech, and only music."""

    speech: Sequence[Sound]
    music: Sequence[Sound]


def heard(loaded: weights.Loaded, sound: Sound, threshold: float = 0.5) -> tuple[Segment, ...]:
    """Events in a sound at 16 kHz."""
    with torch.inference_mode():
        answers = [loaded.network(torch.from_numpy(batch)).numpy() for batch in features.windows(sound, 8)]
    smoothing, duration = loaded.smoothing, len(sound) / RATE
    return decode.events(np.concatenate(answers), loaded.labels, threshold, duration, smoothing)


def shares(loaded: weights.Loaded, sounds: Sequence[Sound]) -> dict[str, float]:
    """Of all seconds of the sounds, the share that is called each label."""
    total = sum(len(sound) for sound in sounds) / RATE
    events = [event for sound in sounds for event in heard(loaded, sound)]
    return {label: sum(event.end - event.start for event in events if event.label == label) / total for label in LABELS}


def in_mixtures(
    loaded: weights.Loaded, recordings: Recordings, count: int, seed: int = 0
) -> dict[str, dict[str, float]]:
    """{label: {precision, recall, f1, onset_f1}} over `count` mixtures of 40 s."""
    random = np.random.default_rng(seed)
    made = [mixture(random, recordings.speech, recordings.music, seconds=MIXTURE_SECONDS) for _ in range(count)]
    pairs = [(heard(loaded, sound), events) for sound, events in made]
    return {label: _figures(pairs, label) for label in loaded.labels}


def _figures(pairs: Sequence[tuple[Sequence[Segment], Sequence[Stretch]]], label: str) -> dict[str, float]:
    hits = said = true = onsets = said_onsets = true_onsets = 0
    for found, events in pairs:
        ours, theirs = _frames(found, label), _frames(events, label)
        hits, said, true = hits + int((ours & theirs).sum()), said + int(ours.sum()), true + int(theirs.sum())
        starts, wanted = _starts(found, label), _starts(events, label)
        onsets += _matched(starts, wanted)
        said_onsets, true_onsets = said_onsets + len(starts), true_onsets + len(wanted)
    return {
        "precision": hits / max(1, said),
        "recall": hits / max(1, true),
        "f1": 2.0 * hits / max(1, said + true),
        "onset_f1": 2.0 * onsets / max(1, said_onsets + true_onsets),
    }


def _frames(events: Sequence[Any], label: str) -> npt.NDArray[np.bool_]:
    found = np.zeros(round(MIXTURE_SECONDS / _FRAME), bool)
    for event in events:
        if event.label == label:
            found[round(event.start / _FRAME) : round(event.end / _FRAME)] = True
    return found


def _starts(events: Sequence[Any], label: str) -> list[float]:
    return sorted(event.start for event in events if event.label == label)


def _matched(found: list[float], wanted: list[float]) -> int:
    """How many of the wanted times have a found one within the collar, each used once (both sorted)."""
    count = place = 0
    for time in wanted:
        while place < len(found) and found[place] < time - _COLLAR:
            place += 1
        if place < len(found) and found[place] <= time + _COLLAR:
            count, place = count + 1, place + 1
    return count


def read(folder: Path) -> list[Sound]:
    """The WAV and FLAC files of a folder at 16 kHz, mono, at an effective level of 0.1."""
    sounds = []
    for path in sorted([*folder.glob("*.wav"), *folder.glob("*.flac")]):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        sounds.append(leveled(soxr.resample(samples.mean(axis=1), rate, RATE).astype(np.float32)))
    return sounds


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--music", type=Path, required=True)
    parser.add_argument("--mixtures", type=int, default=30)
    options = parser.parse_args(arguments)
    loaded = weights.load(options.weights)
    recordings = Recordings(read(options.speech), read(options.music))
    random = np.random.default_rng(1)
    others = [surroundings.other(random, 20.0) for _ in range(20)]
    answer = {
        "in speech": shares(loaded, recordings.speech),
        "in music": shares(loaded, recordings.music),
        "in generated surroundings": shares(loaded, others),
        "in mixtures": in_mixtures(loaded, recordings, options.mixtures),
    }
    sys.stdout.write(json.dumps(_rounded(answer), indent=1) + "\n")
    return 0


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return round(value, 3)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
