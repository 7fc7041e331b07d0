"""Write a model file from what was filled into a form, and read one for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.inference.specification import parse_specification


def write_specification(values: Mapping[str, Any]) -> str:
    """The YAML of a specification given as nested values in the order of the file; what is empty is left out."""
    return yaml.safe_dump(_filled(values), sort_keys=False, allow_unicode=True, width=100)


def read_specification(source: str) -> dict[str, Any]:
    """What a model file says beside the defaults, as nested values; nothing of a file with mistakes."""
    try:
        return parse_specification(source).model_dump(mode="json", exclude_defaults=True)
    except SpecificationProblem:
        return {}


def _filled(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: _filled(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, "", [], {})}
    if isinstance(value, (list, tuple)):
        return [_filled(one) for one in value]
    return value
