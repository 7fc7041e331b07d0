"""What is wrong with a document or an item of one, in words that say how to repair it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from labelbuddy_core.errors import Invalid

_REMEDIES: Final = {
    "schema": "must be 'labelbuddy/annotation@1'",
    "origin": 'is missing; say where the item comes from, {"kind": "human"} for what a person marked',
}
"""Of members that are missing, by name."""


def invalid_from(error: ValidationError, field: str, model: type[BaseModel]) -> Invalid:
    """A readable `Invalid` from pydantic's first complaint about a value of this model."""
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join([field, *(str(part) for part in first["loc"])])
    more = error.error_count() - 1
    message = _message(first["type"], first["msg"], first["loc"], model)
    return Invalid(f"{where}: {message}" + (f" (and {more} more)" if more else ""), field=where)


def _message(kind: str, said: str, place: Sequence[int | str], model: type[BaseModel]) -> str:
    name = str(place[-1]) if place else ""
    if kind == "missing":
        return _REMEDIES.get(name, "is missing")
    if kind == "literal_error" and name == "schema":
        return _REMEDIES[name]
    if kind == "extra_forbidden":
        return f"is not known here; there are {', '.join(_members(model, place[:-1]))}"
    return said.removeprefix("Value error, ")


def _members(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The members that there are at a place of a value of this model."""
    whole = model.model_json_schema()
    here: dict[str, Any] = whole
    for part in place:
        here = here["items"] if isinstance(part, int) else here["properties"][part]
        here = next((one for one in here.get("anyOf", ()) if one.get("type") != "null"), here)
        if "$ref" in here:
            here = whole["$defs"][here["$ref"].rpartition("/")[2]]
    return list(here["properties"])
