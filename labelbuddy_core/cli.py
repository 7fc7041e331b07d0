"""The command line of an installation: `bin/labelbuddy backup FILE`, `restore FILE`, `user add NAME`, …"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from labelbuddy_core import __version__
from labelbuddy_core.commands import agreement, consensus, export, release, reviews, sample, train
from labelbuddy_core.database import get_database, migrate
from labelbuddy_core.errors import Invalid, LabelBuddyError
from labelbuddy_core.formats.encodings import ENCODINGS
from labelbuddy_core.formats.import_formats import TITLES
from labelbuddy_core.inference import secrets
from labelbuddy_core.inference.specification import schema_file
from labelbuddy_core.services.accounts.accounts import add_user, set_password
from labelbuddy_core.services.imports import annotation_imports_at_once
from labelbuddy_core.services.imports.import_choices import STATES
from labelbuddy_core.services.imports.import_outcomes import told_joined
from labelbuddy_core.services.installation import backups, storage_checks
from labelbuddy_core.services.models import model_check, model_kit, model_weights
from labelbuddy_core.settings import ROOT, Settings, get_settings


def parser() -> argparse.ArgumentParser:
    """The commands and their options; docs/backup.md and docs/quick-start.md describe them."""
    top = argparse.ArgumentParser(prog="labelbuddy", description="Look after a LabelBuddy installation.")
    top.add_argument("--data", type=Path, help="data folder (default: LABELBUDDY_DATA, or data/)")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("version", help="print the version")
    backup = commands.add_parser("backup", help="write database, audio and weights into one file")
    backup.add_argument("file", type=Path)
    backup.add_argument("--secrets", action="store_true", help="also the secrets of models; keep the file safe then")
    restore = commands.add_parser("restore", help="put a backup into the data folder")
    restore.add_argument("file", type=Path)
    restore.add_argument("--yes", action="store_true", help="move a present installation aside")
    storage = commands.add_parser("storage", help="check the audio storage, or free what nothing needs")
    storage.add_argument("action", choices=("verify", "gc"))
    storage.add_argument("--deep", action="store_true", help="with verify: read every original and compare its hash")
    storage.add_argument("--repair", action="store_true", help="with verify: make lost derived files again")
    storage.add_argument("--yes", action="store_true", help="with gc: delete, not only list")
    model = commands.add_parser("model", help="begin a model, check one, or print the schema of model files")
    actions = model.add_subparsers(dest="action", required=True)
    new = actions.add_parser("new", help="make a folder with a model that runs as it is")
    new.add_argument("name")
    new.add_argument("--into", type=Path, default=Path(), help="where the folder goes (default: here)")
    check = actions.add_parser("check", help="start a model and check that it keeps the contract")
    check.add_argument("target", help="a folder with model.py, a YAML file, an image, or a URL")
    check.add_argument("--train", action="store_true", help="train it a little too, if it can be trained")
    fetch = actions.add_parser("fetch", help="download published weights; one that broke off goes on where it stopped")
    fetch.add_argument("name", help=f"{', '.join(model_weights.SOURCES)}, or owner/name on Hugging Face")
    fetch.add_argument("--to", type=Path, help="folder of weights (default: where bundled models look)")
    fetch.add_argument("--model", default="", help="also copy a checkpoint into the /data of this declared container")
    fetch.add_argument("--revision", default="", help="of a repository on Hugging Face: branch, tag or commit")
    actions.add_parser("schema", help="print the JSON Schema of model files")
    user = commands.add_parser("user", help="add a person, or set a password")
    user.add_argument("action", choices=("add", "password"))
    user.add_argument("username")
    user.add_argument("--administrator", action="store_true", help="with add: make an administrator")
    secret = commands.add_parser("secret", help="keep tokens of models by name, outside of files and backups")
    secret.add_argument("action", choices=("set", "list", "remove"))
    secret.add_argument("name", nargs="?", help="with set and remove: the name that model files use")
    labels = commands.add_parser("import-annotations", help="bring files of labels of other tools into a project")
    labels.add_argument("project", help="its id, or its name")
    labels.add_argument("files", nargs="*", type=Path, help="files, or ZIPs of them; docs/importing-annotations.md")
    labels.add_argument("--as", dest="username", required=True, help="the manager in whose name it is done")
    labels.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    labels.add_argument("--state", choices=STATES, help="what annotations count as (default: submitted)")
    labels.add_argument("--author", help="who annotated where files do not say (default: imported)")
    labels.add_argument("--texts", action="store_true", help="words on tiers are texts, and tiers are labels")
    labels.add_argument("--format", choices=tuple(TITLES), help="of all files (default: told by name and content)")
    labels.add_argument("--encoding", choices=tuple(ENCODINGS), help="of files that are not UTF-8 (default: utf-8)")
    labels.add_argument("--column", action="append", default=[], metavar="FIELD=NAME", help="of tables, again for each")
    labels.add_argument("--undo", metavar="IMPORT", help="take back an import by its number, also one that stopped")
    export.add_to(commands)
    release.add_to(commands)
    sample.add_to(commands)
    agreement.add_to(commands)
    consensus.add_to(commands)
    reviews.add_to(commands)
    train.add_to(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    return _answered(_parsed(arguments))


def called() -> int:
    """As a program: files are those of the folder where one is, while the settings are the installation's and so are
    paths in them. Returns the exit status."""
    options = _parsed(None)
    for name, value in vars(options).items():
        setattr(options, name, _from_here(value, named=name == "target"))
    os.chdir(ROOT)
    return _answered(options)


def _from_here(value: Any, *, named: bool) -> Any:
    """Paths as they are from everywhere; what may be something else than a path only where there is such a file."""
    if isinstance(value, list):
        return [_from_here(one, named=named) for one in cast("list[Any]", value)]
    if named and isinstance(value, str) and Path(value).exists():
        return str(Path(value).absolute())
    return value.absolute() if isinstance(value, Path) else value


def _answered(options: argparse.Namespace) -> int:
    if options.data is not None:
        os.environ["LABELBUDDY_DATA"] = str(options.data.resolve())
        get_settings.cache_clear()
    try:
        return _run(options)
    except LabelBuddyError as error:
        print(error.detail, file=sys.stderr)
        return 1
    except OSError as error:  # a file that was named cannot be read or written
        print(f"{error.filename or 'A file'}: {error.strerror or error}", file=sys.stderr)
        return 1


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The options. Files may stand after options as well, which argparse does not read below a command."""
    top = parser()
    options, rest = top.parse_known_args(arguments)
    if rest and (not hasattr(options, "files") or any(word.startswith("-") for word in rest)):
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        options.files = [*options.files, *map(Path, rest)]
    return options


