"""A studio with eight recordings of two artists, in two tasks each, all approved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from studio import Studio

from labelbuddy_core.services.actors import Actor


@pytest.fixture
def empty_studio(make_user: Callable[..., Actor], make_project: Callable[..., str], tmp_path: Path) -> Studio:
    """Nothing is recorded yet."""
    manager, annotator = make_user("maria"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(annotator,))
    return Studio(manager, annotator, project, tmp_path)


@pytest.fixture
def studio(empty_studio: Studio) -> Studio:
    for number in range(8):
        for part, task in enumerate(empty_studio.record(f"song {number}.wav", 2, artist=f"band {number // 2}")):
            begin = part * 2.0
            label = "dog" if number % 2 else "speech"
            empty_studio.annotate(
                task, ("r1", begin + 0.25, begin + 1.0, label), ("r2", begin + 1.25, begin + 1.5, "music")
            )
    return empty_studio
