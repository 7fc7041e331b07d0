"""What belongs together because it is tied directly, or by a chain of ties (disjoint sets; Tarjan 1975)."""

from __future__ import annotations


class Ties:
    """Groups that grow together as keys are tied; the whole is named by the first of its keys in sorted order."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def tie(self, one: str, other: str) -> None:
        """From now on both belong to the same group."""
        low, high = sorted((self.group_of(one), self.group_of(other)))
        self._parents[high] = low

    def group_of(self, key: str) -> str:
        """The name of its group: its own when it is tied to nothing."""
        parents = self._parents
        while parents.setdefault(key, key) != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key
