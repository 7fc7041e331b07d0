"""Which label an item has after a change of the label set, and what that makes of the items of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str]
"""(collection, key of the item)."""
Items = dict[Key, dict[str, Any]]
_TAGS = "tags"


@dataclass(frozen=True)
class SplitRule:
    """Items of `label` go to `values[answer]`; `by` is attribute, text or hand. `targets` are what it is split into."""

    label: str
    by: str
    attribute: str
    values: Mapping[str, str]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Relabeling:
    """`merged` goes from labels that are gone to those that their items get."""

    merged: Mapping[str, str] = field(default_factory=dict)
    split: SplitRule | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The labels whose items may get another one."""
        if self.split is not None:
            return (self.split.label,) if self.split.values else ()
        return tuple(self.merged)

    def label_of(self, item: Mapping[str, Any]) -> str | None:
        """The label of an item (plain JSON) after the change."""
        label: str | None = item.get("label")
        if label is not None and label in self.merged:
            return self.merged[label]
        if self.split is None or label != self.split.label or label is None:
            return label
        return self.split.values.get(_answer(item, self.split), label)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        rule = self.split
        split = None
        if rule is not None:
            split = {
                "label": rule.label,
                "by": rule.by,
                "attribute": rule.attribute,
                "values": dict(rule.values),
                "targets": list(rule.targets),
            }
        return {"merged": dict(self.merged), "split": split}


def relabeling_from(kept: Mapping[str, Any]) -> Relabeling:
    """The relabeling that was kept with `as_json`."""
    split = kept.get("split")
    rule = None
    if split:
        rule = SplitRule(
            split["label"], split["by"], split["attribute"], dict(split["values"]), tuple(split["targets"])
        )
    return Relabeling(dict(kept.get("merged") or {}), rule)


def spoken(value: Any) -> str:
    """An answer as people write it, to be compared: “yes”, “3”, “big dog”."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    return " ".join(str(value if value is not None else "").split()).casefold()


def relabeled(items: Items, relabeling: Relabeling) -> tuple[list[Key], Items]:
    """What a change makes of items: the keys of those that go, and those to put.

    Only tags go: they are named by their label. Of two tags that become one, that with the higher score stays, and one
    without a score (a person's own) before all others.
    """
    gone: list[Key] = []
    put: Items = {}
    for (collection, key), value in items.items():
        label = relabeling.label_of(value)
        if label is None or label == value.get("label"):
            continue
        changed = {**value, "label": label}
        if collection != _TAGS:
            put[collection, key] = changed
            continue
        gone.append((collection, key))
        rival = put.get((_TAGS, label)) or items.get((_TAGS, label))
        if rival is None or _weight(changed) > _weight(rival):
            put[_TAGS, label] = changed
    return gone, put


def relabeled_document(document: Mapping[str, Any], relabeling: Relabeling) -> dict[str, Any]:
    """A document (plain JSON) with the labels that its items have after the change."""
    items: Items = {
        (collection, one["label"] if collection == _TAGS else one["id"]): one
        for collection in ("regions", "points", _TAGS)
        for one in document.get(collection) or ()
    }
    gone, put = relabeled(items, relabeling)
    if not put and not gone:
        return dict(document)
    after = {key: value for key, value in items.items() if key not in gone} | put
    lists = {
        name: [value for (where, _), value in after.items() if where == name] for name in ("regions", "points", _TAGS)
    }
    lists[_TAGS].sort(key=lambda tag: tag["label"])
    return {**document, **lists}


def _answer(item: Mapping[str, Any], rule: SplitRule) -> str:
    if rule.by == "text":
        return spoken(item.get("text"))
    return spoken((item.get("attributes") or {}).get(rule.attribute))


def _weight(tag: Mapping[str, Any]) -> float:
    score = tag.get("score")
    return 2.0 if score is None else float(score)
