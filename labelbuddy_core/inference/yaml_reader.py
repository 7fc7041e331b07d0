"""Read YAML from strangers: no tags, aliases or repeated keys, at most 64 KiB; and remember where everything stood."""

from __future__ import annotations

from typing import Any

import yaml

from labelbuddy_core.errors import SpecificationProblem

MAX_BYTES = 64 * 1024
MAX_DEPTH = 12

Path = tuple[str | int, ...]
Places = dict[Path, tuple[int, int]]
"""Where each value stands: path → (line, column), both from 1."""


def read_yaml(text: str | bytes) -> tuple[Any, Places]:
    """The value of a YAML document and the place of each of its parts. Raises `SpecificationProblem` with the place."""
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise problem(f"The file has {len(raw)} bytes; at most {MAX_BYTES} are accepted.", 1, 1)
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise problem("The file is not UTF-8 text; save it as UTF-8.", line, 1) from None
    try:
        events = _events(decoded)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise problem(f"This is not valid YAML: {error.problem or error.context}.", line, column) from None
    except yaml.YAMLError as error:
        raise problem(f"This is not valid YAML: {error}.", 1, 1) from None
    _refuse_tricks(events)
    node = yaml.compose(decoded, Loader=yaml.SafeLoader)
    if node is None:
        raise problem("The file is empty.", 1, 1, expected="a model specification")
    places: Places = {}
    return _value(node, (), places), places


def problem(
    message: str, line: int, column: int, *, expected: str | None = None, found: str | None = None, field: str = ""
) -> SpecificationProblem:
    """A complaint about a place in the file; `mistakes` is there to be extended by whoever finds more."""
    place: dict[str, Any] = {"line": line, "column": column, "expected": expected, "found": found}
    mistakes = [{"message": message, "field": field or None, **place}]
    detail = f"Line {line}, column {column}: {message}"
    return SpecificationProblem(detail, field=field or None, mistakes=mistakes, **place)


def _events(text: str) -> list[Any]:
    """The events of the text; composing them would call itself once a level, so depth is counted here."""
    events, depth = [], 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        events.append(event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise problem("The file is nested too deeply.", event.start_mark.line + 1, event.start_mark.column + 1)
    return events


def _refuse_tricks(events: list[Any]) -> None:
    documents = 0
    for event in events:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise problem("The file has several documents; keep one.", line, column)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise problem("Anchors and aliases (& and *) are not accepted; write the value out.", line, column)
        tag = getattr(event, "tag", None)
        if tag:
            raise problem(f"The tag {tag} is not accepted; remove it.", line, column)


def _value(node: yaml.Node, path: Path, places: Places) -> Any:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    places[path] = (line, column)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, position), places) for position, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key_line, key_column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise problem("A key must be plain text.", key_line, key_column)
            key = key_node.value
            if key in found:
                raise problem(f"The key {key!r} appears twice.", key_line, key_column, field=key)
            found[key] = _value(value_node, (*path, key), places)
            places.setdefault((*path, key, "__key__"), (key_line, key_column))
        return found
    try:
        return yaml.SafeLoader("").construct_object(node)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise problem(f"{node.value!r} cannot be read ({error}); put it in quotes.", line, column) from None
