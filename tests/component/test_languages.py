"""The editor in German: chosen, or as the browser prefers; what is written, read aloud and typed."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from test_accessibility import grave_findings, needs_axe

pytestmark = pytest.mark.browser

OVERFLOWING = """() => [...document.querySelectorAll(".lb-host :is(button, .head, label, summary, h3, p, .toolbar)")]
  .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.className}: ${one.textContent}`)"""
ROWS_OF_THE_TOOLBAR = """() => new Set([...document.querySelectorAll(".toolbar > button")]
  .filter((one) => one.offsetParent).map((one) => one.offsetTop)).size"""


@pytest.fixture
def german(app):
    """The server, for somebody who chose German."""
    app.preferences["language"] = "de"
    app.put(id="r_1", start=2.0, end=4.0, low=300.0, high=900.0, label="speech", origin={"kind": "human"})
    return app


def test_who_chose_german_gets_german_buttons_and_panels(open_editor, german) -> None:
    german.predict([("p_1", 5.0, 6.0, "music", 0.8)], [("siren", 0.7)])
    page = open_editor().page
    expect(page.locator(".lb-host")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Abspielen", exact=True).first).to_be_visible()
    fit = page.get_by_role("button", name="Alles zeigen")
    expect(fit).to_have_text("Alles")
    expect(fit).to_have_attribute("title", "Alles zeigen (Umschalt+F)")
    expect(page.get_by_role("button", name="2 annehmen")).to_be_visible()
    expect(page.get_by_role("button", name="Tag Siren annehmen")).to_be_visible()
    expect(page.get_by_text("Siren 70\u00a0%")).to_be_visible()
    expect(page.get_by_role("heading", name="Ausgewählter Bereich")).to_be_visible()
    expect(page.get_by_label("Grenzen rasten ein")).to_be_visible()


def test_keys_are_shown_found_and_moved_in_german(open_editor, german) -> None:
    editor = open_editor()
    editor.press("?")
    page = editor.page
    page.get_by_role("dialog", name="Tasten").wait_for()
    page.keyboard.type("bereich löschen")
    expect(page.locator(".key-line")).to_have_text(["EntfBereich löschen"])
    page.get_by_role("button", name="Bereich löschen: Entf. Ändern").click()
    editor.press("Control+b")
    page.get_by_text("„Bereich löschen“ liegt jetzt auf Strg+B.").wait_for()
    assert german.preferences["keys"] == {"delete": "Ctrl+B"}


def test_what_was_done_is_read_aloud_in_german(open_editor, german) -> None:
    editor = open_editor()
    live = editor.page.locator("[aria-live]")
    editor.press("ArrowRight", "ArrowRight", "i")
    expect(live).to_have_text("Der Bereich beginnt bei 0:00.200; O drücken, wo er endet")
    editor.press("Shift+ArrowRight", "o")
    expect(live).to_have_text("Speech, 0:00.200 bis 0:01.200")
    editor.press("Delete")
    expect(live).to_have_text("Bereich gelöscht; Strg+Z holt ihn zurück")
    editor.press("Control+a", "Delete")
    expect(live).to_have_text("Bereich gelöscht; Strg+Z holt ihn zurück")


def test_the_list_of_regions_is_german(open_editor, german) -> None:
    grid = open_editor().page.get_by_role("grid", name="Bereiche")
    expect(grid).to_be_visible(timeout=1000)
    expect(grid.get_by_role("columnheader").first).to_have_text("Label")
    duration = grid.get_by_role("gridcell", name="2,000", exact=True)
    duration.dblclick()
    grid.get_by_role("textbox").fill("2,5")
    grid.get_by_role("textbox").press("Enter")
    expect(grid.get_by_role("gridcell", name="2,500", exact=True)).to_be_visible()


def test_numbers_are_typed_and_shown_with_a_comma_in_german(open_editor, german) -> None:
    editor = open_editor()
    page = editor.page
    editor.press("ArrowDown")
    page.get_by_label("Ende", exact=True).fill("9,5")
    page.get_by_label("Ende", exact=True).press("Enter")
    editor.until(lambda: german.regions()[0]["end"] == 9.5)
    expect(page.locator(".region-title")).to_contain_text("7,500 s")
    band = page.get_by_label("Höchste Frequenz in Hz")
    band.fill("812,5")
    band.press("Enter")
    editor.until(lambda: german.regions()[0]["high"] == 812.5)
    expect(band).to_have_value("812,5")
    band.fill("1.500")  # one and a half, or a thousand and a half
    band.press("Enter")
    page.get_by_text("Die höchste Frequenz bleibt, wie sie war.").wait_for()
    expect(band).to_have_value("812,5")


def test_what_the_browser_finds_wrong_is_said_in_german(open_editor, german) -> None:
    editor = open_editor()
    german.down = True
    editor.press("Shift+K")
    editor.page.get_by_label("Was soll die Projektleitung über diese Aufgabe wissen?").last.fill("Rauschen")
    editor.press("Enter")
    expect(editor.page.get_by_role("alert").filter(has_text="Der Server ist nicht erreichbar.")).to_be_visible()


def test_a_german_browser_gets_german_and_another_one_english(open_editor) -> None:
    expect(open_editor(locale="de-DE").page.get_by_role("button", name="Abspielen", exact=True)).to_be_visible()
    page = open_editor(locale="fr-FR").page
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".lb-host")).to_have_attribute("lang", "en")


def test_who_chose_english_gets_english_in_a_german_browser(open_editor, app) -> None:
    app.preferences["language"] = "en"
    page = open_editor(locale="de-DE").page
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".lb-host")).to_have_attribute("lang", "en")


def test_english_comes_back_when_it_is_chosen_again(open_editor, german) -> None:
    first = open_editor()
    expect(first.page.get_by_role("button", name="Abspielen", exact=True).first).to_be_visible()
    german.preferences["language"] = "en"
    page = open_editor(same=first).page
    expect(page.get_by_role("button", name="Play", exact=True).first).to_be_visible()
    expect(page.locator(".lb-host")).to_have_attribute("lang", "en")


def test_the_upload_speaks_what_this_browser_spoke_last(open_editor, german) -> None:
    page = open_editor().page
    data = json.dumps({"mode": "upload", "project": "1", "api": "/api/v1"})
    page.goto(f"{german.url}/page?data={data}")
    expect(page.get_by_text("Audiodateien, Ordner oder Archive hier ablegen oder auswählen")).to_be_visible()
    expect(page.locator(".lb-host")).to_have_attribute("lang", "de")


@pytest.mark.parametrize("width", [1440, 1024])
def test_no_german_word_is_wider_than_its_place(open_editor, german, width: int) -> None:
    german.points = True
    german.predict([("p_1", 5.0, 6.0, "music", 0.8), ("p_2", 7.0, 8.0, "speech", 0.4)], [("siren", 0.7)])
    editor = open_editor(width=width)
    page = editor.page
    editor.press("ArrowDown")
    page.get_by_text("Klang", exact=True).click()
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(ROWS_OF_THE_TOOLBAR) == 1
    page.locator(".lb-editor").focus()
    editor.press("Control+a")
    assert page.evaluate(OVERFLOWING) == []
    editor.press("?")
    assert page.evaluate(OVERFLOWING) == []


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_german(open_editor, german, theme: str) -> None:
    german.points = True
    german.predict([("p_1", 5.0, 6.0, "music", 0.8), ("p_2", 7.0, 8.0, "speech", 0.4)], [("siren", 0.7)])
    editor = open_editor(theme=theme)
    editor.press("ArrowDown")
    editor.page.get_by_text("Klang", exact=True).click()
    assert grave_findings(editor.page) == []
    editor.page.locator(".lb-editor").focus()
    editor.press("?")
    assert grave_findings(editor.page) == []
