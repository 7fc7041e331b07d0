"""`labelbuddy train PROJECT MODEL`: start a run, follow it, print what came of it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.training import training_at_once
from labelbuddy_core.services.training.training_cards import MEASURES
from labelbuddy_core.services.training.training_sets import Choices


def add_to(commands: Any) -> None:
    """Its arguments; docs/training.md describes them."""
    usual = Choices()
    train = commands.add_parser("train", help="teach a model what a project has approved, and compare it with before")
    train.add_argument("project", help="its id, or its name")
    train.add_argument("model", help="its number, or its name")
    train.add_argument("--as", dest="username", required=True, help="the manager in whose name it is done")
    train.add_argument("--preview", action="store_true", help="say what would be learned from, and start nothing")
    train.add_argument("--detach", action="store_true", help="start the run and do not wait for it")
    train.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="a parameter; again for each")
    train.add_argument(
        "--learn", action="append", default=[], metavar="LABEL=NAME", help="only these labels, so called"
    )
    train.add_argument("--group-by", default="", metavar="ATTRIBUTE", help="what keeps recordings together in a split")
    train.add_argument("--validation", type=float, default=usual.validation, help="share of examples (0.15)")
    train.add_argument("--test", type=float, default=usual.test, help="share that is held out (0.15)")
    train.add_argument("--split-seed", type=int, default=usual.seed, help="of the split (0)")


def run(options: argparse.Namespace) -> int:
    """Do it; returns the exit status: 0 when a version was made."""
    choices = Choices(None, options.group_by, options.validation, options.test, options.split_seed)
    what = (options.username, options.project, options.model, choices, _pairs(options.learn, "learn"))
    if options.preview:
        _print_preview(training_at_once.preview(*what))
        return 0
    begun = training_at_once.start(*what, _numbers(options.set))
    print(f"Run {begun['id']}: {begun['model_name']} {begun['parent']} learns.", flush=True)
    if options.detach:
        return 0
    try:
        ended = training_at_once.follow(options.username, begun["id"], lambda text: print(text, flush=True))
    except KeyboardInterrupt:
        print(f"\nRun {begun['id']} goes on; see it, or stop it, on the Training page.")
        return 130
    return _print_result(ended)


def _print_preview(shown: dict[str, Any]) -> None:
    print("label\ttraining\tvalidation\theld out\tmarked (s)")
    for one in shown["labels"]:
        print(f"{one['label']}\t{one['train']}\t{one['validation']}\t{one['test']}\t{one['seconds']:g}")
    for name, part in shown["splits"].items():
        print(f"{name}: {part['examples']:g} examples, {part['seconds'] / 60:.1f} min")
    for reason, count in shown["left_out"].items():
        print(f"{counted(count, 'task')}: {reason}")
    for warning in shown["warnings"]:
        print(f"Warning: {warning}")
    bounds = [
        f"{name} {one['default']:g} ({one['min']:g} to {one['max']:g})" for name, one in shown["parameters"].items()
    ]
    print(f"Parameters: {', '.join(bounds) or 'none'}")


def _print_result(ended: dict[str, Any]) -> int:
    if ended["version"] is None:
        print(ended["problem"] or f"The run was {ended['state']}; nothing came of it.", file=sys.stderr)
        return 1
    print(f"Version {ended['version']} (best epoch {ended['best_epoch'] or 'the last'}).")
    found = ended["comparison"] or {"figures": [], "warning": None}
    for figure in found["figures"]:
        if figure["label"] is None:
            values = ", ".join(f"{version} {_number(one)}" for version, one in figure["values"].items())
            difference = figure["difference"]
            change = f"; difference {_number(difference)}" if difference else ""
            print(f"{MEASURES[figure['measure']]}: {values}{change}")
    for text in (found.get("problem"), found.get("warning")):
        if text:
            print(text)
    print("It is used once it is promoted on the Training page.")
    return 0


def _number(figure: dict[str, float | None]) -> str:
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _numbers(given: list[str]) -> dict[str, float]:
    try:
        return {name: float(value) for name, value in _pairs(given, "set").items()}
    except ValueError:
        raise Invalid("A parameter is given as NAME=NUMBER, for example --set epochs=30.", field="set") from None


def _pairs(given: list[str], option: str) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not (name.strip() and value.strip()) for name, _, value in pairs):
        raise Invalid(f"--{option} takes NAME=VALUE.", field=option)
    return {name.strip(): value.strip() for name, _, value in pairs}
