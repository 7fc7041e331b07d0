"""A project whose tasks have feature vectors, and its pages without a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from planted_sounds import VECTORS_ONLY, World
from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.accounts.sign_in import open_session
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.settings import ROOT
from pages import _session

Make = Callable[..., Any]


@pytest.fixture
def world(make_user: Make, make_project: Make, add_task: Make) -> World:
    manager, one, other = make_user("mia"), make_user("ann"), make_user("bob")
    project = make_project(managers=(manager,), annotators=(one, other))
    model = models.create_model(manager, VECTORS_ONLY)["id"]
    model_links.link_model(manager, project, model)
    return World(manager, one, other, project, model, add_task)


@pytest.fixture
def page(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """*Find similar* as somebody sees it, with what its address asks for."""

    def make(actor: Actor, **asked: str) -> AppTest:
        token = open_session(actor.id, address="test", user_agent="test").token
        monkeypatch.setattr(_session, "cookie", lambda: token)
        monkeypatch.setattr(_session, "address", lambda: "test")
        at = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=60).run()
        for name, value in asked.items():
            at.query_params[name] = value
        at.switch_page("similar.py").run()
        assert not at.exception
        return at

    return make
