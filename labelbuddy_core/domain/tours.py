"""Guided tours: what a step is, and which deeds of a person complete it. The steps are in `domain.tour_steps`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from labelbuddy_core.domain.permissions import Role


class Deed(StrEnum):
    """What somebody has done since their tour began, as the database knows it."""

    SAW_DASHBOARD = "saw dashboard"
    SAW_PROJECT = "saw project"
    SAW_REVIEW = "saw review"
    SAW_INSIGHT = "saw insight"
    OPENED = "opened a task"
    MARKED = "marked something"
    CHANGED = "changed what was marked"
    DECIDED = "decided on a suggestion"
    HANDED_IN = "handed in"
    ANSWERED = "handed in again what was sent back"
    JUDGED = "judged a region"
    SENT_BACK = "sent back"
    APPROVED = "approved"
    TRUTH = "wrote a ground truth"
    LABELS = "changed the label set"
    GAVE = "gave a task to somebody"
    LINKED = "set how a model is used"
    EXPORTED = "exported"
    RELEASED = "made a release"
    CREATED = "made a project"


class Lead(StrEnum):
    """What the link of a step opens, besides its page."""

    PROJECT = "project"
    NEW_TASK = "new task"
    SENT_BACK = "sent back"
    ONE_LABEL = "regions of one label"


@dataclass(frozen=True)
class Step:
    """One step; `text` is Markdown, `page` the name in the address with its `tab`, `doc` a page of docs/."""

    id: str
    title: str
    text: str
    page: str
    needs: Deed
    doc: str
    lead: Lead = Lead.PROJECT
    tab: str = ""


@dataclass(frozen=True)
class Tour:
    """The tour of a role, in about five minutes."""

    role: Role
    title: str
    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)


DONE: Final = "done"
SKIPPED: Final = "skipped"

SEEN: Final[Mapping[str, Deed]] = {
    "dashboard": Deed.SAW_DASHBOARD,
    "project": Deed.SAW_PROJECT,
    "review": Deed.SAW_REVIEW,
    "insight": Deed.SAW_INSIGHT,
}
"""Pages that it is enough to open."""


def passed(tour: Tour, before: Mapping[str, str], deeds: Collection[Deed], page: str) -> dict[str, str]:
    """How each step stands that was done or skipped: as before, and done where a deed has completed it since.

    What is to be looked at counts only when it is its turn: whoever begins on the dashboard has not looked at it yet.
    """
    known = {step.id for step in tour.steps}
    after = {step: state for step, state in before.items() if step in known}
    after |= {step.id: DONE for step in tour.steps if step.needs in deeds}
    step = present(tour, after)
    return after | {step.id: DONE} if step is not None and step.needs is SEEN.get(page) else after


def present(tour: Tour, steps: Mapping[str, str]) -> Step | None:
    """The step to do now: the first that is neither done nor skipped; None at the end."""
    return next((step for step in tour.steps if step.id not in steps), None)


def without(tour: Tour, lead: Lead, kept: Collection[str]) -> Tour:
    """The tour without the steps whose link has nothing to open, but for those that are `kept`, by their ids."""
    return replace(tour, steps=tuple(step for step in tour.steps if step.lead is not lead or step.id in kept))
