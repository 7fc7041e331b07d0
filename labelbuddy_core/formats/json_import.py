"""Our own JSON read again: every annotation of every task, one task in memory at a time (see `json_export`).

Reviews and the ground truth beside the annotations are not read: they are decisions about annotations of the project
that they were made in.
"""

from __future__ import annotations

from collections.abc import Iterator

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.json_elements import elements
from labelbuddy_core.formats.marks import Marked
from labelbuddy_core.formats.own_documents import marked_of
from labelbuddy_core.formats.rows import Refuse, Refusing, decoded, raising


def read(data: bytes, name: str, refuse: Refuse = raising) -> Iterator[Marked]:
    """What every annotation says. What is wrong is `Invalid` that names task, annotation and field, for `refuse`.

    Raises `Invalid` where the file is no JSON, also after what came before.
    """
    for position, entry in enumerate(elements(decoded(data), "tasks")):
        where = f"tasks[{position}]"
        with Refusing(refuse):
            if not isinstance(entry, dict) or not isinstance(entry.get("annotations"), list):
                raise Invalid(f"{where}, annotations: expected a list.", field="annotations")
            for number, one in enumerate(entry["annotations"]):
                with Refusing(refuse):
                    place = f"{where}.annotations[{number}]"
                    yield marked_of(one, entry.get("task"), entry.get("recording"), place, refuse)
