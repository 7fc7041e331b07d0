"""Undo across a reload where a tab's own memory is too small: the steps are in the browser's database."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

COUNT = 20_050
KEPT = """async () => {
    const there = (await indexedDB.databases()).some((one) => one.name === "labelbuddy");
    return there && new Promise((resolve) => {
        const opening = indexedDB.open("labelbuddy");
        opening.onsuccess = () => {
            const names = opening.result.transaction("values").objectStore("values").getAllKeys();
            names.onsuccess = () => resolve(names.result.filter((key) => key.startsWith("labelbuddy:history:")).length);
        };
    });
}"""
"""How many values of histories the browser's database has, once the editor has made it."""


def test_an_edit_among_more_than_twenty_thousand_regions_is_undone_after_a_reload(open_editor: Any, app: Any) -> None:
    for number in range(COUNT):
        start = round(number * 19.0 / COUNT, 6)
        origin = {"kind": "human"}
        one = {"id": f"r{number}", "start": start, "end": start + 0.5, "label": "speech", "origin": origin}
        app.document["regions"].append(one)
    editor = open_editor()
    undo = editor.page.get_by_role("button", name="Undo")
    editor.press("ArrowDown", "Delete")
    editor.until(lambda: len(app.document["regions"]) == COUNT - 1)
    editor.saved()
    beside = editor.page.context.new_page()  # a window without a profile forgets a database that nobody has open
    beside.goto(f"{app.url}/nothing")
    editor.until(lambda: beside.evaluate(KEPT) == 2)
    editor.page.reload()
    editor.page.locator(".table-row").first.wait_for()
    expect(undo).to_be_enabled(timeout=30_000)
    editor.press("Control+z")
    editor.until(lambda: len(app.document["regions"]) == COUNT)
