"""Schools: a project with approved sounds, and a model that learns from them as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from schoolroom import LABELS, QUICK, QUICK_COMMAND, YAML, School, random_weights

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_supervision
from labelbuddy_core.settings import get_settings


@pytest.fixture
def annotator(make_user: Callable[..., Actor]) -> Actor:
    return make_user("annotator")


@pytest.fixture
def classroom(
    make_user: Callable[..., Actor], make_project: Callable[..., Any], annotator: Actor, tmp_path: Path
) -> Iterator[Callable[[str], School]]:
    """Make a school for a model that a YAML file declares."""

    def make(yaml: str) -> School:
        manager = make_user("manager", can_create_projects=True)
        project = make_project(managers=(manager,), annotators=(annotator,), labels=LABELS)
        return School(manager, project, tmp_path, yaml)

    yield make
    model_supervision.close_models()
    model_supervision._manager = None


@pytest.fixture
def school(data_folder: Path, classroom: Callable[[str], School], monkeypatch: pytest.MonkeyPatch) -> School:
    """A school with a pupil that starts in a moment and learns as others do."""
    monkeypatch.setenv("LABELBUDDY_MODELS", str(data_folder.parent / "weights"))
    get_settings.cache_clear()
    runtime = model_supervision.running_models()._runtimes["process"]
    monkeypatch.setattr(runtime, "_bundled", {"quick-pupil": QUICK_COMMAND})
    return classroom(QUICK)


@pytest.fixture
def music_school(classroom: Callable[[str], School], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    """A school with musicnn itself, with weights at random."""
    random_weights(tmp_path / "weights")
    monkeypatch.setenv("LABELBUDDY_MODELS", str(tmp_path / "weights"))
    get_settings.cache_clear()
    return classroom(YAML)
