"""The permission table: complete, and an administrator acts as manager."""

from __future__ import annotations

from labelbuddy_core.domain.permissions import TABLE, Permission, Role, allowed, effective_roles


def test_every_permission_stands_in_the_table() -> None:
    assert set(TABLE) == set(Permission)


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(allowed(permission, frozenset()) for permission in Permission)


def test_an_administrator_may_do_what_a_manager_may() -> None:
    roles = effective_roles([], is_administrator=True)
    assert {p for p in Permission if allowed(p, roles)} == {p for p in Permission if allowed(p, [Role.MANAGER])}


def test_annotators_do_not_see_the_work_of_others() -> None:
    hidden = {Permission.VIEW_ALL_TASKS, Permission.VIEW_ANNOTATIONS, Permission.EXPORT, Permission.VIEW_MEMBERS}
    assert not any(allowed(permission, [Role.ANNOTATOR]) for permission in hidden)
