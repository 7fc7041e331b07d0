"""Names of uploaded files: only ever data, made safe to show, store and use in an archive."""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 200
UNNAMED = "recording"


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
