"""Windows of 8 s to learn from: music, speech and other sounds begin and end somewhere, over each other, in noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model_containers.serving.dataset import Stretch
from model_containers.yoho import surroundings, synthesis
from model_containers.yoho.coloring import colored
from model_containers.yoho.features import WINDOW_SECONDS
from model_containers.yoho.synthesis import RATE, Random, Sound

LABELS = ("speech", "music")


def mixture(
    random: Random,
    speech: Sequence[Sound],
    music: Sequence[Sound],
    others: Sequence[Sound] = (),
    seconds: float = WINDOW_SECONDS,
) -> tuple[Sound, list[Stretch]]:
    """A mixture with its events; speech, music and `others` are long recordings of which random stretches are taken.

    Other sounds are generated; where there are recordings of `others` half of them are taken from there.
    """
    length = round(seconds * RATE)
    mixed = np.zeros(length, np.float32)
    events: list[Stretch] = []
    level = {"speech": _gain(random, -6.0, 3.0), "music": _gain(random, -20.0, 3.0)}
    if random.random() < 0.5:
        level["music"] = _gain(random, -4.0, 4.0)
    for label, sources in (("music", music), ("speech", speech)):
        for start, stop in _spans(random, seconds, label):
            sound = _taken(random, sources[int(random.integers(len(sources)))], stop - start)
            _add(mixed, colored(random, _faded(random, sound)) * level[label], start)
            events.append(Stretch(start, stop, label))
    for _ in range(int(random.integers(0, 3))):
        start = random.uniform(0.0, seconds - 0.5)
        lasting = min(random.uniform(0.3, seconds), seconds - start)
        if others and random.random() < 0.5:
            sound = _taken(random, others[int(random.integers(len(others)))], lasting)
        else:
            sound = surroundings.other(random, lasting)
        _add(mixed, colored(random, _faded(random, sound)) * _gain(random, -22.0, 0.0), start)
    quiet = synthesis.noise(random, length, random.uniform(0.0, 2.0)) * _gain(random, -50.0, -18.0)
    return (mixed + quiet).astype(np.float32), sorted(events, key=lambda event: event.start)


def _spans(random: Random, seconds: float, label: str) -> list[tuple[float, float]]:
    """None, all, or one or two stretches of the time."""
    case = random.random()
    if case < 0.3:
        return []
    if case < 0.5:
        return [(0.0, seconds)]
    edges = np.sort(random.uniform(0.0, seconds, 2 if case < 0.85 else 4))
    shortest = 0.4 if label == "speech" else 1.0
    spans = [(float(edges[place]), float(edges[place + 1])) for place in range(0, len(edges), 2)]
    if random.random() < 0.3:
        spans[0] = (0.0, spans[0][1])
    if random.random() < 0.3:
        spans[-1] = (spans[-1][0], seconds)
    return [span for span in spans if span[1] - span[0] >= shortest]


def _taken(random: Random, source: Sound, seconds: float) -> Sound:
    length = round(seconds * RATE)
    if len(source) <= length:
        return np.resize(source, length)
    first = int(random.integers(0, len(source) - length))
    return source[first : first + length]


def _faded(random: Random, sound: Sound) -> Sound:
    """Edges of a few milliseconds, now and then slower ones, always audible from the first third on."""
    edge = min(len(sound) // 3, round(RATE * (random.uniform(0.1, 0.5) if random.random() < 0.15 else 0.005)))
    ramp = np.linspace(0.0, 1.0, max(1, edge), dtype=np.float32)
    shaped = sound.copy()
    shaped[: len(ramp)] *= ramp
    shaped[len(shaped) - len(ramp) :] *= ramp[::-1]
    return shaped


def _add(mixed: Sound, sound: Sound, start: float) -> None:
    first = round(start * RATE)
    stop = min(len(mixed), first + len(sound))
    mixed[first:stop] += sound[: stop - first]


def _gain(random: Random, low: float, high: float) -> np.float32:
    return np.float32(10.0 ** (random.uniform(low, high) / 20.0))
