"""Keys of what pages draw: one key is one element of a page, whatever numbers its things have."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from labelbuddy_core.settings import ROOT


def kind_of(key: ast.expr) -> str | None:
    """A key without what is put into it; None for one that is made elsewhere."""
    if isinstance(key, ast.Constant):
        return str(key.value)
    if isinstance(key, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in key.values)
    return None


def kinds_in(path: Path) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    keys = (keyword.value for call in calls for keyword in call.keywords if keyword.arg == "key")
    return {kind for key in keys if (kind := kind_of(key)) is not None and kind != "{}"}


def test_no_two_files_draw_elements_with_the_same_kind_of_key() -> None:
    """Two elements of a page with one key end the page: a model and a release of the same number, for example."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "pages").glob("*.py")):
        for kind in kinds_in(path):
            files[kind].append(path.name)

    assert {kind: names for kind, names in files.items() if len(names) > 1} == {}
