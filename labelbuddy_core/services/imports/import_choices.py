"""What a manager chooses about an import of annotations: labels, authors, and what the annotations count as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.clip_table import ROWS
from labelbuddy_core.formats.encodings import ENCODINGS, UTF_8
from labelbuddy_core.formats.import_formats import TITLES
from labelbuddy_core.formats.table import FIELDS

KEPT = "kept"
STATES = ("submitted", "approved", "draft", KEPT)
CONTENTS = ("labels", "texts")
MAX_NAME = 80
"""Characters of a label's name."""
OUTSIDE = "@outside"
"""Ends the usernames of people without an account; nobody else's can have it."""
UNNAMED = "imported"
"""Who annotated where the files do not say, unless somebody is chosen."""


@dataclass(frozen=True)
class ImportChoices:
    """`labels`: name in the files → id of a label of the project, None to leave it out; others are found or made.

    `new_labels`: name in the files → name of a label to be made, also where one of the project would fit.
    `authors`: name in the files → username of a member, `OUTSIDE` to keep them by name though a member fits, None to
    leave them out; others are found, or kept by name.
    `author`: who annotated where files do not say. `state`: what annotations count as; "kept" for what files of
    ours say, else handed in. `contents`: whether the words of marks on tiers are labels, or texts with the
    tier as label. `format`: of all files, None to tell each by itself.
    """

    labels: Mapping[str, str | None] = field(default_factory=dict)
    new_labels: Mapping[str, str] = field(default_factory=dict)
    authors: Mapping[str, str | None] = field(default_factory=dict)
    author: str = UNNAMED
    state: str = "submitted"
    contents: str = "labels"
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """Of tables: the column of each field of `formats.table`, "" for none; others are told by their names."""
    rows: str | None = None
    """Of tables: what a row is (`formats.clip_table`), None to tell it by the columns."""
    tag_columns: Sequence[str] = ()
    """Of tables with a column a tag: those columns, none to tell them by what is in them."""
    encoding: str = UTF_8
    """Of text files that are not UTF-8 and have no byte order mark: see `formats.encodings`."""

    @property
    def state_else(self) -> AnnotationState:
        """What annotations count as of which the files do not say it, or are not asked."""
        return AnnotationState.SUBMITTED if self.state == KEPT else AnnotationState(self.state)

    def as_json(self) -> dict[str, Any]:
        """As kept with the import."""
        return {**asdict(self), "tag_columns": list(self.tag_columns)}


def parse_choices(given: Mapping[str, Any]) -> ImportChoices:
    """Checked choices. Raises `Invalid` that names the field."""
    unknown = set(given) - set(ImportChoices.__dataclass_fields__)
    if unknown:
        raise Invalid(f"Unknown choice {min(unknown)!r}.", field=min(unknown))
    for name in ("labels", "authors"):
        chosen = given.get(name, {})
        if not isinstance(chosen, Mapping) or not all(one is None or isinstance(one, str) for one in chosen.values()):
            raise Invalid(f"{name} must be an object of names and ids, or null to leave out.", field=name)
    state, contents, form = given.get("state", "submitted"), given.get("contents", "labels"), given.get("format")
    _require(state in STATES, "state", STATES)
    _require(contents in CONTENTS, "contents", CONTENTS)
    _require(form is None or form in TITLES, "format", tuple(TITLES))
    columns = given.get("columns", {})
    if not isinstance(columns, Mapping) or not all(isinstance(one, str) for one in columns.values()):
        raise Invalid("columns must be an object of fields and names of columns.", field="columns")
    for name in columns:
        _require(name in FIELDS, "columns", tuple(FIELDS))
    rows, tag_columns = given.get("rows"), given.get("tag_columns") or []
    _require(rows is None or rows in ROWS, "rows", ROWS)
    if not isinstance(tag_columns, list | tuple) or not all(isinstance(one, str) for one in tag_columns):
        raise Invalid("tag_columns must be a list of names of columns.", field="tag_columns")
    encoding = given.get("encoding") or UTF_8
    _require(encoding in tuple(ENCODINGS), "encoding", tuple(ENCODINGS))
    author = one_line(" ".join(str(given.get("author") or UNNAMED).split()), "author")
    if len(author) > 120:
        raise Invalid("A name has at most 120 characters.", field="author")
    labels, authors = dict(given.get("labels", {})), dict(given.get("authors", {}))
    new_labels = _new_labels(given.get("new_labels", {}), labels)
    return ImportChoices(
        labels, new_labels, authors, author, state, contents, form, dict(columns), rows, tuple(tag_columns), encoding
    )


def _new_labels(given: Any, labels: Mapping[str, str | None]) -> dict[str, str]:
    if not isinstance(given, Mapping) or not all(isinstance(one, str) for one in given.values()):
        raise Invalid("new_labels must be an object of names in the files and names of new labels.", field="new_labels")
    named = {name: " ".join(new.split()) for name, new in given.items()}
    for name, new in named.items():
        if not 0 < len(new) <= MAX_NAME:
            raise Invalid(
                f"The new label of {name!r} needs a name of at most {MAX_NAME} characters.", field="new_labels"
            )
        if name in labels:
            raise Invalid(f"{name!r} is a new label, or one of the project; not both.", field="new_labels")
    return named


def _require(fits: bool, name: str, values: tuple[str, ...]) -> None:
    if not fits:
        raise Invalid(f"{name} must be one of {', '.join(values)}.", field=name)
