"""Texts that should be JSON, and what is said of those that are none: where they break, or that they end early."""

from __future__ import annotations

import json
from typing import Any

from labelbuddy_core.errors import Invalid

_WORDS = ("true", "false", "null", "-", "NaN", "Infinity")


def parsed(text: str) -> Any:
    """What a JSON file says. Raises `Invalid` that names line and column, or says that the file ends early."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise not_json(error) from None
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, lists in lists in lists
        raise Invalid(f"This is not JSON that can be read ({str(error)[:100]}).", field="file") from None


def not_json(error: json.JSONDecodeError) -> Invalid:
    """The problem of a file."""
    if not error.doc.strip():
        return Invalid("The file is empty.", field="file", line=1)
    if ends_early(error):
        line = error.doc.rstrip().count("\n") + 1
        return Invalid(f"Line {line}: the file ends early, in the middle of its JSON.", field="file", line=line)
    where = f"Line {error.lineno}, column {error.colno}"
    return Invalid(f"{where}: this is not JSON ({_says(error)}).", field="file", line=error.lineno)


def reason(error: json.JSONDecodeError) -> str:
    """What is wrong with a line of JSON Lines."""
    return "the line ends early" if ends_early(error) else f"column {error.colno}: {_says(error)}"


def ends_early(error: json.JSONDecodeError) -> bool:
    """Whether there is nothing wrong with a text but that it goes no further."""
    rest = error.doc[error.pos :].strip()
    return not rest or error.msg.startswith("Unterminated string") or any(word.startswith(rest) for word in _WORDS)


def _says(error: json.JSONDecodeError) -> str:
    found = error.doc[error.pos : error.pos + 20].split("\n", 1)[0].strip()
    return f"{error.msg}, found {found!r}" if found else error.msg
