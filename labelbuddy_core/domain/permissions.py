"""Who may do what: the one table of permission × role, and how an administrator fits in.

Services look up a person's roles in a project and ask `allowed`; nothing else in the code compares roles. Which
*things* a role reaches (an annotator only the own queue, a reviewer only the own review queue) is decided where the
thing is looked up, in `services.access`.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person does in a project; one person may have several."""

    MANAGER = "manager"
    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"


class Permission(StrEnum):
    """What can be done inside a project."""

    VIEW_PROJECT = "view project"
    EDIT_PROJECT = "edit project"
    DELETE_PROJECT = "delete project"
    VIEW_MEMBERS = "view members"
    MANAGE_MEMBERS = "manage members"
    VIEW_RECORDINGS = "view recordings"
    ADD_RECORDINGS = "add recordings"
    DELETE_RECORDINGS = "delete recordings"
    VIEW_ALL_TASKS = "view all tasks"
    CHANGE_TASKS = "change tasks"
    OPEN_TASK = "open a task"
    ANNOTATE = "annotate"
    VIEW_ANNOTATIONS = "view annotations"
    RESTORE_REVISION = "restore a revision"
    REVIEW = "review"
    ADJUDICATE = "adjudicate"
    VIEW_CONSENSUS = "view consensus"
    MERGE_CONSENSUS = "merge annotations into a consensus"
    VIEW_AGREEMENT = "view agreement"
    PREDICT = "predict"
    PREDICT_BATCH = "predict for many tasks"
    DECIDE_PREDICTIONS = "decide predictions"
    VIEW_PROJECT_MODELS = "view the project's models"
    LINK_MODELS = "link models"
    TRAIN = "train models"
    EXPORT = "export"
    RELEASE = "make releases"
    IMPORT_ANNOTATIONS = "import annotations"


_EVERY: Final = frozenset(Role)
_MANAGER: Final = frozenset({Role.MANAGER})
_MANAGER_REVIEWER: Final = frozenset({Role.MANAGER, Role.REVIEWER})
_MANAGER_ANNOTATOR: Final = frozenset({Role.MANAGER, Role.ANNOTATOR})

TABLE: Final[dict[Permission, frozenset[Role]]] = {
    Permission.VIEW_PROJECT: _EVERY,
    Permission.EDIT_PROJECT: _MANAGER,
    Permission.DELETE_PROJECT: _MANAGER,
    Permission.VIEW_MEMBERS: _MANAGER,
    Permission.MANAGE_MEMBERS: _MANAGER,
    Permission.VIEW_RECORDINGS: _MANAGER,
    Permission.ADD_RECORDINGS: _MANAGER,
    Permission.DELETE_RECORDINGS: _MANAGER,
    Permission.VIEW_ALL_TASKS: _MANAGER,
    Permission.CHANGE_TASKS: _MANAGER,
    Permission.OPEN_TASK: _EVERY,
    Permission.ANNOTATE: frozenset({Role.ANNOTATOR}),
    Permission.VIEW_ANNOTATIONS: _MANAGER_REVIEWER,
    Permission.RESTORE_REVISION: _MANAGER_ANNOTATOR,
    Permission.REVIEW: frozenset({Role.REVIEWER}),
    Permission.ADJUDICATE: _MANAGER_REVIEWER,
    Permission.VIEW_CONSENSUS: _MANAGER_REVIEWER,
    Permission.MERGE_CONSENSUS: _MANAGER,
    Permission.VIEW_AGREEMENT: _MANAGER_REVIEWER,
    Permission.PREDICT: _MANAGER_ANNOTATOR,
    Permission.PREDICT_BATCH: _MANAGER,
    Permission.DECIDE_PREDICTIONS: frozenset({Role.ANNOTATOR}),
    Permission.VIEW_PROJECT_MODELS: _EVERY,
    Permission.LINK_MODELS: _MANAGER,
    Permission.TRAIN: _MANAGER,
    Permission.EXPORT: _MANAGER,
    Permission.RELEASE: _MANAGER,
    Permission.IMPORT_ANNOTATIONS: _MANAGER,
}


def effective_roles(roles: Collection[Role], *, is_administrator: bool) -> frozenset[Role]:
    """The roles a person acts with: an administrator acts as manager everywhere."""
    return frozenset(roles) | (_MANAGER if is_administrator else frozenset())


def allowed(permission: Permission, roles: Collection[Role]) -> bool:
    """Whether somebody with these (effective) roles may do this."""
    return not TABLE[permission].isdisjoint(roles)
