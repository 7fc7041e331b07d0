"""Where in a task its annotators differ, for managers and reviewers: to look there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import User
from labelbuddy_core.domain.agreement.disagreement_map import disputed
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.access import task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement.agreement import viewer_of
from labelbuddy_core.services.agreement.handed_in_answers import handed_in_of_task
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.transactions import inner, reads


@reads
def disagreement_map(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """{task, project, recording, start, stop, annotators, stretches}; each of these is {label, name, start, stop,
    marked, unmarked, tag}.

    `marked` and `unmarked` are usernames; times are seconds; a tag (`tag` true) is disputed over the whole task. Raises
    `Forbidden` for those who may not see agreement, `NotFound` for a task of the own queue in a blind project.
    """
    access = task_access(session, actor, task_id)
    access.at.require(Permission.VIEW_AGREEMENT)
    task = access.task
    if task.id in inner(viewer_of)(session, actor, task.project_id).hidden:
        raise NotFound(f"There is no task {task_id!r}.")
    found = handed_in_of_task(session, task).compared
    raters = [answer.rater for answer in found.answers]
    people = {row[0]: row[1] for row in session.execute(select(User.id, User.username).where(User.id.in_(raters)))}
    names = {label["id"]: label["name"] for label in labels_of(session, task.project_id)}
    return {
        "task": str(task.id),
        "project": str(task.project_id),
        "recording": access.recording.name,
        "start": task.start,
        "stop": task.stop,
        "annotators": [people[rater] for rater in raters],
        "stretches": [
            {
                "label": one.label,
                "name": names.get(one.label, one.label),
                "start": one.start,
                "stop": one.stop,
                "marked": [people[rater] for rater in one.marked],
                "unmarked": [people[rater] for rater in one.unmarked],
                "tag": one.tag,
            }
            for one in disputed(found)
        ],
    }
