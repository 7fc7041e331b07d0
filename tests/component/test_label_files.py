"""Dropping files of labels: all are one import, and it is checked at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from editor_tab import PATIENCE
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, app: Any) -> Any:
    """The place for files of labels."""
    opened = browser.new_context(locale="en-US").new_page()
    opened.set_default_timeout(1000 * PATIENCE)
    yield opened
    opened.context.close()


def show(page: Page, app: Any) -> None:
    page.goto(f"{app.url}/page?data={json.dumps({'mode': 'labels', 'project': '1', 'api': '/api/v1'})}")


def files(page: Page, *names: str) -> None:
    given = [{"name": name, "mimeType": "text/plain", "buffer": f"1\t2\t{name}\n".encode()} for name in names]
    page.get_by_label("Choose files of labels").set_input_files(given)  # type: ignore[arg-type]


def test_all_files_at_once_are_one_import_which_is_checked(page: Page, app: Any) -> None:
    asked: list[tuple[str, str, str]] = []

    def answer(route: Route) -> None:
        request = route.request
        asked.append((request.method, request.url.partition("/api/v1")[2], request.post_data or ""))
        route.fulfill(json={"id": "7"})

    page.route("**/api/v1/**annotation-imports**", answer)
    show(page, app)
    with page.expect_response("**/annotation-imports/7/check"):
        files(page, "a song.txt", "b.txt")
    assert asked == [
        ("POST", "/projects/1/annotation-imports", ""),
        ("PUT", "/annotation-imports/7/files?name=a+song.txt", "1\t2\ta song.txt\n"),
        ("PUT", "/annotation-imports/7/files?name=b.txt", "1\t2\tb.txt\n"),
        ("POST", "/annotation-imports/7/check", "{}"),
    ]


def test_a_file_that_is_refused_says_why(page: Page, app: Any) -> None:
    page.route("**/api/v1/projects/1/annotation-imports", lambda route: route.fulfill(json={"id": "7"}))
    page.route(
        "**/api/v1/annotation-imports/7/files**",
        lambda route: route.fulfill(status=422, json={"detail": "'a.doc' is no file of labels by its name."}),
    )
    show(page, app)
    files(page, "a.doc")
    expect(page.get_by_role("status")).to_have_text("'a.doc' is no file of labels by its name.")
