"""Saving a form of settings that was open for a while, without undoing what others changed meanwhile."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Conflict
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.projects.project_answers import as_answers
from labelbuddy_core.services.transactions import inner, writes

_PLAIN = (
    "name", "instructions", "blind", "suggestions", "queue_order", "lanes", "tiers", "review_reasons", "lexicon",
    "state",
)  # fmt: skip
_NESTED = {"assignment": "", "reviewing": "reviewing."}
"""What an answer has below a name of its own, and what is put in front of those settings here."""


def settings_of(project: dict[str, Any]) -> dict[str, Any]:
    """What can be set, by name, from what is told of a project; rules of reviews as `reviewing.share`."""
    nested = {f"{before}{name}": value for part, before in _NESTED.items() for name, value in project[part].items()}
    return {name: project[name] for name in _PLAIN} | nested


@writes
def edit_settings(
    session: Session, actor: Actor, project_id: str | int, *, seen: dict[str, Any], edited: dict[str, Any]
) -> None:
    """Save settings that somebody changed, who saw the values `seen` of them.

    Raises `Conflict` where others changed the same since, with what they made of it in `present`, and whatever
    `update_project` raises; nothing is saved then.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.EDIT_PROJECT)
    session.refresh(access.project, with_for_update=True)
    present = settings_of(as_answers(session, actor, [access.project])[0])
    clashing = [name for name, value in edited.items() if present[name] not in (seen[name], value)]
    if clashing:
        raise Conflict(
            "Nothing was saved, as somebody changed the same settings since you opened them.",
            field=clashing[0],
            present={name: present[name] for name in clashing},
        )
    if edited:
        rules = {name.removeprefix("reviewing."): edited[name] for name in edited if name.startswith("reviewing.")}
        plain = {name: value for name, value in edited.items() if not name.startswith("reviewing.")}
        inner(projects.update_project)(session, actor, project_id, {**plain, **({"reviewing": rules} if rules else {})})