def _run(options: argparse.Namespace) -> int:
    settings = get_settings()
    match options.command:
        case "version":
            print(__version__)
        case "backup":
            migrate(settings)
            manifest = backups.back_up(settings, options.file, print, secrets=options.secrets)
            print(f"{options.file}: {len(manifest['members'])} files")
        case "restore":
            manifest = backups.restore(settings, options.file, print, replace=options.yes)
            print(f"Restored {len(manifest['members'])} files from {manifest['made_at']}")
        case "storage":
            migrate(settings)
            return _verify(settings, options) if options.action == "verify" else _collect(settings, delete=options.yes)
        case "model":
            return _model(settings, options)
        case "user":
            migrate(settings)
            password = os.environ.get("LABELBUDDY_NEW_PASSWORD") or _typed("Password")
            with get_database().write() as session:
                if options.action == "add":
                    values = {"username": options.username, "password": password}
                    flags = {"is_administrator": options.administrator, "can_create_projects": options.administrator}
                    add_user(session, {**values, **flags})
                else:
                    set_password(session, options.username, password)
        case "secret":
            return _secret(settings, options)
        case "agreement":
            migrate(settings)
            return agreement.run(options)
        case "consensus":
            migrate(settings)
            return consensus.run(options)
        case "export":
            migrate(settings)
            return export.run(options)
        case "reviews":
            migrate(settings)
            return reviews.run(options)
        case "release":
            migrate(settings)
            return release.run(options, _once())
        case "sample":
            migrate(settings)
            return sample.run(options, _once())
        case "train":
            migrate(settings)
            return train.run(options)
        case "import-annotations":
            migrate(settings)
            return _import_annotations(options)
    return 0


_CHOSEN = ("state", "author", "format", "encoding")


