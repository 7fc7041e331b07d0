"""Trees of labels as models declare them: which label of a set a new one belongs below."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def nearest_above(name: str, parents: Mapping[str, Sequence[str]], present: Collection[str]) -> str | None:
    """The nearest ancestor of a label among those that are present, searched level by level; None where there is none.

    `parents` are the labels directly above each, several where it has several. Names are compared as they are.
    """
    level, seen = list(parents.get(name, ())), {name}
    while level:
        for ancestor in level:
            if ancestor in present and ancestor != name:
                return ancestor
        seen.update(level)
        level = [further for ancestor in level for further in parents.get(ancestor, ()) if further not in seen]
    return None


def circle_in(parents: Mapping[str, Sequence[str]]) -> str | None:
    """A label that is its own ancestor, or None."""
    done: set[str] = set()
    for start in parents:
        path: list[tuple[str, list[str]]] = [(start, list(parents[start]))]
        under = {start}
        while path:
            label, left = path[-1]
            if not left:
                path.pop()
                under.discard(label)
                done.add(label)
                continue
            ancestor = left.pop()
            if ancestor in under:
                return ancestor
            if ancestor not in done:
                path.append((ancestor, list(parents.get(ancestor, ()))))
                under.add(ancestor)
    return None
