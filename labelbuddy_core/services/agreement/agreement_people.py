"""The people in a report of agreement: who agrees with whom, what each confuses, where boundaries lie, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelbuddy_core.domain.agreement.confusion import (
    NOTHING,
    Cells,
    Confusions,
    most_confused,
    of_all_pairs,
    of_rater,
)
from labelbuddy_core.domain.agreement.deviations import Habit, in_words
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.pairs import Lateness, PairFigures, lateness_of, pairs_of
from labelbuddy_core.domain.agreement.replicates import Estimate
from labelbuddy_core.services.agreement.known_truths import TRUTH
from labelbuddy_core.services.agreement.working_speed import Speed

PAIR_MEASURES = ("kappa_tags", "kappa_time", "event_f1", "chrf", "rouge_l")
WHAT = ("regions", "tags")
Report = dict[str, Any]


@dataclass
class AgainstTruth:
    """Annotators beside the ground truth: figures as of pairs, confusions, and how many tasks were compared."""

    measured: Measurement
    confusions: Confusions = field(default_factory=Confusions)
    adjudicated: int = 0
    merged: int = 0


@dataclass(frozen=True)
class Names:
    """How people and labels are called; a task that is not to be shown is in `hidden`."""

    people: Mapping[int, str]
    labels: Mapping[str, str]
    hidden: frozenset[int]

    def label(self, label: str) -> str:
        """The name of a label; a dash for what the other side did not mark."""
        return "–" if label == NOTHING else self.labels.get(label, label)


def raters_in(measured: Measurement, truth: AgainstTruth) -> set[int]:
    """Everybody who is named in a report."""
    pairs = [*pairs_of(measured), *pairs_of(truth.measured)]
    return {rater for pair in pairs for rater in pair.pair} - {TRUTH}


def pairs_json(measured: Measurement, names: Names) -> list[Report]:
    """Each pair with its figures and their intervals."""
    return [
        {
            "first": names.people[one.pair[0]],
            "second": names.people[one.pair[1]],
            "tasks": one.tasks,
            **_pair_figures(one),
        }
        for one in pairs_of(measured)
    ]


def annotators_json(
    measured: Measurement, confusions: Confusions, truth: AgainstTruth, speeds: Mapping[int, Speed] | None, names: Names
) -> list[Report]:
    """Each annotator: boundaries, confusions, agreement with ground truth and speed, with sentences in `says`."""
    late = {one.rater: one for one in lateness_of(measured)}
    habits = {(one.rater, one.edge): one for one in measured.deviations.habits()}
    against = {one.pair[1]: one for one in pairs_of(truth.measured)}
    truth_habits = {(one.rater, one.edge): one for one in truth.measured.deviations.habits()}
    found = []
    for rater in sorted(names.people, key=lambda one: names.people[one]):
        of_truth = against.get(rater)
        mine = [habits[rater, edge] for edge in ("onset", "offset") if (rater, edge) in habits]
        beside = [truth_habits[rater, edge] for edge in ("onset", "offset") if (rater, edge) in truth_habits]
        speed = None if speeds is None else speeds.get(rater)
        says = [in_words(one) for one in mine]
        if of_truth is not None:
            says += [_truth_says(of_truth), *(in_words(one, "those of ground truth") for one in beside)]
        says += _confusion_says(confusions, truth, rater, names)
        if speed is not None:
            says.append(_speed_says(speed))
        found.append(
            {
                "annotator": names.people[rater],
                **_lateness(late.get(rater)),
                "onset": _habit_json(next((one for one in mine if one.edge == "onset"), None)),
                "offset": _habit_json(next((one for one in mine if one.edge == "offset"), None)),
                "truth": None if of_truth is None else {"tasks": of_truth.tasks, **_pair_figures(of_truth)},
                "speed": None if speed is None else _speed_json(speed),
                "says": says,
            }
        )
    return found


def confusion_json(confusions: Confusions, truth: AgainstTruth, names: Names) -> list[Report]:
    """Matrices {what, of, rows, columns, cells}: `of` all (any two), truth, others (of one annotator) or pair."""
    found = []
    for what in WHAT:
        found.append(_matrix(what, "all", "one annotator", "another", of_all_pairs(confusions, what), names))
        against = of_rater(truth.confusions, what, TRUTH)
        turned = {(other, one): cell for (one, other), cell in against.items()}
        found.append(_matrix(what, "truth", "ground truth", "annotators", turned, names))
        for rater, name in sorted(names.people.items(), key=lambda one: one[1]):
            cells = truth.confusions.cells.get((what, TRUTH, rater), {})
            found.append(_matrix(what, "truth", "ground truth", name, cells, names))
            found.append(_matrix(what, "others", "the others", name, of_rater(confusions, what, rater), names))
        for (kind, first, second), cells in sorted(confusions.cells.items()):
            if kind == what:
                found.append(_matrix(what, "pair", names.people[first], names.people[second], cells, names))
    return [one for one in found if one["cells"]]


def _matrix(what: str, of: str, rows: str, columns: str, cells: Cells, names: Names) -> Report:
    return {
        "what": what,
        "of": of,
        "rows": rows,
        "columns": columns,
        "cells": [
            {
                "row": one or None,
                "row_name": names.label(one),
                "column": other or None,
                "column_name": names.label(other),
                "count": round(cell.count, 4),
                "places": [
                    {"task": str(task), "at": round(at, 6)} for task, at in cell.places if task not in names.hidden
                ],
            }
            for (one, other), cell in sorted(cells.items())
        ],
    }


def _pair_figures(pair: PairFigures) -> Report:
    return {name: value for measure in PAIR_MEASURES for name, value in _flat(measure, getattr(pair, measure)).items()}


def _lateness(late: Lateness | None) -> Report:
    nothing = Estimate()
    return {
        "events": late.events if late else 0,
        **_flat("onset_late", late.onset if late else nothing),
        **_flat("offset_late", late.offset if late else nothing),
    }


def _habit_json(habit: Habit | None) -> Report | None:
    if habit is None:
        return None
    return {
        "events": habit.events,
        "low": habit.low,
        "median": habit.median,
        "high": habit.high,
        "late": round(habit.late, 4),
        "histogram": list(habit.histogram),
    }


def _speed_json(speed: Speed) -> Report:
    return {
        "tasks": speed.tasks,
        "seconds_per_task": round(speed.seconds / speed.tasks, 1),
        "seconds_per_second_of_sound": round(speed.seconds / speed.sound, 3) if speed.sound else None,
    }


def _truth_says(figures: PairFigures) -> str:
    parts = [
        f"{title} {number.value:.2f}{_bounds(number)}"
        for title, number in (
            ("event F1", figures.event_f1), ("κ of time", figures.kappa_time), ("κ of tags", figures.kappa_tags),
            ("chrF of captions", figures.chrf),
        )
        if number.value is not None
    ]  # fmt: skip
    tasks = f"{figures.tasks} task{'' if figures.tasks == 1 else 's'}"
    return f"Beside ground truth ({tasks}): {', '.join(parts) or 'nothing to measure'}."


def _confusion_says(confusions: Confusions, truth: AgainstTruth, rater: int, names: Names) -> list[str]:
    says = []
    for what in WHAT:
        cells = truth.confusions.cells.get((what, TRUTH, rater), {})
        whom = "ground truth says"
        if not cells:
            cells, whom = of_rater(confusions, what, rater), "others say"
        worst = most_confused(cells)
        if worst is not None:
            (right, said), cell = worst
            of = sum(one.count for (row, _), one in cells.items() if row == right)
            says.append(
                f"Of {what}, says most often {names.label(said)} where {whom} {names.label(right)}: "
                f"{cell.count:.3g} of {of:.3g}."
            )
    return says


def _speed_says(speed: Speed) -> str:
    tasks = f"{speed.tasks} task{'' if speed.tasks == 1 else 's'}"
    each = speed.seconds / speed.tasks
    took = f"{each:.0f} s" if each < 120 else f"{each / 60:.1f} min"
    beside = f", {speed.seconds / speed.sound:.1f} times as long as the sound lasts" if speed.sound else ""
    return f"Works {took} on a task{beside} ({tasks})."


def _bounds(number: Estimate) -> str:
    return "" if number.low is None else f" ({number.low:z.2f} to {number.high:z.2f})"


def _flat(name: str, number: Estimate) -> Report:
    return {name: rounded(number.value), f"{name}_low": rounded(number.low), f"{name}_high": rounded(number.high)}


def rounded(value: float | None) -> float | None:
    """A figure as it is told in JSON."""
    return None if value is None else round(value, 6)