def _import_annotations(options: argparse.Namespace) -> int:
    say = _once()

    def tell(_fraction: float, message: str) -> None:
        say(message)

    if options.undo and options.files:
        raise Invalid("--undo takes back one import and reads no files; leave them out.", field="files")
    if options.undo:
        done = annotation_imports_at_once.undo_at_once(options.username, options.undo, tell)
        print(f"{done['removed']} items removed, {done['kept']} kept because they were changed since.")
        if done["labels"]["removed"]:
            print(f"Labels removed: {', '.join(done['labels']['removed'])}.")
        for one in done["labels"]["kept"]:
            print(f"The label {one['name']} stays: {one['reason']}.")
        return 0
    choices = {
        **{name: value for name in _CHOSEN if (value := getattr(options, name)) is not None},
        **({"contents": "texts"} if options.texts else {}),
        "columns": dict(_column(one) for one in options.column),
    }
    done = annotation_imports_at_once.import_at_once(
        options.username, options.project, options.files, choices, tell, dry=options.dry_run
    )
    for one in done["listed"]:
        print(": ".join(part for part in (one["file"], one["place"], one["reason"]) if part))
    report = done["report"]
    name, verb = ("Dry run", "would be added") if options.dry_run else (f"Import {done['id']}", "added")
    print(
        f"{name}: {report['new']} {verb}, {report['present']} there already, "
        f"{report['problems']} problem(s); {report['recordings']} recordings, {report['files']} files."
    )
    for sentence in told_joined(report):
        print(sentence)
    return 1 if report["problems"] else 0


def _column(given: str) -> tuple[str, str]:
    field, equals, name = given.partition("=")
    if not equals:
        raise Invalid(f"--column takes FIELD=NAME, as in --column start=onset; {given!r} has no =.", field="column")
    return field.strip(), name.strip()


def _secret(settings: Settings, options: argparse.Namespace) -> int:
    if options.action == "list":
        for name, place in secrets.secret_names(settings):
            print(f"{name}  ({place})")
        return 0
    if not options.name:
        raise Invalid("Name the secret: labelbuddy secret set NAME.", field="name")
    if options.action == "remove":
        secrets.remove_secret(settings, options.name)
        return 0
    secrets.write_secret(settings, options.name, _typed(f"Value of {options.name}"))
    return 0


def _typed(what: str) -> str:
    """What somebody types without it being shown, or the first line of standard input. Raises `Invalid` for nothing."""
    try:
        value = getpass.getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline()
    except EOFError:
        value = ""
    if not value.strip():
        raise Invalid(f"{what}: nothing was given. Type it, or send it as a line of standard input.")
    return value.rstrip("\r\n")


def _model(settings: Settings, options: argparse.Namespace) -> int:
    if options.action == "schema":
        print(schema_file(), end="")
        return 0
    if options.action == "fetch":
        target = model_weights.fetch(settings, options.name, options.to, revision=options.revision)
        if options.model:
            migrate(settings)
            model_weights.put_into_container(settings, options.name, target, options.model, _once())
        return 0
    return _new_model(options) if options.action == "new" else _check_model(settings, options)


def _new_model(options: argparse.Namespace) -> int:
    folder = model_kit.new_model(options.name, options.into)
    print(f"{folder}: change model.py, then `labelbuddy model check {folder}`")
    return 0


def _check_model(settings: Settings, options: argparse.Namespace) -> int:
    findings = model_check.check_model(settings, options.target, _once(), train=options.train)
    for finding in findings:
        print(f"kept   {finding.sentence}" if finding.kept else f"BROKEN {finding.sentence}: {finding.detail}")
    broken = sum(not finding.kept for finding in findings)
    print(f"{broken} of {len(findings)} are broken." if broken else f"All {len(findings)} are kept.")
    return 1 if broken else 0


def _once() -> Callable[[str], None]:
    """Prints a message unless it is the one before."""
    last = [""]

    def say(message: str) -> None:
        if message != last[0]:
            print(message)
        last[0] = message

    return say


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    problems = storage_checks.verify(settings, print, deep=options.deep)
    for problem in problems:
        print(problem)
    if options.repair and problems:
        print(f"{storage_checks.repair(problems)} recording(s) will be read again by the worker.")
    print(f"{len(problems)} problem(s) found." if problems else "Everything that recordings name is there.")
    return 1 if problems else 0


def _collect(settings: Settings, *, delete: bool) -> int:
    found = storage_checks.unreferenced(settings)
    for key, size in found:
        print(f"{size:>14,}  {key}")
    total = sum(size for _, size in found)
    print(f"{len(found)} blob(s), {total:,} bytes, are older than a day and belong to no recording.")
    if delete:
        print(f"Deleted {storage_checks.collect(settings, [key for key, _ in found])}.")
    elif found:
        print("Nothing was deleted; add --yes to delete them.")
    return 0


if __name__ == "__main__":
    sys.exit(called())
