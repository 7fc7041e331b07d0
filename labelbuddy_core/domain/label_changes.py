"""Changes of a label set that is in use: rename, recolor, move, deprecate, merge, split.

A change says how the label set looks afterwards, and which label every item has then (`Relabeling`). Renaming and
coloring touch no item: items hold ids. A merge takes labels out of the set; their items get the label merged into. A
split divides the items of a label by an answer or by their text; what no rule covers keeps the label and can be decided
by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from labelbuddy_core.domain.label_sets import complete, new_id, unused_color
from labelbuddy_core.domain.relabeling import Relabeling, SplitRule, spoken
from labelbuddy_core.errors import Invalid

KINDS: Final = ("rename", "recolor", "move", "deprecate", "merge", "split")
BY: Final = ("attribute", "text", "hand")
MAX_PARTS: Final = 100
"""Labels that a label is split into."""

Labels = list[dict[str, Any]]
"""A label set as JSON (`services.project_labels.labels_of`)."""


@dataclass(frozen=True)
class Planned:
    """What a change comes to: the label set after it, what becomes of items, and a sentence that tells it."""

    labels: Labels
    relabeling: Relabeling
    told: str
    created: tuple[str, ...] = ()
    """Ids of labels that the change adds."""
    notes: tuple[str, ...] = field(default=())
    """What to know before it is done."""


def plan(change: Mapping[str, Any], labels: Labels) -> Planned:
    """Check a change (plain JSON with its `kind`) and say what it comes to. Raises `Invalid` naming the member."""
    kind = str(change.get("kind") or "")
    if kind not in KINDS:
        raise Invalid(f"kind must be one of {', '.join(KINDS)}.", field="kind")
    unknown = sorted(set(change) - {"kind"} - _MEMBERS[kind])
    if unknown:
        raise Invalid(f"A change of kind {kind} has no {unknown[0]!r}.", field=unknown[0])
    planned = _PLANS[kind](change, [dict(label) for label in labels])
    complete(planned.labels)
    return planned


def _rename(change: Mapping[str, Any], labels: Labels) -> Planned:
    label = _named(change, "label", labels)
    was, label["name"] = label["name"], " ".join(str(change.get("name") or "").split())
    return Planned(labels, Relabeling(), f"“{was}” was renamed “{label['name']}”.")


def _recolor(change: Mapping[str, Any], labels: Labels) -> Planned:
    label = _named(change, "label", labels)
    label["color"] = str(change.get("color") or "")
    if not label["color"]:
        raise Invalid("Give a color of the form #RRGGBB.", field="color")
    return Planned(labels, Relabeling(), f"“{label['name']}” got the color {label['color']}.")


def _move(change: Mapping[str, Any], labels: Labels) -> Planned:
    """`parent` is the id of the label above, None for the top; with `before` it comes right before that label."""
    label = _named(change, "label", labels)
    parent = _named(change, "parent", labels) if change.get("parent") else None
    label["parent"] = parent["id"] if parent else None
    if change.get("before"):
        other = _named(change, "before", labels)
        if other is not label:
            labels.remove(label)
            labels.insert(labels.index(other), label)
    where = f"below “{parent['name']}”" if parent else "to the top"
    return Planned(labels, Relabeling(), f"“{label['name']}” was moved {where}.")


def _deprecate(change: Mapping[str, Any], labels: Labels) -> Planned:
    """Existing items keep a deprecated label; it is not given to others any more. `deprecated` False takes it back, but
    for the key, which may be another label's by now."""
    label = _named(change, "label", labels)
    label["deprecated"] = bool(change.get("deprecated", True))
    key = label["key"]
    if label["deprecated"]:
        label["key"] = None
        told = f"is not given any more{'' if key is None else f'; key {key} is free'}"
    else:
        told = f"can be given again{', without a key' if key is None else ''}"
    return Planned(labels, Relabeling(), f"“{label['name']}” {told}.")


def _merge(change: Mapping[str, Any], labels: Labels) -> Planned:
    into = _named(change, "into", labels)
    given = change.get("labels")
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise Invalid("Name the labels to merge.", field="labels")
    gone = [_found(str(one), labels, "labels") for one in dict.fromkeys(given)]
    if into in gone:
        raise Invalid(f"“{into['name']}” is merged into itself.", field="labels")
    names = {label["id"] for label in gone}
    notes = [note for label in gone for note in _joined_rules(into, label)]
    kept = [label for label in labels if label["id"] not in names]
    for label in kept:
        if label["parent"] in names:
            above = _above(into, labels)
            label["parent"] = _staying(label, labels, names) if label["id"] in above else into["id"]
    merged = {label["id"]: into["id"] for label in gone}
    listed = ", ".join(f"“{label['name']}”" for label in gone)
    verb = "was" if len(gone) == 1 else "were"
    told = f"{listed} {verb} merged into “{into['name']}”{_joined_keys(into, gone)}."
    return Planned(kept, Relabeling(merged=merged), told, notes=tuple(notes))


