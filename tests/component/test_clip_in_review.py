"""The caption and the tags of the ground truth, made in a review out of what several people said."""

from __future__ import annotations

from typing import Any

import pytest
from fake_values import empty_document
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}


def test_a_caption_is_merged_from_phrases_and_tags_are_chosen_before_approving(open_editor: Any, app: Any) -> None:
    mine, theirs = "A piano with vinyl crackle.", "A piano with rain."
    tag = {"label": "music", "origin": HUMAN}
    app.document |= {"caption": {"text": mine, "origin": HUMAN}, "tags": [tag]}
    app.annotate("Ben", [])
    app.others[0]["document"] = {**empty_document(), "caption": {"text": theirs, "origin": HUMAN}}
    app.state = "submitted"
    app.captions = {
        "captions": [
            {"annotation": "a1", "annotator": "ada", "text": mine, "claims": [claim(13, 26, "vinyl crackle", "a2")]},
            {"annotation": "a2", "annotator": "ben", "text": theirs, "claims": [claim(13, 17, "rain", "a1")]},
        ],
        "phrases": [
            {"same": True, "texts": ["A piano with"] * 2, "places": [[0, 12]] * 2},
            {"same": False, "texts": ["vinyl crackle", "rain"], "places": [[13, 26], [13, 17]]},
        ],
    }
    editor = open_editor("review")
    rain = editor.page.get_by_role("button", name="rain: ben · contradicted by ada")
    expect(rain).to_have_class("variant contradicted")
    text = editor.page.get_by_label("Caption of the ground truth")
    expect(text).to_have_value(mine)
    editor.press("n", "n")  # the tags, then the caption
    editor.page.get_by_role("heading", name="Disagreement 2 of 2").wait_for()
    editor.press("2")
    expect(text).to_have_value(theirs)
    editor.press("Control+z")
    expect(text).to_have_value(mine)
    rain.click()
    expect(text).to_have_value(theirs)
    text.fill("A slow piano with rain.")
    editor.page.get_by_role("button", name="Music 1/2").click()
    expect(editor.page.get_by_role("button", name="Music 1/2")).to_have_attribute("aria-pressed", "false")
    editor.page.get_by_role("button", name="Approve").first.click()
    editor.until(lambda: editor.triggers())
    written = app.ground_truth["document"]
    assert written["caption"] == {"text": "A slow piano with rain.", "origin": {"kind": "consensus"}}
    assert written["tags"] == []
    assert app.document["caption"]["text"] == mine


def claim(start: int, end: int, text: str, against: str) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text, "against": [against], "support": []}
