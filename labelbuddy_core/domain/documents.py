"""The annotation document `labelbuddy/annotation@1`: what one person, model or consensus says about a task.

A document is a set of items in six collections. Regions and points are keyed by id, tags by label, answers by
question, tiers by name, the caption is one value with the key `caption`. Operations, merges and storage all use these
keys.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from enum import StrEnum
from operator import itemgetter
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from labelbuddy_core.domain import tiers
from labelbuddy_core.domain.document_mistakes import invalid_from
from labelbuddy_core.domain.times import clipped
from labelbuddy_core.errors import Invalid

SCHEMA: Final = "labelbuddy/annotation@1"
CAPTION_KEY: Final = "caption"
MAX_TEXT: Final = 20_000
MAX_ITEMS: Final = 200_000

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:\-]+$")]
LabelId = Annotated[str, Field(min_length=1, max_length=80)]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("there is a NUL character in it, which no text has")
    return text


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_without_nul)]
"""PostgreSQL keeps no NUL."""
TierName = Annotated[str, Field(min_length=1, max_length=tiers.MAX_NAME, pattern=tiers.NAME)]
Score = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Time = Annotated[float, Field(allow_inf_nan=False)]
Frequency = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Collection(StrEnum):
    """The parts of a document."""

    REGIONS = "regions"
    POINTS = "points"
    TAGS = "tags"
    CAPTION = "caption"
    ANSWERS = "answers"
    TIERS = "tiers"


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Origin(_Item):
    """Where an item comes from: a person, a model's prediction that somebody accepted (perhaps edited), or what the
    built-in analysis found and somebody took (perhaps edited); `model` and `version` name what found it."""

    kind: Literal["human", "model", "analysis", "import", "consensus"]
    prediction: str | None = None
    region: str | None = None
    model: str | None = None
    version: str | None = None
    score: Score | None = None
    edited: bool = False
    annotation: str | None = None


def _check_order(start: float | None, end: float | None) -> None:
    if start is not None and end is not None and end < start:
        raise ValueError(f"the end ({end:g} s) lies before the start ({start:g} s)")


class Region(_Item):
    """A stretch of sound: onset and offset in seconds of recording time, optionally bounded in frequency (Hz)."""

    id: Identifier
    start: Time
    end: Time
    low: Frequency | None = None
    high: Frequency | None = None
    channel: int | None = Field(default=None, ge=0, le=63)
    label: LabelId
    tier: TierName | None = None
    text: Text | None = None
    attributes: dict[Text, Text | float | bool | None] = Field(default_factory=dict, max_length=64)
    confidence: Score | None = None
    origin: Origin

    @model_validator(mode="after")
    def _ordered(self) -> Region:
        _check_order(self.start, self.end)
        if self.low is not None and self.high is not None and self.high < self.low:
            raise ValueError(f"the upper frequency ({self.high:g} Hz) lies below the lower one ({self.low:g} Hz)")
        return self


class Point(_Item):
    """An instant in seconds of recording time, for example a beat with its position in the bar."""

    id: Identifier
    time: Time
    kind: Identifier
    position: int | None = Field(default=None, ge=0, le=10_000)
    anchor: bool = False
    """Put there by hand or by tapping: a beat grid goes exactly through it."""
    label: LabelId | None = None
    tier: TierName | None = None
    attributes: dict[Text, Text | float | bool | None] = Field(default_factory=dict, max_length=64)
    """Answers to what the label asks for."""
    origin: Origin | None = None


class Tag(_Item):
    """A label of the whole task."""

    label: LabelId
    score: Score | None = None
    origin: Origin


class Caption(_Item):
    """A sentence about the whole task, or about a span of it."""

    text: Text
    start: Time | None = None
    end: Time | None = None
    origin: Origin

    @model_validator(mode="after")
    def _ordered(self) -> Caption:
        _check_order(self.start, self.end)
        return self


class Evidence(_Item):
    """The stretch of sound that supports an answer."""

    start: Time
    end: Time
    low: Frequency | None = None
    high: Frequency | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Evidence:
        _check_order(self.start, self.end)
        return self


class Answer(_Item):
    """An answer to a question, with the evidence in time."""

    question: Identifier
    answer: Text
    evidence: list[Evidence] = Field(default_factory=list, max_length=200)
    whole: bool = Field(default=False, alias="global")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


class Tier(_Item):
    """A tier of the annotation, also while nothing lies on it; those of lower `position` lie above."""

    name: TierName
    position: int = Field(ge=0, le=100_000)


class Document(_Item):
    """A whole annotation document."""

    schema_: Literal["labelbuddy/annotation@1"] = Field(alias="schema")
    regions: list[Region] = Field(default_factory=list, max_length=MAX_ITEMS)
    points: list[Point] = Field(default_factory=list, max_length=MAX_ITEMS)
    tags: list[Tag] = Field(default_factory=list, max_length=MAX_ITEMS)
    caption: Caption | None = None
    answers: list[Answer] = Field(default_factory=list, max_length=MAX_ITEMS)
    tiers: list[Tier] = Field(default_factory=list, max_length=MAX_ITEMS)

    @field_validator("regions", "points", "tags", "answers", "tiers")
    @classmethod
    def _unique(cls, items: list[Any]) -> list[Any]:
        seen: set[str] = set()
        for item in items:
            key = key_of(item)
            if key in seen:
                raise ValueError(f"{key!r} appears more than once")
            seen.add(key)
        return items


type_of: Final[dict[Collection, type[Any]]] = {
    Collection.REGIONS: Region,
    Collection.POINTS: Point,
    Collection.TAGS: Tag,
    Collection.CAPTION: Caption,
    Collection.ANSWERS: Answer,
    Collection.TIERS: Tier,
}

Item = Region | Point | Tag | Caption | Answer | Tier


LISTS: Final = (Collection.REGIONS, Collection.POINTS, Collection.TAGS, Collection.ANSWERS, Collection.TIERS)
"""The collections that hold any number of items."""


def key_of(item: Item) -> str:
    """The key that operations and merges use for an item inside its collection."""
    match item:
        case Region() | Point():
            return item.id
        case Tag():
            return item.label
        case Answer():
            return item.question
        case Tier():
            return item.name
        case Caption():
            return CAPTION_KEY


def as_json(item: Item) -> dict[str, Any]:
    """The item as plain JSON values, complete (also with its empty members)."""
    return item.model_dump(mode="json", by_alias=True)


def parse_item(collection: Collection, value: Any, *, field: str = "value") -> Item:
    """Validate one item; raises `Invalid` naming the member that is wrong."""
    try:
        return type_of[collection].model_validate(value)
    except ValidationError as error:
        raise invalid_from(error, field, type_of[collection]) from None


def parse_document(value: Any, *, field: str = "document") -> Document:
    """Validate a whole document; raises `Invalid` naming the first member that is wrong."""
    try:
        return Document.model_validate(value)
    except ValidationError as error:
        raise invalid_from(error, field, Document) from None


def items_of(document: Document) -> Iterable[tuple[Collection, Item]]:
    """Every item of a document with its collection."""
    for _, collection, item in placed_items(document):
        yield collection, item


def placed_items(document: Document, field: str = "document") -> Iterable[tuple[str, Collection, Item]]:
    """Every item of a document with its collection, and where it stands, as in `document.regions.3`."""
    for collection in LISTS:
        for place, item in enumerate(getattr(document, collection.value)):
            yield f"{field}.{collection.value}.{place}", collection, item
    if document.caption is not None:
        yield f"{field}.caption", Collection.CAPTION, document.caption


def assemble(items: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """A document (plain JSON) from (collection, value) pairs; regions and points sorted by time."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "regions": [],
        "points": [],
        "tags": [],
        "caption": None,
        "answers": [],
        "tiers": [],
    }
    for collection, value in items:
        if collection == Collection.CAPTION:
            document["caption"] = value
        else:
            document[collection].append(value)
    document["regions"].sort(key=itemgetter("start", "end", "id"))
    document["points"].sort(key=itemgetter("time", "id"))
    document["tags"].sort(key=itemgetter("label"))
    document["tiers"].sort(key=itemgetter("position", "name"))
    return document


