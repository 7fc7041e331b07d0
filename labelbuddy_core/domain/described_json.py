"""Plain JSON in requests that the API describes as documents and items; services validate it, and only once.

A document of 200,000 items is not built twice for that: the request takes any object, its description has the members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from labelbuddy_core.domain.documents import Document, Item


@dataclass(frozen=True)
class _DescribedAs:
    """An annotation of a type: its JSON Schema is that of another one."""

    other: TypeAdapter[Any]

    def __get_pydantic_json_schema__(self, _own: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(self.other.core_schema)


DocumentJson = Annotated[dict[str, Any], _DescribedAs(TypeAdapter(Document))]
"""`documents.Document`."""
ItemJson = Annotated[dict[str, Any], _DescribedAs(TypeAdapter(Item))]
"""One of the items of `documents.Document`."""
