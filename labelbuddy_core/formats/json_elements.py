"""The elements of a list in a JSON object one after the other, so that a large file is never in memory as values."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from typing import Any

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.json_texts import not_json

_space = re.compile(r"[ \t\r\n]*").match
_decoder = json.JSONDecoder()


def elements(text: str, name: str) -> Iterator[Any]:
    """The elements of the list `name` of the object that `text` is.

    Raises `Invalid` that names the line where the text is no JSON, also after elements before it, and where the object
    has no such list.
    """
    at, found = _past(text, 0, "{"), False
    while not found or _next(text, at) != "}":
        if _next(text, at) == "}":
            raise Invalid(f"{name}: the list is missing.", field=name)
        key, at = _value(text, at)
        at = _past(text, at, ":")
        if key == name:
            if _next(text, at) != "[":
                raise Invalid(f"{name}: expected a list.", field=name)
            at, found = (yield from _listed(text, at)), True
        else:
            _, at = _value(text, at)
        if _next(text, at) != "}":
            at = _past(text, at, ",")


def _listed(text: str, at: int) -> Generator[Any, None, int]:
    at = _past(text, at, "[")
    while _next(text, at) != "]":
        value, at = _value(text, at)
        yield value
        if _next(text, at) != "]":
            at = _past(text, at, ",")
    return _past(text, at, "]")


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _decoder.raw_decode(text, _past_space(text, at))
    except json.JSONDecodeError as error:
        raise not_json(error) from None
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, lists in lists in lists
        raise _wrong(text, at, str(error)[:100]) from None


def _next(text: str, at: int) -> str:
    at = _past_space(text, at)
    return text[at : at + 1]


def _past(text: str, at: int, mark: str) -> int:
    at = _past_space(text, at)
    if text[at : at + 1] != mark:
        raise _wrong(text, at, f"expected {mark!r}")
    return at + 1


def _past_space(text: str, at: int) -> int:
    found = _space(text, at)
    assert found is not None
    return found.end()


def _wrong(text: str, at: int, says: str) -> Invalid:
    return not_json(json.JSONDecodeError(says, text, at))
