"""What Chromium hands to screen readers: names and roles of every control, the cells of the grid, what is said of
edits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HUMAN = {"kind": "human"}
CONTROLS = {
    "button", "checkbox", "columnheader", "combobox", "DisclosureTriangle", "grid", "gridcell", "group", "image", "img",
    "listbox", "radio", "radiogroup", "searchbox", "slider", "spinbutton", "splitter", "textbox", "toolbar",
    "application",
}  # fmt: skip
NAMED_BY_CONTENT = {"gridcell", "group"}
"""A cell says what is in it, which may be nothing; a group of the page may have no name."""


@dataclass
class Node:
    """A node of the accessibility tree that is not ignored."""

    role: str
    name: str
    value: Any
    properties: dict[str, Any]
    children: list[Node] = field(default_factory=list)

    def all(self, role: str) -> list[Node]:
        """The nodes of a role at or below this one."""
        own = [self] if self.role == role else []
        return own + [found for child in self.children for found in child.all(role)]

    @property
    def text(self) -> str:
        """All that is read out of it."""
        return " ".join(one.name for one in self.all("StaticText"))


def tree(editor: Any) -> Node:
    """The whole tree, as Chromium has it now."""
    cdp = editor.page.context.new_cdp_session(editor.page)
    cdp.send("Accessibility.enable")
    nodes = {node["nodeId"]: node for node in cdp.send("Accessibility.getFullAXTree")["nodes"]}

    def made(number: str) -> list[Node]:
        raw = nodes.get(number)
        if raw is None:
            return []
        children = [one for child in raw.get("childIds", []) for one in made(child)]
        if raw["ignored"]:
            return children
        properties = {one["name"]: one["value"].get("value") for one in raw.get("properties", [])}
        said = (raw.get(name, {}).get("value", "") for name in ("role", "name", "value"))
        return [Node(*said, properties, children)]

    (root,) = made(next(number for number, node in nodes.items() if "parentId" not in node))
    cdp.detach()
    return root


def walk(node: Node) -> list[Node]:
    return [node] + [one for child in node.children for one in walk(child)]


def live(editor: Any) -> str:
    """What the region says that screen readers listen to."""
    (region,) = [one for one in walk(tree(editor)) if one.properties.get("live") == "polite" and one.role == "generic"]
    return region.text


def table(editor: Any) -> list[list[str]]:
    (grid,) = tree(editor).all("grid")
    return [[cell.text for cell in row.children] for row in grid.all("row")]


@pytest.fixture
def full(app) -> None:
    """Everything that the editor may have on the screen at once."""
    app.points = True
    app.labels[0]["attributes"] = [
        {"id": "clear", "name": "Clarity", "kind": "rating", "choices": [], "required": False},
        {"id": "who", "name": "Speaker", "kind": "choice", "choices": ["Ada", "Ben"], "required": False},
        {"id": "loud", "name": "Loud", "kind": "yes-no", "choices": [], "required": False},
        {"id": "pitch", "name": "Pitch", "kind": "number", "choices": [], "required": False},
    ]
    answers = {"clear": 4, "who": "Ben"}
    app.put(
        id="r_1",
        start=2.0,
        end=4.0,
        low=300.0,
        high=900.0,
        label="speech",
        text="Hello",
        attributes=answers,
        origin=HUMAN,
    )
    app.put(id="r_2", start=9.0, end=9.5, label="siren", origin=HUMAN)
    app.predict([("s1", 5.0, 6.0, "music", 0.8), ("s2", 7.0, 8.0, "speech", 0.4)], [("siren", 0.7)])


@pytest.mark.usefixtures("full")
def test_every_control_has_a_role_and_a_name(open_editor) -> None:
    editor = open_editor()
    editor.page.get_by_text("Sound", exact=True).click()
    editor.page.locator(".lb-editor").focus()
    editor.press("ArrowDown")
    found = walk(tree(editor))
    unnamed = [one for one in found if one.role in CONTROLS - NAMED_BY_CONTENT and not one.name.strip()]
    assert unnamed == []
    focusable = [one for one in found if one.properties.get("focusable") and one.role != "RootWebArea"]
    assert len(focusable) > 60
    assert [one for one in focusable if one.role in ("generic", "none", "")] == []
    assert [one for one in focusable if not one.name and one.role != "gridcell"] == []
    names = Counter(one.name for one in found if one.role == "button")
    assert [name for name, count in names.items() if count > 1] == [], "every button is told from the others"


@pytest.mark.usefixtures("full")
def test_the_dialog_of_keys_and_a_cell_that_is_edited_have_names_too(open_editor) -> None:
    editor = open_editor()
    editor.press("?")
    found = walk(tree(editor))
    assert [one.name for one in found if one.role == "dialog"] == ["Keys"]
    assert [one for one in found if one.role in CONTROLS - NAMED_BY_CONTENT and not one.name.strip()] == []
    editor.press("Escape", "Shift+G", "Enter")
    (box,) = [one for one in walk(tree(editor)) if one.role == "combobox" and one.name == "Label"]
    assert (box.value, box.properties.get("expanded")) == ("Speech", True)
    options = [one.name for one in tree(editor).all("listbox")[-1].all("option")]
    assert options == ["Speech", "Music", "Siren"]


@pytest.mark.usefixtures("full")
def test_the_grid_has_rows_and_cells_with_what_they_say(open_editor) -> None:
    editor = open_editor()
    asked = ["Clarity", "Speaker", "Loud", "Pitch"]
    no_answers = [""] * len(asked)
    assert table(editor) == [
        ["Label", "Start", "End", "Duration", "From Hz", "To Hz", "Text", *asked, "Score", "State"],
        ["Speech", "0:02.000", "0:04.000", "2.000", "300", "900", "Hello", "4", "Ben", "", "", "", "by hand"],
        ["Music", "0:05.000", "0:06.000", "1.000", "", "", "", *no_answers, "80%", "suggested · tagger"],
        ["Speech", "0:07.000", "0:08.000", "1.000", "", "", "", *no_answers, "40%", "suggested · tagger"],
        ["Siren", "0:09.000", "0:09.500", "0.500", "", "", "", *no_answers, "", "by hand"],
    ]
    (grid,) = tree(editor).all("grid")
    assert grid.name == "Regions"
    assert [one.role for one in grid.all("row")[1].children] == ["gridcell"] * 13
    assert [one.role for one in grid.all("row")[0].children] == ["columnheader"] * 13
    editor.press("Shift+G", "ArrowDown", "Space")
    rows = tree(editor).all("grid")[0].all("row")
    assert [row.properties.get("selected", False) for row in rows] == [False, False, True, False, False]


@pytest.mark.usefixtures("full")
def test_lanes_and_their_buttons_say_what_they_are_and_whether_they_are_pressed(open_editor) -> None:
    editor = open_editor()
    editor.press("Shift+L", "Enter")
    (lanes,) = [one for one in tree(editor).all("toolbar") if one.name == "Lanes"]
    assert [one.name for one in lanes.all("group")] == [
        "Speech: 2 regions, key 1",
        "Music: 1 region, key 2",
        "Siren: 1 region, key u",
    ]
    pressed = {one.name: one.properties.get("pressed") for one in lanes.all("button")}
    assert pressed["Lock Speech"] == "true"
    assert pressed["Lock Music"] == "false"


def test_what_is_done_is_said(open_editor, app) -> None:
    app.predict([("s1", 15.0, 16.0, "music", 0.8)])
    editor = open_editor()
    editor.drag(0, 4.0, 8.0)
    editor.until(lambda: app.regions())
    created = live(editor)
    start, end = created.removeprefix("Speech, ").split(" to ")
    assert created.startswith("Speech, ")
    assert start.startswith("0:0")
    assert end.startswith("0:0")
    editor.press("Control+Shift+ArrowRight")
    assert live(editor).startswith("Moved to 0:0")
    editor.press("Control+z")
    assert live(editor) == f"Undone: Speech, {start} to {end}"
    editor.press("n", "a")
    assert live(editor) == "Music accepted"
    editor.press("Control+z")
    assert live(editor) == "Undone: Music at 0:15.000 is gone"
    editor.press("Control+z")
    assert live(editor) == f"Undone: Speech at {start} is gone"
    editor.press("Control+Shift+Z")
    assert live(editor) == f"Done again: Speech, {start} to {end} is back"
    editor.press("ArrowDown", "Delete")
    assert live(editor) == "Region deleted; Ctrl+Z brings it back"


def test_the_same_is_said_again_when_it_happens_again(open_editor, app) -> None:
    for number in range(2):
        app.put(id=f"r_{number}", start=2.0 + number, end=2.5 + number, label="speech", origin=HUMAN)
    editor = open_editor()
    editor.page.evaluate(
        """() => {
          window.said = 0;
          new MutationObserver((all) => (window.said += all.filter((one) => one.addedNodes.length).length))
            .observe(document.querySelector("[aria-live]"), {childList: true});
        }"""
    )
    editor.press("Shift+G", "Delete", "Delete")
    assert editor.page.evaluate("window.said") >= 2
    assert live(editor) == "Region deleted; Ctrl+Z brings it back"
