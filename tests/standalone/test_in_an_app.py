"""The editor among the widgets of somebody's app: reruns, other widgets, reloads, other recordings, slow scripts."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.long]

APP = """
import json, time
import numpy as np
import streamlit as st
from components.wavesurfer_component import audio_editor

RATE = 8000
tone = np.sin(2 * np.pi * 330 * np.arange(20 * RATE) / RATE) * 0.4
st.session_state.runs = st.session_state.get("runs", 0) + 1
readonly = st.checkbox("only look")
name = st.radio("recording", ["one", "two"])
pressed = st.button("count")
sound = tone if name == "one" else tone[::-1][: 10 * RATE]

def keep(document):
    st.session_state.told = st.session_state.get("told", 0) + 1

document = audio_editor((sound, RATE), ["speech", {"name": "Loud music", "key": "m"}], key="editor",
                        document=[{"start": 1, "end": 2, "label": "speech"}], controls=["points", "tags", "caption"],
                        suggestions={"model": "ear", "version": "3", "document": [
                            {"start": 5, "end": 6, "label": "Loud music", "score": 0.75}]},
                        instructions="Mark what you hear", readonly=readonly, on_change=keep)
if pressed:
    st.text(f"regions at the press: {len(document['regions'])}")
st.text(f"runs: {st.session_state.runs}")
st.text(f"told: {st.session_state.get('told', 0)}")
st.code(json.dumps(document), language=None)
"""
SECONDS = 20.0


def document(editor) -> dict[str, Any]:
    """What the script got, as it shows it."""
    return json.loads(editor.page.locator('[data-testid="stCode"] code').inner_text())


def runs(editor) -> int:
    return int(editor.page.get_by_text("runs: ").inner_text().split()[-1])


@pytest.fixture
def editor(open_app):
    return open_app(APP, seconds=SECONDS)


def test_the_script_gets_the_initial_document_complete_before_the_first_edit(editor) -> None:
    found = document(editor)
    assert found["schema"] == "labelbuddy/annotation@1"
    (region,) = found["regions"]
    assert (region["start"], region["end"], region["label"], region["origin"]["kind"]) == (1.0, 2.0, "speech", "import")
    assert editor.rows.count() == 2


def test_a_rerun_leaves_the_editor_as_it_is(editor) -> None:
    editor.drag(0, 10.0, 12.0)
    editor.until(lambda: len(document(editor)["regions"]) == 2)
    editor.page.locator(".lb-editor").evaluate("element => { element.dataset.mark = 'the same' }")
    before = runs(editor)
    editor.page.get_by_role("button", name="count").click()
    editor.until(lambda: runs(editor) == before + 1)
    assert editor.page.locator(".lb-editor").get_attribute("data-mark") == "the same"
    assert len(document(editor)["regions"]) == 2
    editor.page.locator(".lb-editor").focus()
    editor.press("Control+z")
    editor.until(lambda: len(document(editor)["regions"]) == 1)


def test_an_edit_just_before_a_press_elsewhere_is_in_that_run(editor) -> None:
    editor.drag(0, 10.0, 12.0)
    editor.page.get_by_role("button", name="count").click()
    editor.page.get_by_text("regions at the press: 2").wait_for()


def test_what_is_being_typed_is_in_that_run_too(editor) -> None:
    editor.page.get_by_label("Caption of the clip").fill("a steady tone")
    editor.page.get_by_role("button", name="count").click()
    editor.page.get_by_text("regions at the press: ").wait_for()
    assert document(editor)["caption"]["text"] == "a steady tone"


def test_a_reload_brings_the_document_and_its_undo_back(editor) -> None:
    editor.drag(0, 10.0, 12.0)
    editor.until(lambda: len(document(editor)["regions"]) == 2)
    editor.page.wait_for_timeout(1200)  # undo is noted every second
    editor.reload()
    editor.until(lambda: len(document(editor)["regions"]) == 2)
    editor.press("Control+z")
    editor.until(lambda: len(document(editor)["regions"]) == 1)


def test_quick_edits_rerun_the_script_seldom_and_the_last_one_arrives(editor) -> None:
    editor.press("ArrowDown")
    before = runs(editor)
    for _ in range(60):
        editor.press("]")
        editor.page.wait_for_timeout(25)
    editor.saved()
    editor.until(lambda: document(editor)["regions"][0]["start"] == pytest.approx(1.6))
    assert runs(editor) - before < 30
    assert int(editor.page.get_by_text("told: ").inner_text().split()[-1]) >= 1


def test_an_accepted_suggestion_keeps_its_model_and_a_rejected_one_stays_away(editor) -> None:
    editor.press("n", "a")
    editor.until(lambda: len(document(editor)["regions"]) == 2)
    accepted = document(editor)["regions"][1]
    assert accepted["label"] == "Loud music"
    assert [accepted["origin"][name] for name in ("model", "version", "score")] == ["ear", "3", 0.75]
    editor.press("Control+z", "n", "r")
    editor.until(lambda: editor.rows.count() == 1)
    editor.reload()
    editor.page.wait_for_timeout(500)
    assert editor.rows.count() == 1


def test_beats_tags_and_captions_are_in_the_document(editor) -> None:
    editor.press("t")  # a beat at the playhead
    editor.until(lambda: document(editor)["points"])
    editor.page.get_by_label("Add a tag for the whole clip").click()
    editor.page.keyboard.type("Loud music")
    editor.page.keyboard.press("Enter")
    editor.until(lambda: document(editor)["tags"])
    assert document(editor)["points"][0] | {"id": ""} == {
        "id": "", "time": 0.0, "kind": "beat", "position": 1, "anchor": True, "label": None, "tier": None,
        "attributes": {}, "origin": document(editor)["points"][0]["origin"],
    }  # fmt: skip
    assert document(editor)["tags"][0]["label"] == "Loud music"
    editor.press("Alt+=")
    editor.saved()


def test_an_editor_for_looking_changes_nothing(editor) -> None:
    editor.page.get_by_text("only look").click()
    editor.until(lambda: editor.page.get_by_label("Caption of the clip").is_disabled())
    editor.drag(0, 10.0, 12.0)
    editor.press("ArrowDown", "Delete")
    editor.page.wait_for_timeout(800)
    assert len(document(editor)["regions"]) == 1
    editor.page.get_by_text("only look").click()
    editor.until(lambda: not editor.page.get_by_label("Caption of the clip").is_disabled())
    editor.drag(0, 10.0, 12.0)
    editor.until(lambda: len(document(editor)["regions"]) == 2)


def test_another_recording_begins_anew(editor) -> None:
    editor.drag(0, 10.0, 12.0)
    editor.until(lambda: len(document(editor)["regions"]) == 2)
    editor.page.get_by_text("two", exact=True).click()
    editor.until(lambda: len(document(editor)["regions"]) == 1)
    editor.until(lambda: editor.page.locator(".of-duration").text_content() == "/ 0:10.000")
    editor.until(lambda: editor.rows.count() == 2)


def test_instructions_are_shown(editor) -> None:
    """Open at first, and closed and opened by their key."""
    editor.page.get_by_text("Mark what you hear").wait_for()
    editor.press("Shift+I")
    editor.page.get_by_text("Mark what you hear").wait_for(state="hidden")


def test_a_server_that_was_restarted_gets_the_document_again(editor) -> None:
    editor.drag(0, 10.0, 12.0)
    editor.until(lambda: len(document(editor)["regions"]) == 2)
    editor.app.stop()
    editor.drag(0, 14.0, 16.0)
    editor.page.wait_for_timeout(1000)
    assert editor.page.locator(".save-status.is-saved").count() == 0
    editor.app.start()
    editor.until(lambda: len(document(editor)["regions"]) == 3)
    editor.page.locator(".save-status.is-saved").wait_for(timeout=15_000)  # before it would be sent again
