"""Stretches are made into sound beside the page's own thread; where a policy forbids that, on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route

pytestmark = pytest.mark.browser

PIECES = """
window.pieces = 0;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...given) {
  window.pieces++;
  return start.apply(this, given);
};
"""


@pytest.fixture
def editor(open_editor: Any, app: Any) -> Any:
    app.put(id="r_1", start=4.1, end=4.9, label="speech", origin={"kind": "human"})
    opened = open_editor()
    opened.page.add_init_script(PIECES)
    return opened


def loop_at_half_speed(editor: Any) -> None:
    editor.page.reload()
    editor.page.locator(".lb-editor").wait_for()
    editor.page.locator(".table-row").wait_for()
    editor.press("ArrowDown", "-", "-", "l")
    editor.page.wait_for_function("pieces > 5")


def test_a_worker_makes_the_sound_and_ends_with_the_editor(editor: Any) -> None:
    loop_at_half_speed(editor)
    (worker,) = editor.page.workers
    with worker.expect_event("close"):
        editor.page.evaluate("leave()")


def test_where_workers_are_forbidden_the_page_makes_it(editor: Any) -> None:
    def forbid(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": "worker-src 'none'"})

    editor.page.route(lambda url: urlsplit(url).path == "/page", forbid)
    loop_at_half_speed(editor)
    assert editor.page.workers == []
