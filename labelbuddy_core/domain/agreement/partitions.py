"""The cheapest way to take each thing exactly once, in one of the given sets or alone.

Things that no set brings together are apart from each other. What hangs together is searched through when it is small,
and is an integer program for HiGHS (in scipy) otherwise; both are exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np

SEARCHED = 14
"""Things that hang together and are searched through; more are an integer program."""


def least_cost(sets: Sequence[int], costs: Sequence[float], things: int, alone: float) -> float | None:
    """The least cost of taking every thing (bit) once, where a thing alone costs `alone`; None if none was found."""
    total = alone * things
    for group in _hanging_together(sets):
        members = 0
        for place in group:
            members |= sets[place]
        solve = _searched if members.bit_count() <= SEARCHED else _programmed
        least = solve([sets[place] for place in group], [costs[place] for place in group], members, alone)
        if least is None:
            return None
        total += least - alone * members.bit_count()
    return total


def _hanging_together(sets: Sequence[int]) -> list[list[int]]:
    groups: list[tuple[int, list[int]]] = []
    for place, one in enumerate(sets):
        members, together = one, [place]
        apart = []
        for others, places in groups:
            if others & members:
                members |= others
                together += places
            else:
                apart.append((others, places))
        groups = [*apart, (members, together)]
    return [sorted(places) for _, places in groups]


def _searched(sets: Sequence[int], costs: Sequence[float], members: int, alone: float) -> float:
    by_lowest: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for one, cost in zip(sets, costs, strict=True):
        by_lowest[one & -one].append((one, cost))

    @cache
    def least(left: int) -> float:
        if not left:
            return 0.0
        lowest = left & -left
        found = alone + least(left ^ lowest)
        for one, cost in by_lowest[lowest]:
            if one & left == one:
                found = min(found, cost + least(left ^ one))
        return found

    return least(members)


def _programmed(sets: Sequence[int], costs: Sequence[float], members: int, alone: float) -> float | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # 40 MB that few processes ever need
    from scipy.sparse import coo_array

    things = [bit for bit in range(members.bit_length()) if members >> bit & 1]
    row_of = {bit: row for row, bit in enumerate(things)}
    chosen = [[row_of[bit] for bit in range(one.bit_length()) if one >> bit & 1] for one in sets]
    chosen += [[row] for row in range(len(things))]
    prices = np.array([*costs, *[alone] * len(things)])
    rows = np.concatenate([np.array(one) for one in chosen])
    columns = np.repeat(np.arange(len(chosen)), [len(one) for one in chosen])
    once = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(things), len(chosen))).tocsc()
    best = milp(prices, integrality=np.ones(len(prices)), bounds=Bounds(0, 1), constraints=LinearConstraint(once, 1, 1))
    return float(best.fun) if best.success else None
