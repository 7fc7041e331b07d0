"""Attributes of recordings: what a list, the file's own tags or a person says about them, as names and texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from labelbuddy_core.errors import Invalid

STANDARD = ("title", "artist", "album", "date", "license")
"""Names that have a meaning of their own and are shown first."""

MAX_NAME, MAX_VALUE, MAX_COUNT = 60, 2000, 60


def attribute_name(text: str) -> str:
    """A name as it is kept: lower case, single spaces, no control characters; empty when nothing is left."""
    return _printable(text).lower()


def checked_attributes(given: Mapping[str, object]) -> dict[str, str]:
    """The attributes as they are kept; empty values are left out.

    Raises `Invalid` naming the attribute that is too long, or not a text.
    """
    kept: dict[str, str] = {}
    for name, value in given.items():
        known = attribute_name(name)
        if not known or len(known) > MAX_NAME:
            raise Invalid(f"The name of an attribute has 1 to {MAX_NAME} letters; {name[:80]!r} does not.", field=name)
        if value is None:
            continue
        if not isinstance(value, str | int | float):
            raise Invalid(f"The attribute {known!r} must be a text.", field=known)
        text = _printable(str(value))
        if len(text) > MAX_VALUE:
            raise Invalid(f"The attribute {known!r} is longer than {MAX_VALUE} letters; shorten it.", field=known)
        if text:
            kept[known] = text
    if len(kept) > MAX_COUNT:
        raise Invalid(f"A recording has at most {MAX_COUNT} attributes; these are {len(kept)}.", field="attributes")
    return kept


def search_text(name: str, attributes: Mapping[str, object]) -> str:
    """What a search for a recording looks through: its name and the values of its attributes, folded."""
    return "\n".join(folded(str(text)) for text in (name, *attributes.values()))


def search_words(query: str) -> list[str]:
    """The words that a recording must all have to be found."""
    return folded(query).split()


def folded(text: str) -> str:
    """Text without case and accents, so that "Dvorak" finds "Dvořák"."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in split if not unicodedata.combining(character))


def _printable(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(one)[0] == "C" else one for one in text).split())
