"""Our own JSON Lines read again, an annotation a line (see `jsonl_export`)."""

from __future__ import annotations

from collections.abc import Iterator

from labelbuddy_core.formats.json_lines import objects
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.own_documents import marked_of
from labelbuddy_core.formats.rows import Refuse, Refusing, raising


def read(data: bytes, name: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What every annotation says, a line in memory at a time; what is wrong in a line goes to `refuse`."""
    for number, row in objects(data, refuse):
        with Refusing(refuse):
            yield marked_of(row, row.get("task"), row.get("recording"), f"Line {number}", refuse)
