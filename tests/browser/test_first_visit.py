"""A first visit in a fresh browser: what is asked of the server before a page is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served

pytestmark = pytest.mark.browser


def test_the_page_connects_at_once_and_fetches_nothing_twice(served: Served, open_page: Callable[[], Page]) -> None:
    """Streamlit would ask for its server below the page's address first, and be told that it is not there."""
    page = open_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{served.url}/annotate?task=1")
    page.get_by_role("textbox", name="Set-up token").wait_for()
    addresses = [urlsplit(url) for url in asked if url.startswith("http")]
    assert {address.netloc for address in addresses} == {urlsplit(served.url).netloc}
    paths = [address.path for address in addresses]
    assert not [path for path in paths if path.startswith("/annotate/")]
    assert [path for path, times in Counter(paths).items() if times > 1] == []
    assert not [text for text in complaints if "Content Security Policy" in text or "preload" in text]
