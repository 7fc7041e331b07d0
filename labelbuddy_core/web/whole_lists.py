"""Lists that services give as a whole: routes answer them in pages where a page is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends

from labelbuddy_core.services.pages_of_results import part_of


@dataclass(frozen=True)
class _Paging:
    """Which part of a list is wanted; without a limit, all of it."""

    limit: int | None = None
    cursor: str | None = None

    def of(self, items: Sequence[Any]) -> dict[str, Any]:
        """That part, as lists are answered. Raises `Invalid` for a wrong limit or cursor."""
        return part_of(items, limit=self.limit, cursor=self.cursor).as_json()


Paging = Annotated[_Paging, Depends()]
