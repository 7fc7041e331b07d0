"""Names of recordings: only ever data, made safe to show, store and use in an archive, or refused."""

from __future__ import annotations

import unicodedata

from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid

MAX_LENGTH = 200
UNNAMED = "recording"
_OF_PATHS = ("/", "\\")


def safe_name(name: str) -> str:
    """The last part of a path without control characters, at most 200 characters, its suffix kept.

    Emoji and letters of every script stay; directories, drive letters, NUL and line breaks go.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if unicodedata.category(character)[0] == "C" else character for character in name)
    name = " ".join(name.split()).strip()
    if not name.strip(". "):
        return UNNAMED
    if len(name) <= MAX_LENGTH:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 10:
        return name[:MAX_LENGTH].rstrip()
    return f"{stem[: MAX_LENGTH - len(suffix) - 2].rstrip()}….{suffix}"[-MAX_LENGTH:]


def given_name(name: str) -> str:
    """The name that a person gives a recording. Raises `Invalid` where it is empty or has what parts a path.

    Exports name files after recordings, and imports find recordings by the last part of a path: of `AC/DC live.wav`
    only `DC live.wav` would be left in both.
    """
    if not one_line(name, "name").strip(". "):
        raise Invalid("A recording needs a name.", field="name")
    if any(sign in name for sign in _OF_PATHS):
        told = " and ".join(_OF_PATHS)
        raise Invalid(f"The name of a recording cannot have {told}: files of exports are called by it.", field="name")
    return safe_name(name)
