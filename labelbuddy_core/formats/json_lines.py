"""The lines of JSON Lines with their numbers, from bytes and one at a time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from labelbuddy_core.formats.json_texts import reason
from labelbuddy_core.formats.rows import Refuse, Refusing, decoded, wrong

_BEGINS = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*\{")
"""An object in UTF-8 or UTF-16, where NUL is half of a sign."""


def is_json_lines(data: bytes) -> bool:
    """Whether a file begins as `objects` reads it, and not as a table."""
    return _BEGINS.match(data) is not None


def objects(data: bytes, refuse: Refuse) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, object) of every line that says something; lines that are no objects go to `refuse`."""
    for number, line in enumerate(io.BytesIO(_in_utf_8(data)), start=1):
        if line.isspace():
            continue
        with Refusing(refuse):
            yield number, _object(line, number)


def beginning(data: bytes, count: int, size: int) -> bytes:
    """The first lines that say something, at most `count`, of those that begin within `size` bytes; whole lines."""
    stream, found = io.BytesIO(_in_utf_8(data)), list[bytes]()
    while len(found) < count and stream.tell() < size and (line := stream.readline()):
        if not line.isspace():
            found.append(line)
    return b"".join(found)


def _in_utf_8(data: bytes) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decoded(data).encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        value = _as_others_write_it(line, number)
    if not isinstance(value, dict):
        raise wrong(number, "row", "expected an object")
    return value


def _as_others_write_it(line: bytes, number: int) -> Any:
    """Python writes NaN, too, which is no JSON: the items with it are refused later, not the whole line."""
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False).encode()  # fails for halves of characters, which nothing can keep
        return value
    except json.JSONDecodeError as error:
        raise wrong(number, "row", f"this is not JSON ({reason(error)})") from None
    except (ValueError, RecursionError) as error:
        raise wrong(number, "row", f"this is not JSON ({str(error)[:100]})") from None
