"""Operations: the small changes the editor saves, each naming one item of a document by its key."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from labelbuddy_core.domain.described_json import DocumentJson, ItemJson
from labelbuddy_core.domain.documents import Collection

MAX_OPERATIONS = 20_000


class Decided(BaseModel):
    """How suggestions were decided upon: one by one, all at or above a threshold, those of a label, those below it; or
    not at all, for an accepted one was only cut and pasted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    how: Literal["one", "all", "label", "below", "cut", "paste"] = "one"
    threshold: float | None = Field(default=None, ge=0.0, le=1.0, allow_inf_nan=False)


class Operation(BaseModel):
    """Put an item (create or replace) or delete it; deleting what is not there changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    op: Literal["put", "delete"]
    collection: Collection
    id: str = Field(min_length=1, max_length=80)
    value: ItemJson | None = None
    by: Decided | None = None
    """How the suggestion was accepted that this puts, or whether what it deletes was cut."""

    @model_validator(mode="after")
    def _complete(self) -> Operation:
        if self.op == "put" and self.value is None:
            raise ValueError("a put needs a value")
        if self.op == "delete" and self.value is not None:
            raise ValueError("a delete has no value")
        return self


class Save(BaseModel):
    """One save of the editor: a batch of operations upon a revision.

    `client` is a UUID per browser tab; (client, sequence) makes a repeated request harmless. `annotation` names the one
    that is meant: work may have gone to somebody else since.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: UUID
    sequence: int = Field(ge=0, lt=2**31)
    base_revision: int = Field(ge=0, lt=2**31)
    operations: list[Operation] = Field(max_length=MAX_OPERATIONS)
    annotation: str | None = Field(default=None, max_length=20)


class Replacement(BaseModel):
    """A whole new document upon a revision, for scripts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: UUID
    sequence: int = Field(ge=0, lt=2**31)
    base_revision: int = Field(ge=0, lt=2**31)
    document: DocumentJson
