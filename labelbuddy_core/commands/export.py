"""`labelbuddy export PROJECT FORMAT`: what the route of exports answers, written into a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from labelbuddy_core.errors import InvalidState
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.agreement.consensus_at_once import who_and_where
from labelbuddy_core.services.exports.exports import AUDIO, WHICH, Export, export_losses, open_export

_STANDARD_OUTPUT = Path("-")


def add_to(commands: Any) -> None:
    """Its arguments; docs/formats.md describes them."""
    export = commands.add_parser("export", help="write the labels of a project into a file, in any format")
    export.add_argument("project", help="its id, or its name")
    export.add_argument("format", choices=tuple(FORMATS), metavar="FORMAT", help=", ".join(FORMATS))
    export.add_argument("--as", dest="username", required=True, help="the manager in whose name it is done")
    export.add_argument(
        "--out", type=Path, metavar="FILE", help="where to (default: named by project; -: to the screen)"
    )
    export.add_argument("--which", choices=WHICH, default="all", help="which annotations (default: all)")
    export.add_argument(
        "--audio", choices=AUDIO, default="none", help="whether the audio comes with it (default: none)"
    )
    export.add_argument("--merge", action="store_true", help="put the tasks of each recording together")
    export.add_argument("--losses", action="store_true", help="only say what the format would lose")


def run(options: argparse.Namespace) -> int:
    """Write it, or say what it would lose; returns the exit status."""
    actor, project = who_and_where(options.username, options.project)
    if options.losses:
        _say(export_losses(actor, project, format_name=options.format, which=options.which, merge=options.merge))
        return 0
    if options.out not in (None, _STANDARD_OUTPUT):
        _refuse_present(options.out)
    opened = open_export(
        actor, project, format_name=options.format, which=options.which, audio=options.audio, merge=options.merge
    )
    if options.out == _STANDARD_OUTPUT:
        for block in opened.blocks:
            sys.stdout.buffer.write(block)
        return 0
    print(_written(opened, options.out or Path(opened.file_name)))
    return 0


def _written(opened: Export, target: Path) -> str:
    """Write an export; the file appears only when it is complete. Raises `InvalidState` when it exists."""
    _refuse_present(target)
    part, size = target.with_name(f"{target.name}.part"), 0
    try:
        with part.open("wb") as file:
            for block in opened.blocks:
                size += file.write(block)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return f"{target}: {size:,} bytes"


def _refuse_present(target: Path) -> None:
    if target.exists():
        raise InvalidState(f"{target} exists already; choose another name with --out.")


def _say(found: dict[str, Any]) -> None:
    for one in found["joined"]:
        print(f"joined: {one['count']:,} {one['what']}")
    for one in found["lost"]:
        print(f"lost: {one['count']:,} {one['what']}")
    for what in found["never"]:
        print(f"never in this format: {what}")
    if found["counted"] and not found["lost"]:
        print("Nothing that this project has is lost.")
