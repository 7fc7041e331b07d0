"""The app as somebody sees it, run without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.accounts.sign_in import open_session
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import ROOT
from pages import _session

MAIN = str(ROOT / "pages" / "main.py")


@pytest.fixture
def app(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The app as somebody sees it; AppTest has no cookies, so the look-up is replaced."""

    def make(actor: Actor | None) -> AppTest:
        token = open_session(actor.id, address="test", user_agent="test").token if actor else None
        monkeypatch.setattr(_session, "cookie", lambda: token)
        monkeypatch.setattr(_session, "address", lambda: "test")
        return AppTest.from_file(MAIN, default_timeout=60)

    return make
