"""`labelbuddy release …`: make releases, list, download, compare, check and withdraw them; docs/releases.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.domain.releases.choices import AUDIO, KINDS, WHICH
from labelbuddy_core.domain.releases.differences import KINDS as DIFFERENCES
from labelbuddy_core.domain.releases.fields import FIELDS
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.releases import release_figures, releases_at_once

_CHOICES = ("which", "audio", "sample_rate", "channels", "validation", "test", "seed")
_SEVERAL = {
    "format": "formats", "field": "fields", "kind": "kinds", "group_by": "group_by", "accept_consent": "consents",
    "accept_license": "licenses",
}  # fmt: skip
_FLAGS = ("merge", "require_consent", "require_license")


def add_to(commands: Any) -> None:
    """The command and its options."""
    release = commands.add_parser("release", help="make, list, download, compare, check and withdraw releases")
    actions = release.add_subparsers(dest="action", required=True)
    make = actions.add_parser("make", help="make a release of a project's labels, with or without audio")
    make.add_argument("project", help="its id, or its name")
    make.add_argument("version", help="as in 1.0; a version is never used twice")
    make.add_argument("--name", help="of the data set (default: the project's)")
    make.add_argument("--note", default="", help="what a reader of its card should know")
    make.add_argument("--which", choices=WHICH)
    make.add_argument("--kind", action="append", choices=KINDS, help="of ground truth, again for each")
    make.add_argument("--field", action="append", choices=tuple(FIELDS), help="what to hold, again for each")
    make.add_argument("--format", action="append", choices=tuple(FORMATS), help="again for each")
    make.add_argument("--merge", action="store_true", help="put the tasks of each recording together")
    make.add_argument("--audio", choices=AUDIO)
    make.add_argument("--sample-rate", type=int, help="of clips, in Hz")
    make.add_argument("--channels", type=int, help="of clips: 1 mixes them")
    make.add_argument("--validation", type=float, help="share, 0 to 0.5")
    make.add_argument("--test", type=float, help="share, 0 to 0.5")
    make.add_argument("--group-by", action="append", help="attribute whose values stay together, again for each")
    make.add_argument("--seed", type=int, help="of the splits")
    make.add_argument("--require-consent", action="store_true", help="leave out what does not state consent")
    make.add_argument("--accept-consent", action="append", help="text that counts as consent, again for each")
    make.add_argument("--require-license", action="store_true", help="leave out what does not state a license")
    make.add_argument("--accept-license", action="append", help="license that lets audio be passed on, again for each")
    listed = actions.add_parser("list", help="list the releases of a project")
    listed.add_argument("project", help="its id, or its name")
    download = actions.add_parser("download", help="write the archive of a release into a file")
    download.add_argument("release", help="its number")
    download.add_argument("file", type=Path)
    compare = actions.add_parser("diff", help="say what changed from one release to another")
    compare.add_argument("before", help="number of the earlier one")
    compare.add_argument("after", help="number of the later one")
    compare.add_argument("--kind", dest="change", choices=DIFFERENCES, help="only changes of this kind")
    compare.add_argument("--csv", type=Path, metavar="FILE", help="write the changes into a file, with their places")
    withdraw = actions.add_parser("withdraw", help="stop giving a release away; nothing is deleted")
    withdraw.add_argument("release", help="its number")
    withdraw.add_argument("reason")
    for one in (make, listed, download, compare, withdraw):
        one.add_argument("--as", dest="username", required=True, help="the manager in whose name it is done")
    check = actions.add_parser("verify", help="check a downloaded archive against its own checksums")
    check.add_argument("file", type=Path)


def run(options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Run it; returns the exit status."""
    match options.action:
        case "make":
            made = releases_at_once.make_at_once(
                options.username, options.project, options.name or "", options.version, options.note,
                _chosen(options), say,
            )  # fmt: skip
            say(_told(made))
            say(f"content {made['content_sha256']}")
            say(f"archive {made['sha256']}")
            for warning in release_figures.warnings(made["figures"]):
                say(warning)
            for reason, count in made["figures"]["left_out"].items():
                say(f"left out: {counted(count, 'task')}: {reason}")
        case "list":
            for one in releases_at_once.list_at_once(options.username, options.project):
                say(_told(one))
        case "download":
            size = releases_at_once.download_at_once(options.username, options.release, options.file)
            say(f"{options.file}: {size:,} bytes")
        case "diff":
            found = releases_at_once.differences_at_once(
                options.username, options.after, options.before, options.change, options.csv, say
            )
            for one in found["items"]:
                say(f"{one['recording']} {one['start']:.3f}–{one['stop']:.3f} s: {_change(one)}")
            if len(found["items"]) < found["total"]:
                say(f"… the first {len(found['items']):,} of {found['total']:,}; --csv FILE writes all that are listed")
            counts = ", ".join(f"{count:,} {kind}" for kind, count in found["counts"].items())
            say(counts or "Nothing changed.")
        case "withdraw":
            say(_told(releases_at_once.withdraw_at_once(options.username, options.release, options.reason)))
        case "verify":
            problems = releases_at_once.verify(options.file)
            for problem in problems:
                say(problem)
            if not problems:
                say("Every file is as it was published.")
            return 1 if problems else 0
    return 0


def _chosen(options: argparse.Namespace) -> dict[str, Any]:
    found = {name: value for name in _CHOICES if (value := getattr(options, name)) is not None}
    found |= {kept: value for name, kept in _SEVERAL.items() if (value := getattr(options, name))}
    return found | {name: True for name in _FLAGS if getattr(options, name)}


def _told(one: dict[str, Any]) -> str:
    size = "" if one["size"] is None else f", {one['size']:,} bytes"
    return f"{one['id']}: {one['name']} {one['version']}, {one['state']}{size}"


def _change(one: dict[str, Any]) -> str:
    return f"{one['what']} {one['kind']}: {_short(one['before'])} → {_short(one['after'])}"


def _short(item: Any) -> str:
    if item is None:
        return "nothing"
    if isinstance(item, str):
        return item
    return str(item.get("label") or item.get("text") or item.get("answer") or item.get("kind") or "")