def _split(change: Mapping[str, Any], labels: Labels) -> Planned:
    """`into` goes from values of the answer (or text) to names of labels; by hand it is a list of names."""
    label = _named(change, "label", labels)
    by = str(change.get("by") or "attribute")
    if by not in BY:
        raise Invalid(f"by must be one of {', '.join(BY)}.", field="by")
    attribute = str(change.get("attribute") or "")
    if by == "attribute" and attribute not in {one["id"] for one in label["attributes"]}:
        raise Invalid(f"“{label['name']}” does not ask for {attribute!r}.", field="attribute")
    wanted = _parts(change.get("into"), by)
    by_name = {one["name"].casefold(): one["id"] for one in labels}
    taken = {one["id"] for one in labels}
    targets: dict[str, str] = {}
    made: Labels = []
    for name in dict.fromkeys(wanted.values()):
        found = by_name.get(name.casefold())
        if found is None:
            fresh = _part_of(label, name, new_id(name, taken), [*labels, *made])
            made.append(fresh)
            found = by_name[name.casefold()] = fresh["id"]
        targets[name] = found
    place = labels.index(label) + 1
    values = {value: targets[name] for value, name in wanted.items()} if by != "hand" else {}
    values = {value: target for value, target in values.items() if target != label["id"]}
    rule = SplitRule(label["id"], by, attribute, values, tuple(dict.fromkeys(targets.values())))
    listed = ", ".join(f"“{name}”" for name in targets)
    told = f"“{label['name']}” was split into {listed}{'' if by != 'hand' else ', by hand'}."
    after = [*labels[:place], *made, *labels[place:]]
    return Planned(after, Relabeling(split=rule), told, tuple(one["id"] for one in made))


_PLANS: Final[dict[str, Callable[[Mapping[str, Any], Labels], Planned]]] = {
    "rename": _rename,
    "recolor": _recolor,
    "move": _move,
    "deprecate": _deprecate,
    "merge": _merge,
    "split": _split,
}
_MEMBERS: Final[dict[str, set[str]]] = {
    "rename": {"label", "name"},
    "recolor": {"label", "color"},
    "move": {"label", "parent", "before"},
    "deprecate": {"label", "deprecated"},
    "merge": {"labels", "into"},
    "split": {"label", "by", "attribute", "into"},
}


def _named(change: Mapping[str, Any], member: str, labels: Labels) -> dict[str, Any]:
    return _found(str(change.get(member) or ""), labels, member)


def _found(label: str, labels: Labels, member: str) -> dict[str, Any]:
    for one in labels:
        if one["id"] == label:
            return one
    raise Invalid(f"The label {label!r} is not in this project's label set.", field=member)


def _parts(given: Any, by: str) -> dict[str, str]:
    """Value → name of the label it goes to; by hand the names stand for themselves."""
    if by == "hand":
        if not isinstance(given, Sequence) or isinstance(given, str):
            raise Invalid("into is a list of names of labels.", field="into")
        given = {str(name): name for name in given}
    if not isinstance(given, Mapping):
        raise Invalid("into goes from values to names of labels.", field="into")
    parts = {spoken(value): " ".join(str(name or "").split()) for value, name in given.items()}
    parts = {value: name for value, name in parts.items() if name}
    if not parts:
        raise Invalid("Name the labels to split into.", field="into")
    if len(parts) > MAX_PARTS:
        raise Invalid(f"A label is split into at most {MAX_PARTS} labels.", field="into")
    return parts


def _part_of(label: Mapping[str, Any], name: str, identity: str, present: Labels) -> dict[str, Any]:
    """A new label beside one, with its rules and questions, in a color of its own."""
    color = unused_color(one["color"] for one in present)
    return {**label, "id": identity, "name": name, "color": color, "key": None, "description": "", "deprecated": False}


def _above(label: Mapping[str, Any], labels: Labels) -> set[str]:
    """A label and all above it."""
    parents = {one["id"]: one["parent"] for one in labels}
    found: set[str] = set()
    at: str | None = label["id"]
    while at is not None and at not in found:
        found.add(at)
        at = parents.get(at)
    return found