def applied_operations(
    items: dict[tuple[str, str], dict[str, Any]], operations: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Apply operations (plain JSON) to items by (collection, key), in place, and return them."""
    for operation in operations:
        key = (operation["collection"], operation["id"])
        if operation["op"] == "put":
            items[key] = operation["value"]
        else:
            items.pop(key, None)
    return items


def empty_document() -> dict[str, Any]:
    """A document that says nothing yet (plain JSON)."""
    return assemble([])


def label_of(item: Item) -> str | None:
    """The label an item carries, if any."""
    return getattr(item, "label", None)


def fitted(item: Item, *, labels: Container[str], start: float, stop: float, field: str = "value") -> Item:
    """The item with its times clipped into the task's span and rounded to a microsecond.

    `start` and `stop` bound the task in seconds of recording time. Raises `Invalid` for a label outside the label set
    and for times more than 5 ms outside the span.
    """
    label = label_of(item)
    if label is not None and label not in labels:
        raise Invalid(f"The label {label!r} is not in this project's label set.", field=f"{field}.label")
    changes: dict[str, Any] = {}
    for name in ("start", "end", "time"):
        seconds = getattr(item, name, None)
        if seconds is not None and (inside := _inside(seconds, start, stop, f"{field}.{name}")) != seconds:
            changes[name] = inside
    if isinstance(item, Answer):
        changes["evidence"] = [
            span.model_copy(
                update={
                    "start": _inside(span.start, start, stop, f"{field}.evidence"),
                    "end": _inside(span.end, start, stop, f"{field}.evidence"),
                }
            )
            for span in item.evidence
        ]
    return item.model_copy(update=changes) if changes else item


def _inside(seconds: float, start: float, stop: float, field: str) -> float:
    inside = clipped(seconds, start, stop)
    if inside is None:
        raise Invalid(f"{seconds:g} s lies outside the task, which goes from {start:g} s to {stop:g} s.", field=field)
    return inside
