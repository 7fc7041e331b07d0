"""Fixtures of the tests of label sets: a project of a manager and an annotator, who has a task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.services.actors import Actor

Make = Callable[..., Any]


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def person(make_user: Make) -> Actor:
    return make_user("ada")


@pytest.fixture
def project(make_project: Make, manager: Actor, person: Actor) -> str:
    return make_project(managers=(manager,), annotators=(person,))


@pytest.fixture
def task(project: str, add_task: Make, person: Actor) -> str:
    return add_task(project, name="walk.wav", annotators=(person,))
