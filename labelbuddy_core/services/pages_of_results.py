"""Paged lists: a `limit` and an opaque `cursor` (the sort key of the last row seen)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from labelbuddy_core.errors import Invalid

MAX_LIMIT = 1000
DEFAULT_LIMIT = 50

Row = TypeVar("Row")


@dataclass
class Results:
    """One page of a list, and the cursor of the next one (None at the end)."""

    items: list[Any] = field(default_factory=list)
    next_cursor: str | None = None
    total: int | None = None

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"items": self.items, "next_cursor": self.next_cursor}
        return answer if self.total is None else {**answer, "total": self.total}


def one_page(
    session: Session,
    query: Select[Row],
    key: InstrumentedAttribute[int],
    *,
    limit: int | None,
    cursor: str | None,
    newest_first: bool = True,
) -> tuple[list[Row], str | None]:
    """A page of a list in the order of `key`, a number that no two rows share, and the cursor of the next page.

    Raises `Invalid` for a wrong limit or cursor.
    """
    size = checked_limit(limit)
    if cursor:
        (last,) = read_cursor(cursor, int)
        query = query.where(key < last if newest_first else key > last)
    rows = list(session.scalars(query.order_by(key.desc() if newest_first else key).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    return rows, cursor_of(getattr(rows[-1], key.key)) if more else None


def part_of(items: Sequence[Any], *, limit: int | None, cursor: str | None) -> Results:
    """A page of a list that is known as a whole, in its own order; without a limit, all that follows the cursor.

    Raises `Invalid` for a wrong limit or cursor.
    """
    at = read_cursor(cursor, int)[0] if cursor else 0
    stop = len(items) if limit is None else max(at, 0) + checked_limit(limit)
    return Results(list(items[max(at, 0) : stop]), cursor_of(stop) if stop < len(items) else None)


def checked_limit(limit: int | None) -> int:
    """The number of rows to return; raises `Invalid` outside 1 … 1000."""
    if limit is None:
        return DEFAULT_LIMIT
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"limit must be from 1 to {MAX_LIMIT}.", field="limit")
    return limit


def cursor_of(*key: Any) -> str:
    """The cursor that continues after a row with this sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).decode().rstrip("=")


def read_cursor(cursor: str, *types: type) -> list[Any]:
    """The sort key in a cursor, of these types; raises `Invalid` for anything we did not make."""
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, list) or len(key) != len(types) or not all(map(_fits, key, types)):
        raise Invalid("This cursor is not one that a list returned.", field="cursor")
    return key


def _fits(part: Any, wanted: type) -> bool:
    return type(part) is wanted and (wanted is not int or abs(part) < 2**63)
