"""The command `labelbuddy agreement`: figures, sentences and reports of a project at the console."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.agreement.agreement import report_for, viewer_at_the_console
from labelbuddy_core.services.agreement.agreement_choices import MOST_GAMMA, Choices
from labelbuddy_core.services.agreement.agreement_reports import MEDIA_TYPES, file_for
from labelbuddy_core.services.agreement.handed_in_answers import Period
from labelbuddy_core.settings import get_settings

_NUMBERS = {
    "step": "seconds of a frame (default 0.1)",
    "collar": "seconds by which boundaries of the same event may differ (default 0.2)",
    "share": "share of the length by which offsets may differ (default 0.5)",
    "overlap": "share of the united time that events have in common (default 0.5)",
}


def add_to(commands: Any) -> None:
    """The command with its options."""
    figures = commands.add_parser("agreement", help="print how far the annotators of a project agree")
    figures.add_argument("project", help="its id, or its name")
    figures.add_argument("--csv", action="store_true", help="all numbers as CSV instead of sentences")
    figures.add_argument("--report", type=Path, metavar="FILE", help="write a report: .html, .pdf or .csv")
    for name, what in _NUMBERS.items():
        figures.add_argument(f"--{name}", type=float, help=what)
    figures.add_argument("--seed", type=int, help="of the bootstrap (default 1)")
    figures.add_argument("--gamma", type=int, metavar="TASKS", help=f"also γ, on so many tasks (at most {MOST_GAMMA})")
    figures.add_argument("--since", metavar="DAY", help="only what was handed in from this day on (2026-05-01, UTC)")
    figures.add_argument("--until", metavar="DAY", help="only what was handed in before this day")


def run(options: argparse.Namespace) -> int:
    """Print or write what was asked for; returns the exit status."""
    names = (*_NUMBERS, "seed", "gamma")
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    period = Period(_moment(options.since, "since"), _moment(options.until, "until"))
    choices = Choices(**given, period=period)
    viewer = viewer_at_the_console(options.project)
    if options.report is not None:
        form = options.report.suffix.removeprefix(".").lower()
        if form not in MEDIA_TYPES:
            raise Invalid(f"The report must end in {', '.join(f'.{one}' for one in MEDIA_TYPES)}.", field="report")
        if not options.report.parent.is_dir():
            raise Invalid(f"There is no folder {options.report.parent} to write the report into.", field="report")
        options.report.write_bytes(file_for(viewer, choices, form, get_settings().public_url))
        return 0
    if options.csv:
        sys.stdout.buffer.write(file_for(viewer, choices, "csv", ""))
        return 0
    _say(report_for(viewer, choices))
    return 0


def _say(report: dict[str, Any]) -> None:
    for figure in report["figures"]:
        value = "–" if figure["value"] is None else f"{figure['value']:.3f}"
        bounds = "" if figure["low"] is None else f" [{figure['low']:.3f}, {figure['high']:.3f}]"
        print(f"{figure['title']}, {figure['name'] or 'all labels'}: {value}{bounds}. {figure['reading']}")
    for one in report["annotators"]:
        for sentence in one["says"]:
            print(f"{one['annotator']}: {sentence}")
    print(report["methods"] or "Nothing to compare: no task has been handed in by two annotators.")


def _moment(day: str | None, name: str) -> datetime | None:
    if day is None:
        return None
    try:
        moment = datetime.fromisoformat(day)
    except ValueError:
        raise Invalid(f"{name} must be a day as 2026-05-01, not {day!r}.", field=name) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
