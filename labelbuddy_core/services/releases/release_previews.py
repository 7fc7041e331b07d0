"""What a release would hold, before it is made, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Project, Recording, Task
from labelbuddy_core.domain.attributes import folded
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.releases.choices import ReleaseChoices, parse_choices
from labelbuddy_core.domain.releases.consents import CONSENT, GIVEN, LICENSE, REFUSED
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.recordings.shared_attributes import check_groups_of
from labelbuddy_core.services.releases.release_figures import figures, warnings
from labelbuddy_core.services.releases.release_frozen import gather
from labelbuddy_core.services.transactions import reads, writes

KIND = "preview-release"
MOST_AT_ONCE = 2_000
"""Tasks that are gone through while somebody waits; it takes about a second."""
_NAMED = 20
"""Recordings that are named for each reason."""


def preview(actor: Actor, project_id: str | int, choices: Mapping[str, Any]) -> dict[str, Any]:
    """What a release with these choices would hold now: {figures, warnings, left_out: [{reason, count, recordings}]}.

    Where a project has more than `MOST_AT_ONCE` tasks a job finds out: the answer is {job}, and that its result. Raises
    `Invalid` naming a wrong choice.
    """
    return _at_once(actor, project_id, choices) or {"job": _as_job(actor, project_id, choices)}


def run(job: JobContext) -> dict[str, Any]:
    """Find out what `preview` tells, for a project that takes a while."""
    return job.step("preview", _for_job, job)


def _for_job(job: JobContext) -> dict[str, Any]:
    number = int(job.arguments["project"])
    with get_database().read() as session:
        project = session.get_one(Project, number)
        total = max(1, _count_tasks(session, number))

        def tell(done: int) -> None:
            if done % 100 == 0:
                job.check()
                job.progress(min(1.0, done / total), f"Reading labels ({done:,} of {total:,} tasks)")

        return _found(session, project, parse_choices(job.arguments["choices"], FORMATS), tell)


@reads
def _at_once(
    session: Session, actor: Actor, project_id: str | int, choices: Mapping[str, Any]
) -> dict[str, Any] | None:
    project, chosen = _checked(session, actor, project_id, choices)
    if _count_tasks(session, project.id) > MOST_AT_ONCE:
        return None
    return _found(session, project, chosen, lambda _: None)


@writes
def _as_job(session: Session, actor: Actor, project_id: str | int, choices: Mapping[str, Any]) -> dict[str, Any]:
    project, chosen = _checked(session, actor, project_id, choices)
    arguments = {"project": project.id, "choices": chosen.as_json()}
    return jobs.submit(session, actor, KIND, arguments, project_id=project.id)


def _checked(
    session: Session, actor: Actor, project_id: str | int, choices: Mapping[str, Any]
) -> tuple[Project, ReleaseChoices]:
    access = project_access(session, actor, project_id)
    access.require(Permission.RELEASE)
    chosen = parse_choices(choices, FORMATS)
    check_groups_of(session, access.project.id, chosen.group_by)
    return access.project, chosen


def _count_tasks(session: Session, project_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Task).where(Task.project_id == project_id)) or 0


def _found(session: Session, project: Project, chosen: ReleaseChoices, tell: Callable[[int], None]) -> dict[str, Any]:
    found = gather(session, project, chosen, tell, lambda _: None)
    shown = figures(found.counts, [one.reason for one in found.left_out], found.splits(chosen), chosen)
    reasons = Counter(one.reason for one in found.left_out)
    named: dict[str, dict[str, None]] = {reason: {} for reason in reasons}
    for one in found.left_out:
        named[one.reason][one.recording] = None
    return {
        "figures": shown,
        "warnings": warnings(shown),
        "left_out": [
            {
                "reason": reason,
                "count": count,
                "recordings": list(named[reason])[:_NAMED],
            }
            for reason, count in reasons.most_common()
        ],
    }


@reads
def what_recordings_say(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """What there is to choose from: {attributes, consents, licenses}: names of attributes, texts about consent that are
    not understood by themselves, and licenses, each most frequent first."""
    access = project_access(session, actor, project_id)
    access.require(Permission.RELEASE)
    names, consents, licenses = set[str](), Counter[str](), Counter[str]()
    for attributes in session.scalars(select(Recording.attributes).where(Recording.project_id == access.project.id)):
        names.update(attributes or ())
        said = str((attributes or {}).get(CONSENT) or "").strip()
        if said and folded(said) not in (*GIVEN, *REFUSED):
            consents[said] += 1
        if text := str((attributes or {}).get(LICENSE) or "").strip():
            licenses[text] += 1
    return {
        "attributes": sorted(names),
        "consents": [text for text, _ in consents.most_common(200)],
        "licenses": [text for text, _ in licenses.most_common(200)],
    }
