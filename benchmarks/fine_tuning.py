"""Does fine-tuning on corrected clips help, does assistance save work? On generated sound; prints JSON, draws plots.

`python benchmarks/fine_tuning.py [--sizes 50,200,800] [--layers 1] [--weights FILE] [--plots FOLDER]`. A narrow YOHO
learns events of a laboratory from nothing, then hears the field: other pitches, echo, a narrow band, noise (domain
shift). It is fine-tuned there, as `POST /train` does, on clips as hasty annotators left them (planted label noise) and
on the same clips corrected. Event F1 is that of the *Training* page, on held-out clips of the field with their exact
truth; a simulated annotator counts what it takes to make suggestions right. `--weights` keeps the first model, or takes
one that was kept. Several seeds are drawn together by `fine_tuning_charts.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import generated_events as generated  # noqa: E402
from benchmarks.fine_tuning_charts import draw  # noqa: E402
from benchmarks.generated_events import LABELS, SECONDS, Clip  # noqa: E402
from benchmarks.simulated_annotator import Work, correcting, from_nothing  # noqa: E402
from labelbuddy_core.domain.training.examples import Mark  # noqa: E402
from labelbuddy_core.domain.training.scores import Asked, Heard, compared  # noqa: E402
from model_containers.serving.dataset import Stretch  # noqa: E402
from model_containers.yoho import decode, weights  # noqa: E402
from model_containers.yoho.features import log_mel  # noqa: E402
from model_containers.yoho.learning import Course, Windows, teach  # noqa: E402
from model_containers.yoho.network import Yoho  # noqa: E402
from model_containers.yoho.targets import encode  # noqa: E402

THRESHOLD = 0.5
VALIDATION = 0.2
Seen = npt.NDArray[Any]
"""Features of windows, as runs keep them (half precision)."""
Relabel = Callable[[np.random.Generator, tuple[Mark, ...]], tuple[Mark, ...]]


def made(seed: int, count: int, domain: generated.Domain) -> tuple[list[Clip], Seen]:
    """Clips and what the network sees of them."""
    clips = [generated.clip(np.random.default_rng([seed, number]), domain) for number in range(count)]
    return clips, np.stack([log_mel(one.samples).astype(np.float16) for one in clips])


def lessons(clips: Sequence[Clip], seen: Seen, seed: int, relabel: Relabel) -> Windows:
    """Clips with the labels that an annotator gave them."""
    targets = []
    for number, one in enumerate(clips):
        given = relabel(np.random.default_rng([seed, number]), one.events)
        targets.append(encode([Stretch(event.start, event.end, event.label) for event in given], LABELS, 0.0))
    return Windows(seen, np.stack(targets))


def taught(network: Yoho, windows: Windows, course: Course) -> dict[str, Any]:
    """Teach on four fifths, choosing the epoch on the rest, as a run does; says how it went."""
    held = max(1, round(len(windows) * VALIDATION))
    train = Windows(windows.features[held:], windows.targets[held:])
    validation = Windows(windows.features[:held], windows.targets[:held])
    told: list[float] = []

    def report(_: int, figures: Mapping[str, float]) -> None:
        told.append(figures["validation_loss"])

    began = time.process_time()
    teach(network, train, validation, course, report)
    best = 1 + told.index(min(told))
    return {"epochs": len(told), "best_epoch": best, "cpu_seconds": round(time.process_time() - began, 1)}


def heard(network: Yoho, seen: Seen) -> list[Heard]:
    """The events that a network finds in clips."""
    network.eval()
    found = []
    smoothing = weights.smoothing_of(LABELS)
    with torch.inference_mode():
        for one in seen:
            answers = network(torch.from_numpy(one[None].astype(np.float32))).numpy()
            events = decode.events(answers, LABELS, THRESHOLD, SECONDS, smoothing)
            found.append(Heard(tuple(Mark(event.start, event.end, event.label) for event in events), {}))
    return found


def event_f1(clips: Sequence[Clip], before: Sequence[Heard], after: Sequence[Heard]) -> dict[str, Any]:
    """{before, after, difference}, each {value, low, high}."""
    asked = [Asked(one.events, None) for one in clips]
    figures = compared(asked, {"before": before, "after": after}, LABELS, seed=0)
    overall = next(one for one in figures if one["measure"] == "event_f1" and one["label"] is None)
    return {**overall["values"], "difference": overall["difference"]}


def work(clips: Sequence[Clip], said: Sequence[Heard] | None) -> dict[str, float]:
    """What a clip takes on the average, by kind, and in all; without suggestions where `said` is None."""
    done = Work()
    for number, one in enumerate(clips):
        done += from_nothing(one.events) if said is None else correcting(one.events, said[number].events)
    kinds = {name: round(value / len(clips), 3) for name, value in asdict(done).items()}
    return {**kinds, "actions": round(done.actions / len(clips), 3)}


def first_model(options: argparse.Namespace) -> tuple[Yoho, dict[str, Any]]:
    """A network that learned the laboratory alone, from nothing."""
    if options.weights is not None and options.weights.exists():
        network = Yoho(len(LABELS), options.narrower)
        network.load_state_dict(load_file(options.weights))
        return network, {"taken from": options.weights.name}
    clips, seen = made(1_000_000 * options.seed + 1, options.first_clips, generated.LABORATORY)
    torch.manual_seed(options.seed)
    network = Yoho(len(LABELS), options.narrower)
    course = Course(epochs=options.first_epochs, learning_rate=2e-3, batch=16, seed=options.seed)
    said = taught(network, lessons(clips, seen, options.seed, generated.corrected), course)
    if options.weights is not None:
        save_file(network.state_dict(), options.weights)
    return network, {"clips": len(clips), **said}


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="50,200,800", help="clips to fine-tune on")
    parser.add_argument("--layers", type=int, default=1, help="0: the output, 1: the whole network")
    parser.add_argument("--epochs", type=int, default=40, help="at most")
    parser.add_argument("--heard", type=int, default=5000, help="clips in all epochs of a run together, about")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--narrower", type=int, default=4, help="times fewer channels than the published YOHO")
    parser.add_argument("--first-clips", type=int, default=400)
    parser.add_argument("--first-epochs", type=int, default=16)
    parser.add_argument("--test-clips", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--plots", type=Path)
    options = parser.parse_args(arguments)
    sizes = [int(one) for one in options.sizes.split(",")]
    torch.set_num_threads(1)
    began = time.process_time()

    network, said = first_model(options)
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    base = 1_000_000 * options.seed
    home, home_seen = made(base + 2, options.test_clips, generated.LABORATORY)
    test, test_seen = made(base + 3, options.test_clips, generated.FIELD)
    clips, seen = made(base + 4, max(sizes), generated.FIELD)
    before = heard(network, test_seen)
    at_home = heard(network, home_seen)
    first = {
        **said,
        "laboratory": event_f1(home, at_home, at_home)["before"],
        "field": event_f1(test, before, before)["before"],
    }
    _say({"first model": first})

    runs: list[dict[str, Any]] = []
    labor = {"from nothing": work(test, None), "first model": work(test, before)}
    for size in sizes:
        for labels, relabel in (("hasty", generated.hastily_labeled), ("corrected", generated.corrected)):
            tuned = Yoho(len(LABELS), options.narrower)
            tuned.load_state_dict(state)
            course = Course(
                epochs=min(options.epochs, options.heard // size),
                learning_rate=options.learning_rate,
                batch=16,
                seed=options.seed,
                head_only=not options.layers,
                patience=10,
            )
            how = taught(tuned, lessons(clips[:size], seen[:size], options.seed, relabel), course)
            after = heard(tuned, test_seen)
            runs.append({"clips": size, "labels": labels, **event_f1(test, before, after), **how})
            _say(runs[-1])
            if labels == "corrected":
                labor[f"{size} clips"] = work(test, after)
    report = {
        "first_model": first,
        "fine_tuning": runs,
        "annotating": labor,
        "test_clips": len(test),
        "events_a_clip": round(sum(len(one.events) for one in test) / len(test), 3),
        "options": {name: value for name, value in vars(options).items() if name not in ("weights", "plots")},
        "cpu_seconds": round(time.process_time() - began),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.plots is not None:
        draw([report], options.plots)
    return 0


def _say(line: Mapping[str, object]) -> None:
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
