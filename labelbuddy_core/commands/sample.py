"""`labelbuddy sample …`: make sample projects of templates, and remove them; docs/tour.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from labelbuddy_core.services.first_steps import sample_making
from labelbuddy_core.services.first_steps.sample_contents import SAMPLES


def add_to(commands: Any) -> None:
    """The command and its options."""
    sample = commands.add_parser("sample", help="make sample projects with recordings made by formula, or remove them")
    sample.add_argument("templates", nargs="*", metavar="TEMPLATE", help=f"{', '.join(SAMPLES)} (default: all)")
    sample.add_argument("--as", dest="username", required=True, help="who makes them, and has every role in them")
    sample.add_argument("--remove", action="store_true", help="remove all sample projects that this person manages")


def run(options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Run it; returns the exit status."""
    if options.remove:
        say(f"{sample_making.remove_at_once(options.username)} sample project(s) removed.")
        return 0
    for template in options.templates or SAMPLES:

        def tell(_fraction: float, message: str, template: str = template) -> None:
            say(f"{template}: {message}")

        say(f"Project {sample_making.make_at_once(options.username, template, tell)} is ready.")
    return 0
