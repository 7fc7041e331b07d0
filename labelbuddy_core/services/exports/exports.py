"""Exports: a project's annotations or ground truth, streamed in a format, with or without the audio."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    Model,
    Prediction,
    Project,
)
from labelbuddy_core.domain.export_records import ExportContext
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.formats.losses import losses
from labelbuddy_core.formats.marks import marked
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports.export_archives import archive_with_audio, folder_with_audio, read_original
from labelbuddy_core.services.exports.exported_project import exported_project
from labelbuddy_core.services.exports.exported_tasks import recordings_for_export, tasks_for_export
from labelbuddy_core.services.exports.last_changes import last_change
from labelbuddy_core.services.history import record
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads

AudioChoice = Literal["none", "paths", "included"]

WHICH = ("all", "submitted", "approved", "consensus")
AUDIO = ("none", "paths", "included")


@dataclass(frozen=True)
class Export:
    """A checked export: what to call it, and its bytes."""

    file_name: str
    media_type: str
    blocks: Iterator[bytes]


def open_export(
    actor: Actor,
    project_id: str | int,
    *,
    format_name: str,
    which: str = "all",
    audio: str = "none",
    merge: bool = False,
) -> Export:
    """An export ready to stream; permission and choices are checked before the first byte.

    `which`: all; submitted (with approved, without rejected); approved; consensus (ground truth).
    `audio`: none; paths (where the API serves it); included (a ZIP with the originals).
    `merge` puts the tasks of each recording together (see `domain.merging_back`).
    """
    if format_name not in FORMATS:
        raise Invalid(f"format must be one of {', '.join(FORMATS)}.", field="format")
    if which not in WHICH:
        raise Invalid(f"which must be one of {', '.join(WHICH)}.", field="which")
    if audio not in AUDIO:
        raise Invalid(f"audio must be one of {', '.join(AUDIO)}.", field="audio")
    chosen = FORMATS[format_name]
    context, number = _context(actor, project_id)
    with get_database().write() as session:  # a token that may only read may export, too
        record(
            session, actor, "project.exported", f"project:{number}", project_id=number,
            format=format_name, which=which, audio=audio, merge=merge,
        )  # fmt: skip
    name = f"labelbuddy-project-{number}-{which}"
    if chosen.members is not None and audio == "none":
        audio = "included"  # these are folders with their audio
    every = recordings_for_export if merge else tasks_for_export
    tasks = every(number, which, audio)
    if audio != "included":
        return Export(_called(name, format_name, chosen.suffix), chosen.media_type, chosen.write(tasks, context))
    if chosen.with_audio is not None:
        blocks = chosen.with_audio(tasks, context, read_original)
        return Export(_called(name, format_name, chosen.suffix), chosen.media_type, blocks)
    if chosen.members is not None:
        blocks = folder_with_audio(chosen.members, tasks, context)
    else:
        blocks = archive_with_audio(chosen, _called(name, format_name, chosen.suffix), tasks, context)
    return Export(_called(name, format_name, "zip"), "application/zip", blocks)


def _called(name: str, format_name: str, suffix: str) -> str:
    """The name of a file, with the format where the suffix does not say it."""
    return f"{name}.{suffix}" if suffix == format_name else f"{name}-{format_name}.{suffix}"


def export_losses(
    actor: Actor, project_id: str | int, *, format_name: str, which: str = "all", merge: bool = False
) -> dict[str, Any]:
    """What an export would lose of this project's data: {counted, lost: [{what, count}], joined: [{what, count}],
    never: [what]}.

    `never` is what the format does not carry at all, whether the project has it or not; formats that keep everything we
    can count have `counted` false. With `merge` the tasks of each recording are put together first: `joined` is what
    that changes, and `lost` what the format loses of the rest.
    """
    if format_name not in FORMATS:
        raise Invalid(f"format must be one of {', '.join(FORMATS)}.", field="format")
    if which not in WHICH:
        raise Invalid(f"which must be one of {', '.join(WHICH)}.", field="which")
    chosen = FORMATS[format_name]
    context, number = _context(actor, project_id)
    answer: dict[str, Any] = {
        "counted": chosen.carries is not None,
        "lost": [],
        "joined": [],
        "never": list(chosen.loses),
    }
    joined: Counter[str] = Counter()
    tasks = recordings_for_export(number, which, "none", joined) if merge else tasks_for_export(number, which, "none")
    if chosen.carries is not None:
        answer["lost"] = _told(losses((one for task in tasks for one in marked(task, context)), chosen.carries))
    elif merge:
        for _ in tasks:
            pass  # only what is joined is counted
    answer["joined"] = _told(joined)
    return answer


def _told(found: Counter[str]) -> list[dict[str, Any]]:
    return [{"what": what, "count": count} for what, count in found.most_common() if count]


@reads
def _context(session: Session, actor: Actor, project_id: str | int) -> tuple[ExportContext, int]:
    access = project_access(session, actor, project_id)
    access.require(Permission.EXPORT)
    project: Project = access.project
    labels = labels_of(session, project.id)
    licenses = {name: text for name, text in session.execute(select(Model.name, Model.license)) if text}
    made_under = session.execute(
        select(Prediction.id, Prediction.license)
        .join(Model, Model.id == Prediction.model_id)
        .where(Prediction.project_id == project.id, Prediction.license != Model.license)
    )
    names = {label["id"]: label["name"] for label in labels}
    others = {str(number): text for number, text in made_under}
    changed = iso(last_change(session, project))
    return ExportContext(exported_project(project, labels), changed, names, licenses, others), project.id
