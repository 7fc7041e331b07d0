"""A school: a project with approved sounds, and a model that learns from them as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from schoolroom import LABELS, School, random_weights

from labelbuddy_core.services import model_supervision
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import get_settings


@pytest.fixture
def annotator(make_user: Callable[..., Actor]) -> Actor:
    return make_user("annotator")


@pytest.fixture
def school(
    make_user: Callable[..., Actor],
    make_project: Callable[..., Any],
    annotator: Actor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[School]:
    random_weights(tmp_path / "weights")
    monkeypatch.setenv("LABELBUDDY_MODELS", str(tmp_path / "weights"))
    get_settings.cache_clear()
    manager = make_user("manager", can_create_projects=True)
    project = make_project(managers=(manager,), annotators=(annotator,), labels=LABELS)
    yield School(manager, project, tmp_path)
    model_supervision.close_models()
    model_supervision._manager = None
