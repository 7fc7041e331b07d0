"""Rules of a label about its regions: overlaps, the shortest one, the vocabulary of their text, and what is asked.

The editor keeps to the rules while it is used, and every save is held to them (`domain.region_rules`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid

OVERLAPS: Final = ("allow", "forbid", "trim")
"""`forbid` refuses a region that overlaps another of its label; with `trim` the editor cuts it to what is free."""
VOCABULARIES: Final = ("free", "harte", "salami", "own")
"""Text of regions: anything; chords (Harte et al., ISMIR 2005); sections of SALAMI (Smith et al., ISMIR 2011); one of
the label's own `words`."""
KINDS: Final = ("choice", "number", "rating", "text", "yes-no")
MAX_ATTRIBUTES: Final = 32
MAX_CHOICES: Final = 200
MAX_WORDS: Final = 500
MAX_SHORTEST: Final = 3600.0
MAX_NAME: Final = 80


@dataclass(frozen=True)
class Attribute:
    """Something asked about every region of a label; a rating goes from 1 to 5."""

    id: str
    name: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "choices": list(self.choices),
            "required": self.required,
        }


@dataclass(frozen=True)
class LabelRules:
    """`shortest` is in seconds; 0 leaves it to the editor. `words` are those of the vocabulary `own`."""

    overlap: str = "allow"
    shortest: float = 0.0
    vocabulary: str = "free"
    attributes: tuple[Attribute, ...] = ()
    words: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "overlap": self.overlap,
            "shortest": self.shortest,
            "vocabulary": self.vocabulary,
            "words": list(self.words),
            "attributes": [attribute.as_json() for attribute in self.attributes],
        }


def parse_rules(entry: Mapping[str, Any], field: str) -> LabelRules:
    """The rules in a label that a person entered; what is missing is as usual. Raises `Invalid` naming the member."""
    overlap = str(entry.get("overlap") or "allow")
    if overlap not in OVERLAPS:
        raise Invalid(f"overlap must be one of {', '.join(OVERLAPS)}.", field=f"{field}.overlap")
    vocabulary = str(entry.get("vocabulary") or "free")
    if vocabulary not in VOCABULARIES:
        raise Invalid(f"vocabulary must be one of {', '.join(VOCABULARIES)}.", field=f"{field}.vocabulary")
    attributes = entry.get("attributes") or []
    if not isinstance(attributes, Sequence) or len(attributes) > MAX_ATTRIBUTES:
        raise Invalid(f"A label asks for at most {MAX_ATTRIBUTES} attributes.", field=f"{field}.attributes")
    made = tuple(_attribute(one, f"{field}.attributes.{place}") for place, one in enumerate(attributes))
    if len({attribute.id for attribute in made}) != len(made):
        raise Invalid("Two attributes have the same id.", field=f"{field}.attributes")
    shortest = _shortest(entry.get("shortest") or 0.0, f"{field}.shortest")
    return LabelRules(overlap, shortest, vocabulary, made, _words(entry.get("words"), vocabulary, f"{field}.words"))


def _words(given: Any, vocabulary: str, field: str) -> tuple[str, ...]:
    if given is not None and (isinstance(given, str) or not isinstance(given, Sequence)):
        raise Invalid("words is a list of texts.", field=field)
    words = tuple(dict.fromkeys(one_line(word, field) for one in given or () if (word := str(one).strip())))
    if vocabulary != "own":
        if words:
            raise Invalid("A label has words of its own where its vocabulary is own.", field=field)
        return ()
    if not words:
        raise Invalid("Name the words that a text may be, or let the vocabulary be free.", field=field)
    if len(words) > MAX_WORDS or max(map(len, words)) > MAX_NAME:
        raise Invalid(f"At most {MAX_WORDS} words of at most {MAX_NAME} characters each.", field=field)
    return words


def _shortest(given: Any, field: str) -> float:
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        seconds = math.nan
    if not 0.0 <= seconds <= MAX_SHORTEST:
        raise Invalid(f"The shortest region is from 0 to {MAX_SHORTEST:g} s.", field=field)
    return seconds


def _attribute(entry: Mapping[str, Any], field: str) -> Attribute:
    name = one_line(str(entry.get("name") or "").strip(), f"{field}.name")
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"An attribute needs a name of 1 to {MAX_NAME} characters.", field=f"{field}.name")
    kind = str(entry.get("kind") or "text")
    if kind not in KINDS:
        raise Invalid(f"kind must be one of {', '.join(KINDS)}.", field=f"{field}.kind")
    given = (str(choice).strip() for choice in entry.get("choices") or ())
    choices = tuple(dict.fromkeys(one_line(choice, f"{field}.choices") for choice in given if choice))
    if len(choices) > MAX_CHOICES:
        raise Invalid(f"At most {MAX_CHOICES} choices.", field=f"{field}.choices")
    if kind == "choice" and len(choices) < 2:
        raise Invalid(f"{name!r} needs at least two choices.", field=f"{field}.choices")
    return Attribute(
        one_line(str(entry.get("id") or name), f"{field}.id"), name, kind, choices, bool(entry.get("required"))
    )
