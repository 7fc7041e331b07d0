"""Label sets: the labels of a project, with ids that survive renaming, colors and keys."""

from __future__ import annotations

import colorsys
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Final

from labelbuddy_core.domain.label_rules import LabelRules, parse_rules
from labelbuddy_core.domain.plain_names import one_line, readable
from labelbuddy_core.errors import Invalid

OKABE_ITO: Final = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#F0E442", "#7F7F7F")
"""Colors that people with color blindness tell apart (Okabe & Ito, 2008, "Color universal design")."""

KEYS: Final = tuple("123456789")
MAX_LABELS: Final = 10_000
_GOLDEN: Final = 0.618034
_COLOR = re.compile(r"^#[0-9A-Fa-f]{6}$")


@dataclass(frozen=True)
class Label:
    """One label. `parent` is the id of another label, `key` a single character that picks it in the editor."""

    id: str
    name: str
    color: str
    key: str | None = None
    parent: str | None = None
    description: str = ""
    rules: LabelRules = field(default_factory=LabelRules)
    deprecated: bool = False
    """What has it keeps it; nothing else gets it any more."""


def slug(name: str) -> str:
    """A stable id from a name: lower case words joined by hyphens; letters of every script are kept."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[^\w]+", "-", plain).strip("-_")[:60] or "label"


def complete(labels: Iterable[dict[str, object]], *, standing: Collection[str] = ()) -> tuple[Label, ...]:
    """A full label set from what a person entered: missing ids, colors and keys are filled in, parents are found by
    their names too.

    `standing` are the ids of labels that people work with already. One without a key stays so: a key that became free
    would mark another label than those who know it by heart expect.

    Raises `Invalid` for missing or repeated names, bad colors, keys used twice, unknown parents and circles.
    """
    given = list(labels)
    if len(given) > MAX_LABELS:
        raise Invalid(f"A label set holds at most {MAX_LABELS} labels.", field="labels")
    made: list[Label] = []
    taken: set[str] = {str(entry["id"]) for entry in given if entry.get("id")}
    for position, entry in enumerate(given):
        made.append(_label(entry, position, taken))
    made = _with_parents(made)
    _check(made)
    known = {place for place, entry in enumerate(given) if entry.get("id") in standing}
    return tuple(_with_keys(made, known))


def parse_label(entry: dict[str, object]) -> Label:
    """One label as a person entered it, by itself. Raises `Invalid` naming what is wrong."""
    return _label(entry, 0, set())


def _label(entry: dict[str, object], position: int, taken: set[str]) -> Label:
    where = f"labels.{position}"
    name = str(entry.get("name") or "").strip()
    if not name:
        raise Invalid("A label needs a name.", field=f"{where}.name")
    one_line(name, f"{where}.name")
    if len(name) > 80:
        raise Invalid(f"The label name {name[:30]!r}… is longer than 80 characters.", field=f"{where}.name")
    color = str(entry.get("color") or "") or OKABE_ITO[position % len(OKABE_ITO)]
    if not _COLOR.match(color):
        raise Invalid(f"The color {color!r} of {name!r} is not of the form #RRGGBB.", field=f"{where}.color")
    key = one_line(str(entry.get("key") or ""), f"{where}.key") or None
    if key is not None and len(key) != 1:
        raise Invalid(f"The key {key!r} of {name!r} is not a single character.", field=f"{where}.key")
    parent = str(entry.get("parent") or "") or None
    given_id = one_line(str(entry.get("id") or ""), f"{where}.id")
    rules = parse_rules(entry, where)
    description = readable(str(entry.get("description") or ""), f"{where}.description")
    deprecated = bool(entry.get("deprecated"))
    return Label(given_id or new_id(name, taken), name, color, key, parent, description, rules, deprecated)


def unused_color(used: Iterable[str]) -> str:
    """A color that no label has: of those that are told apart best, else of hues far from each other."""
    taken = {color.upper() for color in used}
    return next(color for color in chain(OKABE_ITO, _hues()) if color not in taken)


def _hues() -> Iterator[str]:
    """Colors without end, each a golden section of the circle of hues after the one before."""
    for number in count():
        lightness = 0.4 + 0.05 * (number // 20 % 5)
        parts = colorsys.hls_to_rgb(number * _GOLDEN % 1.0, lightness, 0.6)
        yield "#" + "".join(f"{round(255 * part):02X}" for part in parts)


def new_id(name: str, taken: set[str]) -> str:
    """An id for a label of this name that is not `taken`; it is then."""
    wanted = slug(name)
    candidate, number = wanted, 2
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    taken.add(candidate)
    return candidate


def _check(labels: Sequence[Label]) -> None:
    by_id = {label.id: label for label in labels}
    if len(by_id) != len(labels):
        raise Invalid("Two labels have the same id.", field="labels")
    names: set[str] = set()
    keys: set[str] = set()
    for position, label in enumerate(labels):
        if label.name.casefold() in names:
            raise Invalid(f"The label {label.name!r} appears twice.", field=f"labels.{position}.name")
        names.add(label.name.casefold())
        if label.key is not None and label.key in keys:
            raise Invalid(f"The key {label.key!r} picks two labels.", field=f"labels.{position}.key")
        keys.add(label.key or "")
        ancestors: list[str] = []
        at = label
        while at.parent is not None:
            if at.parent not in by_id:
                raise Invalid(
                    f"The parent {at.parent!r} of {at.name!r} is not in the set.", field=f"labels.{position}.parent"
                )
            if at.parent in ancestors or at.parent == label.id:
                way = " below ".join(f"“{by_id[one].name}”" for one in [label.id, *ancestors, at.parent])
                raise Invalid(
                    f"No label can be below itself: {way}. Choose another parent.", field=f"labels.{position}.parent"
                )
            ancestors.append(at.parent)
            at = by_id[at.parent]


def _with_parents(labels: Sequence[Label]) -> list[Label]:
    """Parents that are named instead of given by their ids."""
    ids = {label.id for label in labels}
    by_name = {label.name.casefold(): label.id for label in labels}
    return [
        replace(label, parent=by_name.get(label.parent.strip().casefold(), label.parent))
        if label.parent is not None and label.parent not in ids
        else label
        for label in labels
    ]


def _with_keys(labels: Sequence[Label], known: Collection[int]) -> list[Label]:
    """A free key for each label without one, but for those in the places that are `known`."""
    free = [key for key in KEYS if key not in {label.key for label in labels}]
    return [
        replace(label, key=free.pop(0))
        if label.key is None and free and not label.deprecated and place not in known
        else label
        for place, label in enumerate(labels)
    ]
