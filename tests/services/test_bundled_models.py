"""Models that come with LabelBuddy: declared as they come now, and left alone once somebody has changed them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import models

YAML = "name: bundled\nprocess: musicnn\noutput_schema: [{type: tag, labels: [dog]}]\n"
TRAINED = YAML + "training: {supported: true}\n"


@pytest.fixture
def bundled(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets LabelBuddy come with a file of this text, and start."""
    monkeypatch.setattr(models, "BUNDLED_FILES", tmp_path)
    (tmp_path / "one").mkdir()

    def come(text: str) -> None:
        (tmp_path / "one" / "model.process.yaml").write_text(text)
        models.ensure_bundled_models()

    return come


def source() -> str:
    with get_database().read() as session:
        return session.scalars(select(Model)).one().source


def test_an_update_of_labelbuddy_brings_the_new_file(bundled: Callable[[str], None]) -> None:
    bundled(YAML)
    bundled(TRAINED)
    assert source() == TRAINED


def test_what_somebody_changed_stays(bundled: Callable[[str], None], make_user: Callable[..., Actor]) -> None:
    bundled(YAML)
    administrator = make_user(is_administrator=True)
    with get_database().read() as session:
        number = session.scalars(select(Model.id)).one()
    models.update_model(administrator, number, YAML + "description: ours\n")
    bundled(TRAINED)
    assert source() == YAML + "description: ours\n"
