"""AudioSet's classes as a tree: `ontology.txt`, from Google's ontology (CC BY-SA 4.0). Some have two parents."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

_FILE = Path(__file__).parent / "ontology.txt"


def _read() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            parent, children = line.split(": ", 1)
            for child in children.split(" | "):
                found[child] = (*found.get(child, ()), parent)
    return found


PARENTS = _read()
"""Class → the classes directly above it; classes at the top are missing."""


def parents_among(labels: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The tree of these classes alone: where a parent is not among them, those above it take its place."""
    among = {label: _above(label, labels) for label in labels}
    return {label: above for label, above in among.items() if above}


def _above(label: str, labels: Collection[str]) -> tuple[str, ...]:
    found: list[str] = []
    for parent in PARENTS.get(label, ()):
        found += [parent] if parent in labels else _above(parent, labels)
    return tuple(dict.fromkeys(found))
