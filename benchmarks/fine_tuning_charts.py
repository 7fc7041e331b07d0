"""The charts of `fine_tuning.py`: of one seed, or the mean of several with the range between them.

`python benchmarks/fine_tuning_charts.py REPORT.json … --to FOLDER`, with what `fine_tuning.py --seed N` has printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import svg_chart

_KINDS = ("drawn", "labeled", "moved", "rejected", "accepted")
Report = Mapping[str, Any]


def draw(reports: Sequence[Report], folder: Path) -> None:
    """Both charts. Lines have the interval of the bootstrap for one report, the lowest and highest for several."""
    first = reports[0]
    sizes = list(dict.fromkeys(one["clips"] for one in first["fine_tuning"]))
    series = {
        f"{labels} labels": [_point([one["first_model"]["field"] for one in reports])]
        + [_point([_after(one, size, labels) for one in reports]) for size in sizes]
        for labels in ("corrected", "hasty")
    }
    several = len(reports) > 1
    chart = svg_chart.lines(
        "Event F1 on held-out clips of the field" + (f", {len(reports)} seeds: mean and range" if several else ""),
        "clips that it was fine-tuned on (0: the model of the laboratory)",
        "event F1",
        ["0", *map(str, sizes)],
        series,
    )
    (folder / "fine-tuning-f1.svg").write_text(chart)
    bars = {
        name.replace("from nothing", "from\nnothing").replace(" clips", "\nclips").replace("first ", "first\n"): {
            kind: _mean([one["annotating"][name][kind] for one in reports]) for kind in _KINDS
        }
        for name in first["annotating"]
    }
    title = "What a simulated annotator does for a clip" + (f", mean of {len(reports)} seeds" if several else "")
    (folder / "fine-tuning-work.svg").write_text(svg_chart.stacked_bars(title, "actions a clip", bars))


def table(reports: Sequence[Report]) -> list[str]:
    """Mean, lowest and highest of every figure, a line each."""
    first = reports[0]
    found = {
        "laboratory": [one["first_model"]["laboratory"]["value"] for one in reports],
        "field": [one["first_model"]["field"]["value"] for one in reports],
        **{
            f"{run['clips']} {run['labels']}": [_after(one, run["clips"], run["labels"])["value"] for one in reports]
            for run in first["fine_tuning"]
        },
        **{f"actions {name}": [one["annotating"][name]["actions"] for one in reports] for name in first["annotating"]},
        **{
            f"saved {name}": [1 - one["annotating"][name]["actions"] / _alone(one) for one in reports]
            for name in first["annotating"]
        },
    }
    return [
        f"{name}: {_mean(values):.3f} ({min(values):.3f} to {max(values):.3f})" for name, values in found.items()
    ]  # fmt: skip


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args(arguments)
    reports = [json.loads(file.read_text()) for file in options.reports]
    draw(reports, options.to)
    sys.stdout.write("\n".join(table(reports)) + "\n")
    return 0


def _alone(report: Report) -> float:
    return report["annotating"]["from nothing"]["actions"]


def _after(report: Report, clips: int, labels: str) -> Mapping[str, float]:
    return next(
        one["after"] for one in report["fine_tuning"] if (one["clips"], one["labels"]) == (clips, labels)
    )  # fmt: skip


def _point(figures: Sequence[Mapping[str, float]]) -> svg_chart.Point:
    if len(figures) == 1:
        return svg_chart.Point(**figures[0])
    values = [one["value"] for one in figures]
    return svg_chart.Point(_mean(values), min(values), max(values))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
