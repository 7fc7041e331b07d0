"""Edits of a label set that was opened a while ago, put together with what others changed in it since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelbuddy_core.domain.label_sets import parse_label

Labels = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class LabelEdit:
    """The label set with the edits in it, and in sentences what cannot be put together."""

    labels: list[dict[str, Any]]
    changed: bool
    clashes: tuple[str, ...] = ()


def merge_edit(opened: Labels, edited: Labels, present: Labels) -> LabelEdit:
    """What somebody edited in the set as they `opened` it, applied to the set as it is at `present`.

    Labels go by their ids; those without one are new. Raises `Invalid` for a label that is wrong in itself.
    """
    before = {str(label["id"]): label for label in opened}
    now = {str(label["id"]): label for label in present}
    kept = {str(label["id"]): label for label in edited if label.get("id")}
    added = [dict(label) for label in edited if not label.get("id")]
    gone = [one for one in before if one not in kept]
    wanted = {one: _differences(before[one], label) for one, label in kept.items() if one in before}
    wanted = {one: fields for one, fields in wanted.items() if fields}
    clashes = [*_removed(gone, before, now), *_changed(wanted, before, now), *_added(added, before, now)]
    labels = [{**label, **wanted.get(one, {})} for one, label in now.items() if one not in gone]
    return LabelEdit([*labels, *added], bool(wanted or added or any(one in now for one in gone)), tuple(clashes))


def _removed(gone: list[str], before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [
        f"“{before[one]['name']}”, which you removed, was changed by somebody."
        for one in gone
        if one in now and _differences(before[one], now[one])
    ]


def _changed(wanted: Mapping[str, dict[str, Any]], before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    clashes = []
    for one, fields in wanted.items():
        name = before[one]["name"]
        if one not in now:
            clashes.append(f"“{name}”, which you changed, was removed by somebody.")
            continue
        theirs = _differences(before[one], now[one])
        both = [field for field in fields if field in theirs and theirs[field] != fields[field]]
        if both:
            clashes.append(f"“{name}” was changed by somebody too ({', '.join(both)}).")
    return clashes


def _added(added: list[dict[str, Any]], before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    theirs = {str(label["name"]).casefold() for one, label in now.items() if one not in before}
    return [
        f"“{label['name']}” was added by somebody too."
        for label in added
        if str(label.get("name") or "").strip().casefold() in theirs
    ]


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a label that are others now, with what they are."""
    was, is_now = _fields(before), _fields(after)
    return {field: value for field, value in is_now.items() if value != was[field]}


def _fields(label: Mapping[str, Any]) -> dict[str, Any]:
    parsed = parse_label(dict(label))
    return {
        "name": parsed.name,
        "color": parsed.color.upper(),
        "key": parsed.key,
        "parent": parsed.parent,
        "description": parsed.description,
        "deprecated": parsed.deprecated,
        **parsed.rules.as_json(),
    }
