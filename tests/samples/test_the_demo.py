"""The demo of `bin/run --demo`: what its tours ask for can be done in it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Project, Task
from labelbuddy_core.services.accounts.accounts import actor_called
from labelbuddy_core.services.first_steps.demo import PROJECT, load_demo
from labelbuddy_core.services.models import models
from labelbuddy_core.services.releases import release_making, releases

pytestmark = pytest.mark.long


def test_the_demo_has_work_for_every_role_and_a_ground_truth_to_release(data_folder: Any) -> None:
    models.ensure_bundled_models()
    load_demo(lambda _: None)
    with get_database().read() as session:
        manager = actor_called(session, "demo-manager")
        project = session.scalars(select(Project.id).where(Project.name == PROJECT)).one()
        tasks = set(session.scalars(select(Task.state)))
        annotations = set(session.scalars(select(Annotation.state)))
    assert tasks >= {"new", "submitted", "rejected", "approved"}
    assert annotations >= {"submitted", "rejected", "approved"}
    begun = releases.begin(manager, str(project), name="Demo", version="1.0", choices={}, at_once=True)
    release_making.make(int(begun["id"]), lambda *_: None)
    made = releases.get_release(manager, begun["id"])
    assert (made["state"], made["figures"]["kinds"]) == ("published", {"adjudicated": 1})
