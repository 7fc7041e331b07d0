"""From task to task in the editor: on, back, skipped with a reason, flagged; and what the project asks."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

REASON = "Why do you skip this task?"


def led_to(editor: Any) -> list[Any]:
    return [value["task"] for name, value in editor.triggers() if name == "navigate"]


def test_a_task_is_skipped_with_a_reason_and_the_next_one_opens(open_editor: Any, app: Any) -> None:
    app.waiting = "t2"
    editor = open_editor()
    editor.press("Shift+N")
    editor.page.keyboard.type("Too noisy to hear words")
    editor.press("Enter")
    editor.until(lambda: led_to(editor) == ["t2"])
    assert app.skip == "Too noisy to hear words"


def test_what_was_drawn_is_saved_before_the_task_is_skipped(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.page.get_by_role("button", name="Skip…").click()
    editor.page.get_by_role("dialog").get_by_role("textbox").fill("Too noisy")
    editor.press("Enter")
    editor.page.get_by_text("No other task waits for you in this project, so this one stays open.").wait_for()
    assert (app.saves_before_skip, len(app.saves)) == (1, 1)
    assert led_to(editor) == []


def test_no_task_is_skipped_without_a_reason(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    editor.press("Shift+N", "Enter")
    editor.page.get_by_text("Say why you skip this task").wait_for()
    editor.press("Shift+N", "Escape")
    assert app.skip is None


def test_why_a_task_was_skipped_is_said_until_it_is_taken_up_again(open_editor: Any, app: Any) -> None:
    app.skip = "Too noisy"
    editor = open_editor()
    skipped = editor.page.get_by_text("You skipped this: Too noisy")
    skipped.wait_for()
    editor.page.locator(".banner", has_text="Somebody else may have it by now.").wait_for()
    editor.drag(0, 4.0, 6.0)  # a save takes the task up again
    skipped.wait_for(state="hidden")


def test_a_task_that_is_handed_in_cannot_be_skipped(open_editor: Any, app: Any) -> None:
    app.state = "submitted"
    editor = open_editor()
    assert editor.page.get_by_role("button", name="Skip…").is_disabled()
    editor.press("Shift+N")
    assert editor.page.get_by_role("dialog").count() == 0


def test_the_next_task_opens_without_submitting_this_one(open_editor: Any, app: Any) -> None:
    app.waiting = "t2"
    editor = open_editor()
    editor.page.get_by_role("button", name="Go on to another task").click()
    editor.until(lambda: led_to(editor) == ["t2"])
    assert app.state == "draft"


def test_a_task_is_flagged_and_the_flag_taken_back_by_button(open_editor: Any, app: Any) -> None:
    editor = open_editor()
    flag = editor.page.get_by_role("button", name="Flag", exact=True)
    flag.click()
    editor.page.get_by_role("dialog").get_by_role("textbox").fill("Two recordings in one")
    editor.press("Enter")
    editor.page.get_by_text("Flagged for a manager: Two recordings in one").wait_for()
    assert (app.flag, flag.get_attribute("aria-pressed")) == ("Two recordings in one", "true")
    flag.click()
    editor.until(lambda: app.flag is None)


def test_the_instructions_are_one_click_away_where_there_are_some(open_editor: Any, app: Any) -> None:
    app.instructions = "Mark every siren."
    editor = open_editor()
    button = editor.page.get_by_role("button", name="Instructions", exact=True)
    button.click()
    text = editor.page.get_by_text("Mark every siren.")
    text.wait_for(state="hidden")  # it was open, as at every first task
    button.click()
    text.wait_for()
    app.instructions = ""
    assert open_editor().page.get_by_role("button", name="Instructions").count() == 0
