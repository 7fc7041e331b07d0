"""All that a screen says of a document and of suggestions, and the same of the database, in one form to compare."""

from __future__ import annotations

import math
import re
from typing import Any

from editor_tab import Editor
from real_labelbuddy import LABELS, TIERS

COLUMNS = ("Label", "Start", "Duration", "From Hz", "To Hz", "Text", "Mood", "State")
"""Of the grid; those of frequencies are there only where there are boxes."""
NAMES = {str(label["name"]).lower(): str(label["name"]) for label in LABELS}
SHOWN = """() => ({
  tags: [...document.querySelectorAll(".chips .chip:not(.suggested)")].map((chip) => chip.textContent).sort(),
  caption: document.querySelector("[aria-label='Caption of the clip']").value,
  beats: document.querySelector(".beat-figures").textContent,
  tiers: [...document.querySelectorAll(".palette.tiers button")].map((one) => one.textContent),
  open_tags: [...document.querySelectorAll(".chip.suggested:not(.dismissed)")].map((chip) => chip.textContent).sort(),
  sentence: document.querySelector(".suggestion-box:not([hidden])")?.textContent ?? "",
  rejected: [...document.querySelectorAll("button")].map((one) => one.textContent)
    .find((text) => text.startsWith("Rejected: ")) ?? "Rejected: 0",
})"""


def shown(editor: Editor) -> dict[str, Any]:
    """What the screen says; rejected suggestions must not be shown. Beats are counted: hundreds have no room there."""
    editor.page.add_style_tag(content=".table { height: 3000px !important }")
    which = editor.page.get_by_label("Which regions are listed")
    if which.locator("option", has_text="Only regions").count():
        which.select_option("Only regions")
        editor.page.locator(".lb-editor").focus()
    editor.press("Escape", "Escape", "Shift+G", "Escape")
    found = editor.page.evaluate(SHOWN)
    heads = [head.rstrip(" ▲▼↑↓") for head in editor.page.locator('[role="columnheader"]').all_text_contents()]
    places = [next((at for at, head in enumerate(heads) if head.startswith(name)), None) for name in COLUMNS]
    rows = [tuple("" if at is None else row[at] for at in places) for row in editor.cells()]
    return {
        "tags": [tag.lower() for tag in found["tags"]],
        "caption": found["caption"],
        "beats": (re.findall(r"(\d+) beat", found["beats"]) or ["0"])[-1],
        "tiers": [tier.rstrip("0123456789") for tier in found["tiers"]],  # without the count
        "rows": sorted(row[:-1] for row in rows if not row[-1].startswith("suggested")),
        "suggestions": {
            "rows": sorted(row[:-1] for row in rows if row[-1].startswith("suggested")),
            "tags": [tag.split(" ")[0].lower() for tag in found["open_tags"]],
            "caption": "".join(re.findall(r"sentence \d+", found["sentence"])[:1]),
            "rejected": int(found["rejected"].removeprefix("Rejected: ")),
        },
    }


def stored(document: dict[str, Any], predictions: list[dict[str, Any]]) -> dict[str, Any]:
    """The same of the database, as far as it is not a matter of writing."""
    beats = [point for point in document["points"] if point["kind"] == "beat"]
    instants = [point for point in document["points"] if point["kind"] != "beat"]
    tiers = sorted(document["tiers"], key=lambda one: (one["position"], one["name"]))
    listed = [tier["name"] for tier in tiers] or TIERS
    used = sorted({one["tier"] for one in [*document["regions"], *instants] if one.get("tier")})
    return {
        "tags": sorted(tag["label"] for tag in document["tags"]),
        "caption": (document["caption"] or {"text": ""})["text"],
        "beats": str(len(beats)),
        "tiers": list(dict.fromkeys([*listed, *used])),  # what only regions name comes last
        "rows": sorted([row_of(one) for one in document["regions"]] + [instant_of(one) for one in instants]),
        "suggestions": open_suggestions(document, predictions),
    }


def open_suggestions(document: dict[str, Any], predictions: list[dict[str, Any]]) -> dict[str, Any]:
    """What nobody has decided about, and how many items are rejected: an accepted item is one of the document."""
    origins = [one.get("origin") or {} for one in [*document["regions"], *document["points"]]]
    accepted = [one for one in origins if one.get("kind") == "model"]  # a copy is a person's, and says what it is of
    taken = {(one.get("prediction"), one.get("region")) for one in accepted}
    tagged = {tag["label"] for tag in document["tags"]}
    caption = document["caption"] or {"text": "", "origin": {}}
    rows: list[tuple[str, ...]] = []
    tags: list[str] = []
    captions: list[str] = []
    rejected = 0
    for prediction in predictions:
        decided = {item for item, decision in prediction["decisions"].items() if decision == "rejected"}
        suggestion = prediction["document"]
        for kind, describe in (("regions", row_of), ("points", instant_of)):
            for one in suggestion[kind]:
                if (prediction["id"], one["id"]) in taken:
                    continue
                if one["id"] in decided:
                    rejected += 1
                else:
                    rows.append(describe(one))
        for label in (tag["label"] for tag in suggestion["tags"] if tag["label"] not in tagged):
            if f"tag:{label}" in decided:
                rejected += 1
            else:
                tags.append(label)
        if "caption" in decided:
            rejected += 1
        elif (
            caption["text"] != suggestion["caption"]["text"] and caption["origin"].get("prediction") != prediction["id"]
        ):
            captions.append(suggestion["caption"]["text"])
    return {"rows": sorted(rows), "tags": sorted(tags), "caption": "".join(captions[:1]), "rejected": rejected}


def row_of(region: dict[str, Any]) -> tuple[str, ...]:
    band = (hertz(region.get("low")), hertz(region.get("high")))
    length = f"{region['end'] - region['start']:.3f}"
    about = (NAMES[region["label"]], clock(region["start"]), length)
    return (*about, *band, region.get("text") or "", mood_of(region))


def instant_of(point: dict[str, Any]) -> tuple[str, ...]:
    return NAMES[point["label"]], clock(point["time"]), "", "", "", "", mood_of(point)


def mood_of(item: dict[str, Any]) -> str:
    return item.get("attributes", {}).get("mood") or ""


def clock(seconds: float) -> str:
    """A time below a minute as the editor shows it, rounded as JavaScript rounds."""
    return f"0:{math.floor(seconds * 1000 + 0.5) / 1000:06.3f}"


def hertz(frequency: float | None) -> str:
    return "" if frequency is None else str(math.floor(frequency + 0.5))
