"""Annotations imported from the command line: what the job does, in this process and at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import AnnotationImport
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.access import project_called
from labelbuddy_core.services.accounts.accounts import actor_called
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_importing, annotation_imports
from labelbuddy_core.services.imports.import_choices import parse_choices
from labelbuddy_core.services.imports.planned_annotations import Tell
from labelbuddy_core.services.transactions import reads, writes


def import_at_once(
    username: str, project: str, files: Sequence[Path], choices: Mapping[str, Any], tell: Tell, *, dry: bool
) -> dict[str, Any]:
    """Import files in a manager's name; returns the import with its report, and as `listed` the first thousand things
    that it could not take. Of a dry run, and of an import that is refused, nothing is left in the project.

    Raises `NotFound` for an unknown person or project, `Forbidden` for somebody who does not manage it, `Invalid` where
    no file is named, and for one that is not there or is none of labels.
    """
    actor, number = _who_and_where(username, project)
    chosen = parse_choices(choices).as_json()
    if not files:
        raise Invalid("Name the files to import, or --undo and an import to take back.", field="files")
    begun = annotation_imports.begin(actor, number)["id"]
    kept = False
    try:
        for name, path in _names(files).items():
            try:
                annotation_imports.add_file(actor, begun, name, path.read_bytes())
            except OSError as error:
                raise Invalid(f"{path} cannot be read: {error.strerror}.", field="file") from None
        _choose(actor, int(begun), chosen)
        annotation_importing.check(int(begun), tell)
        kept = not dry
        if kept:
            tell(0.0, f"Import {begun} begins; if it stops, --undo {begun} takes back what is in")
            annotation_importing.apply(int(begun), tell)
        listed = annotation_imports.list_problems(actor, begun, limit=1000)["items"]
        return {**annotation_imports.get(actor, begun), "listed": listed}
    finally:
        if not kept:
            annotation_imports.remove(actor, begun)


def undo_at_once(username: str, import_id: str, tell: Tell) -> dict[str, Any]:
    """Take an import back in a manager's name, also one that stopped; raises as `import_at_once`, and `InvalidState`
    where nothing of it is in, or a job of it is at work."""
    actor = _who(username)
    number = annotation_imports.get(actor, import_id)["id"]
    annotation_imports.take_over(actor, number)
    return annotation_importing.undo(int(number), tell)


@reads
def _who_and_where(session: Session, username: str, project: str) -> tuple[Actor, int]:
    return actor_called(session, username), project_called(session, project)


@reads
def _who(session: Session, username: str) -> Actor:
    return actor_called(session, username)


@writes
def _choose(session: Session, _actor: Actor, import_id: int, choices: dict[str, Any]) -> None:
    session.get_one(AnnotationImport, import_id).choices = choices


def _names(files: Sequence[Path]) -> dict[str, Path]:
    """What each file is called in the import: by its name, or by as many of its folders too as tell several apart."""
    given = list({one.resolve(): one for one in files}.values())
    alike = Counter(path.name for path in given)
    found: dict[str, Path] = {}
    for path in given:
        parts = path.absolute().parts
        length = 1 if alike[path.name] == 1 else 2
        while "/".join(parts[-length:]) in found and length < len(parts):
            length += 1
        found["/".join(parts[-length:])] = path
    return found