def _staying(label: Mapping[str, Any], labels: Labels, gone: set[str]) -> str | None:
    """The nearest label above one that stays."""
    parents = {one["id"]: one["parent"] for one in labels}
    at = label["parent"]
    while at in gone:
        at = parents[at]
    return at


def _joined_keys(into: dict[str, Any], gone: Labels) -> str:
    """Let a label without a key take one of those that are merged into it; says what becomes of their keys."""
    free = [label["key"] for label in gone if label["key"] is not None]
    taken = ""
    if free and into["key"] is None and not into["deprecated"]:
        into["key"] = free.pop(0)
        taken = f", which takes key {into['key']}"
    if not free:
        return taken
    keys = f"key {free[0]} is" if len(free) == 1 else f"keys {', '.join(free)} are"
    return f"{taken}; {keys} free"


def _joined_rules(into: dict[str, Any], label: Mapping[str, Any]) -> list[str]:
    """Let a label ask what another one asks, so that no answer loses its question; says what does not fit."""
    notes: list[str] = []
    asked = {one["id"]: dict(one) for one in into["attributes"]}
    for one in label["attributes"]:
        present = asked.get(one["id"])
        if present is None:
            asked[one["id"]] = {**one, "required": False}
        elif present["kind"] != one["kind"]:
            notes.append(
                f"“{one['name']}” is asked in another way by “{into['name']}”: answers of “{label['name']}” stay as "
                "they are until somebody changes them."
            )
        else:
            present["choices"] = list(dict.fromkeys([*present["choices"], *one["choices"]]))
    into["attributes"] = list(asked.values())
    if into["vocabulary"] == label["vocabulary"] == "own":
        into["words"] = list(dict.fromkeys([*into["words"], *label["words"]]))
    elif into["vocabulary"] not in ("free", label["vocabulary"]):
        notes.append(f"Texts of “{label['name']}” may not be words of “{into['name']}”; they stay until changed.")
    if into["overlap"] != "allow":
        notes.append(f"“{into['name']}” forbids overlaps: regions that overlap after the merge stay until moved.")
    return notes


def taken_back(present: Labels, before: Labels, after: Labels) -> tuple[Labels, list[str]]:
    """The label set without a change that led from `before` to `after`, and what stands in the way.

    Only what the change touched goes back; what was done to other labels since stays.
    """
    was, became = ({label["id"]: label for label in one} for one in (before, after))
    now = {label["id"]: label for label in present}
    touched = [one for one in dict.fromkeys([*was, *became]) if was.get(one) != became.get(one)]
    problems = [
        f"The label “{(now.get(one) or became.get(one) or was[one])['name']}” was changed since."
        for one in touched
        if now.get(one) != became.get(one)
    ]
    if problems:
        return present, problems
    labels = _put_back(present, before, after, set(touched))
    if shared := _shared_keys(labels, set(touched)):
        return present, shared
    try:
        complete(labels)
    except Invalid as error:
        return present, [f"The label set was changed since: {error.detail}"]
    return labels, []


def _put_back(present: Labels, before: Labels, after: Labels, touched: set[str]) -> Labels:
    """The present label set with the labels that a change touched as they were before it."""
    was = {label["id"]: label for label in before}
    now = {label["id"]: label for label in present}
    if list(now) == [label["id"] for label in after]:  # nobody added, took away or moved others: all stands as it stood
        return [dict(was[one] if one in touched else now[one]) for one in was]
    labels = [dict(was.get(one["id"], one) if one["id"] in touched else one) for one in present]
    labels = [one for one in labels if one["id"] in was or one["id"] not in touched]
    for number, label in enumerate(before):
        places = {one["id"]: place for place, one in enumerate(labels)}
        if label["id"] in touched and label["id"] not in places:
            behind = max((places[one["id"]] + 1 for one in before[:number] if one["id"] in places), default=0)
            labels.insert(behind, dict(label))
    return labels


def _shared_keys(labels: Labels, touched: set[str]) -> list[str]:
    """Labels that got the key since which one that goes back had, each with what to do."""
    had = {label["key"]: label["name"] for label in labels if label["key"] and label["id"] in touched}
    return [
        f"“{had[label['key']]}” and “{label['name']}” would both have the key {label['key']}: give “{label['name']}” "
        "another key first."
        for label in labels
        if label["key"] in had and label["id"] not in touched
    ]
