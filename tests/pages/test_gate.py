"""The gate before the pages: strangers see the sign-in page only, members the pages of their roles."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.accounts import sign_in
from labelbuddy_core.services.accounts.accounts import hash_password
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import setup
from labelbuddy_core.settings import ROOT
from pages import _session

PASSWORD = "correct horse battery"


def headings(at: AppTest) -> list[str]:
    return [one.value for one in [*at.title, *at.subheader]]


def test_an_empty_installation_shows_the_set_up_page(app: Callable[..., AppTest]) -> None:
    token = setup.ensure_setup_token()
    at = app(None).run()
    assert headings(at) == ["Set up LabelBuddy"]
    fields = dict(zip(["token", "name", "username", "password", "again"], at.text_input, strict=True))
    for name, value in {
        "token": token,
        "name": "A",
        "username": "anna",
        "password": PASSWORD,
        "again": PASSWORD,
    }.items():
        fields[name].set_value(value)
    at.button[0].click().run()
    assert not at.exception
    assert setup.is_set_up()


def test_a_wrong_set_up_token_is_refused(app: Callable[..., AppTest]) -> None:
    setup.ensure_setup_token()
    at = app(None).run()
    for field, value in zip(at.text_input, ["wrong", "A", "anna", PASSWORD, PASSWORD], strict=True):
        field.set_value(value)
    at.button[0].click().run()
    assert "not the token" in at.error[0].value
    assert not setup.is_set_up()


def test_a_stranger_sees_the_sign_in_form_whatever_the_address(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    make_user("anna", password_hash=hash_password(PASSWORD, "anna"))
    at = app(None).run()
    assert headings(at) == ["Sign in"]
    at.text_input[0].set_value("anna")
    at.text_input[1].set_value("wrong")
    at.button[0].click().run()
    assert at.error[0].value == "The username or the password is wrong."
    at.text_input[1].set_value(PASSWORD)
    at.button[0].click().run()
    assert not at.exception
    assert not at.error


def test_who_was_signed_out_elsewhere_is_told_so_on_the_sign_in_page(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    at = app(make_user("anna")).run()
    at.switch_page("account.py").run()
    sign_in.close_session(_session.cookie() or "")
    at.run()
    assert headings(at) == ["Sign in"]
    assert [one.value for one in at.info] == ["You were signed out, in another tab or because the session ended."]
    assert not app(None).run().info


@pytest.mark.parametrize(
    ("role", "pages", "closed"),
    [
        ("annotators", ["annotate.py"], ["review.py", "insight.py", "project.py", "model_management.py", "people.py"]),
        ("reviewers", ["review.py", "insight.py"], ["annotate.py", "project.py", "model_management.py", "people.py"]),
        ("managers", ["project.py", "insight.py", "model_management.py"], ["annotate.py", "review.py", "people.py"]),
    ],
)
def test_each_role_has_its_pages_and_no_others(
    role: str,
    pages: list[str],
    closed: list[str],
    app: Callable[..., AppTest],
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
) -> None:
    actor = make_user()
    project = make_project(**{role: (actor,)})
    add_task(project)
    for name in [*pages, "account.py"]:
        at = app(actor).run()
        assert headings(at)[0] == "Dashboard"
        at.switch_page(name).run()
        assert not at.exception, name
    for name in closed:
        with pytest.raises(ValueError, match="page"):
            app(actor).run().switch_page(name)


def test_the_annotate_page_mounts_the_editor_with_the_next_task(
    app: Callable[..., AppTest],
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
) -> None:
    actor = make_user()
    project = make_project(annotators=(actor,))
    task = add_task(project)
    at = app(actor).run()
    at.switch_page("annotate.py").run()
    (component,) = [one for one in at.get("bidi_component") if one.proto.component_name == "labelbuddy.editor"]  # type: ignore[attr-defined]
    data: Any = component.proto  # type: ignore[attr-defined]
    assert f'"task":"{task}"' in (data.json or data.mixed.json).replace(" ", "")


def test_an_administrator_can_open_every_page(app: Callable[..., AppTest], make_user: Callable[..., Actor]) -> None:
    actor = make_user(is_administrator=True)
    for name in ("project.py", "insight.py", "model_management.py", "people.py", "account.py"):
        at = app(actor).run()
        at.switch_page(name).run()
        assert not at.exception, name


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("[!_]*.py")), ids=lambda page: page.stem)
def test_no_page_shows_a_note_that_is_meant_for_its_readers(page: Path) -> None:
    """Streamlit draws a bare string of a page's script, as documents a constant elsewhere; only the first is safe."""
    statements = ast.parse(page.read_text(encoding="utf-8")).body[1:]
    assert not [one.lineno for one in statements if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)]
