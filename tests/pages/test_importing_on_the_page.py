"""What managers see of imports and attributes on the project page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_buttons import button
from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import import_reports, recordings
from labelbuddy_core.settings import get_settings
from tests.imports.conftest import run_import, tone  # noqa: F401  (fixtures)

Make = Callable[..., Any]


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def project(manager: Actor, make_project: Make) -> str:
    return make_project(managers=(manager,))


@pytest.fixture
def page(app: Make, manager: Actor, project: str) -> Callable[[], AppTest]:
    def open_page() -> AppTest:
        at = app(manager).run()
        at.switch_page("project.py").run()
        assert not at.exception
        return at

    return open_page


def said(at: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*at.markdown, *at.caption, *at.error]).replace("\\", "")


def test_without_allowed_places_the_settings_are_named(page: Callable[[], AppTest]) -> None:
    assert "LABELBUDDY_IMPORT_FOLDERS" in said(page())


def test_an_import_is_begun_watched_and_stopped(
    page: Callable[[], AppTest],
    manager: Actor,
    project: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_import: Make,  # noqa: F811
    tone: Make,  # noqa: F811
) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "a.wav").write_bytes(tone(1))
    (lab / "notes.txt").write_text("x")
    monkeypatch.setenv("LABELBUDDY_IMPORT_FOLDERS", str(lab))
    get_settings.cache_clear()
    at = page()
    (watch,) = [one for one in at.checkbox if one.label.startswith("Go on watching")]
    watch.check()
    button(at, "Import").click().run()
    assert not at.exception
    assert "at work" in said(at)
    (begun,) = import_reports.list_imports(manager, project)["items"]
    run_import(begun)
    at = page()
    assert "watched · 1 added, 1 left out" in said(at)
    button(at, "Files").click().run()
    assert not at.exception
    (files,) = [one.value for one in at.dataframe if "Why" in one.value]
    assert {Path(name).name for name in files["File"]} == {"a.wav", "notes.txt"}
    assert [bool(why) for why in files.sort_values("File")["Why"]] == [False, True]
    button(at, "Stop watching").click().run()
    assert import_reports.list_imports(manager, project)["items"] == []
    assert recordings.list_recordings(manager, project)["total"] == 1


def test_a_place_that_is_not_allowed_is_refused_on_the_page(
    page: Callable[[], AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELBUDDY_IMPORT_FOLDERS", str(tmp_path))
    get_settings.cache_clear()
    at = page()
    (address,) = [one for one in at.text_input if one.label.startswith("Folder, archive")]
    address.set_value("/etc")
    button(at, "Import").click().run()
    assert "not in a folder that may be imported from" in said(at)
