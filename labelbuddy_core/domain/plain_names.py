"""Names are one line of visible text: anything else breaks tables, files and terminals, and PostgreSQL keeps no NUL."""

from __future__ import annotations

import unicodedata

from labelbuddy_core.errors import Invalid

_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of a character, and separators of lines and paragraphs (categories of Unicode)."""


def one_line(name: str, field: str) -> str:
    """The name itself. Raises `Invalid` naming the field when there is a control character or a line break in it."""
    _refuse(name, field, allowed="")
    return name


def readable(text: str, field: str) -> str:
    """A longer text itself: lines and tabs may be in it, other control characters not. Raises `Invalid`."""
    _refuse(text, field, allowed="\n\r\t\u2028\u2029")
    return text


def visible(text: str) -> str:
    """A text for a message: a dot in place of every sign that would be refused in a name."""
    return text if text.isprintable() else "".join("·" if unicodedata.category(one) in _UNFIT else one for one in text)


def _refuse(text: str, field: str, *, allowed: str) -> None:
    for place, sign in enumerate(text, start=1):
        if sign not in allowed and unicodedata.category(sign) in _UNFIT:
            told = visible(text[:40])
            raise Invalid(
                f"{told!r} has a control character or a line break (U+{ord(sign):04X}, character {place}); remove it.",
                field=field,
            )
