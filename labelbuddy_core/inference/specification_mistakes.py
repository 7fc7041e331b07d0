"""What is wrong in a model file, in words: every mistake with its place, what was expected and what was found."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.inference.yaml_reader import Path, Places, problem

_SHOULD = re.compile(r"^(?:Input|String|List|Dictionary|Value|Keys?) should")

TAGS = ("plain-value", "named-secret")
"""Names of alternatives that pydantic puts into the place of a mistake."""


def mistakes_of(error: ValidationError, model: type[BaseModel], value: Any, places: Places) -> list[dict[str, Any]]:
    """What pydantic found, in words."""
    return [_mistake(one, model, value, places) for one in error.errors(include_url=False)]


def all_in_one(mistakes: list[dict[str, Any]]) -> SpecificationProblem:
    """One problem that tells the first mistake, names the lines of the others, and has all of them in `mistakes`."""
    mistakes = sorted(mistakes, key=lambda one: (one["line"], one["column"]))
    first, others = mistakes[0], mistakes[1:]
    message = first["message"]
    if others:
        lines = ", ".join(str(one["line"]) for one in others)
        message += (
            f" {len(others)} more mistake{'s' if len(others) > 1 else ''}: line{'s' * (len(others) > 1)} {lines}."
        )
    made = problem(
        message,
        first["line"],
        first["column"],
        expected=first["expected"],
        found=first["found"],
        field=first["field"] or "",
    )
    made.extra["mistakes"] = mistakes
    return made


def _mistake(error: Any, model: type[BaseModel], value: Any, places: Places) -> dict[str, Any]:
    path: Path = tuple(part for part in error["loc"] if part not in TAGS)
    if path and path[-1] == "[key]":
        path = path[:-1]
    field = ".".join(str(part) for part in path)
    private = path[:1] in (("token",), ("environment",))  # a secret put there by mistake is not repeated
    found = "a text" if private and isinstance(_at(value, path), str) else _kind(_at(value, path))
    if error["type"] == "extra_forbidden":
        at = places.get((*path, "__key__"), nearest(path, places))
        known = _keys_at(model, path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known here: {', '.join(known)}." if known else ""
        message = f"The key {path[-1]!r} is not known here.{hint}"
        return as_mistake(message, at, field, near[0] if near else ", ".join(known), str(path[-1]))
    at = nearest(path, places)
    if error["type"] == "missing":
        return as_mistake(f"{field} is missing; add it.", at, field, str(path[-1]), None)
    expected = _SHOULD.sub("must", error["msg"].removeprefix("Value error, "))
    if error["type"] == "string_type" and isinstance(_at(value, path), (bool, int, float)):
        expected += " (put it in quotes)"
    where = (field if expected.startswith("must") else f"{field}:") + " " if field else ""
    if error["type"] == "value_error" and private:
        return as_mistake(f"{where}{expected}.", at, field, "the name of a secret", None)
    if error["type"] == "value_error" and isinstance(_at(value, path), dict):  # the message says what of it is wrong
        return as_mistake(f"{where}{expected}.", at, field, expected, found)
    return as_mistake(f"{where}{expected}; found {found}.", at, field, expected, found)


def as_mistake(
    message: str, at: tuple[int, int], field: str | None, expected: str | None, found: str | None
) -> dict[str, Any]:
    """A mistake as the routes answer it; `at` is line and column, from 1."""
    return {
        "message": message,
        "field": field or None,
        "line": at[0],
        "column": at[1],
        "expected": expected,
        "found": found,
    }


def nearest(path: Path, places: Places) -> tuple[int, int]:
    """Where a value stands, or else what it should stand in."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, 1))


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at a place."""
    here: type[BaseModel] = model
    for part in path:
        if isinstance(part, str) and part in here.model_fields:
            inside = list(_models_in(here.model_fields[part].annotation))
            if not inside:
                return []
            here = inside[0]
    return list(here.model_fields)


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in typing.get_args(annotation):
        yield from _models_in(inside)


def _at(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _kind(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a list" if isinstance(value, list) else "keys"
    return "nothing" if value is None else repr(value)[:80]
