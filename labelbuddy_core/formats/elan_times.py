"""When the time slots of an EAF document are, also those that ELAN keeps without a time.

Source: the EAF schema: `TIME_VALUE` is optional. Slots of a tier that subdivides another have none unless somebody
aligned them; ELAN shows them evenly between the neighbors on their tier that have one.
"""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element

from labelbuddy_core.errors import Invalid


def aligned_slots(root: Element) -> dict[str | None, float]:
    """Seconds by the id of the slot, without those that have no aligned neighbor on both sides.

    Raises `Invalid` for a time that is no whole number of milliseconds.
    """
    order: dict[str | None, int] = {}
    times: dict[str | None, float] = {}
    for place, slot in enumerate(root.iter("TIME_SLOT")):
        name, value = slot.get("TIME_SLOT_ID"), slot.get("TIME_VALUE")
        order[name] = place
        if value is not None:
            times[name] = _seconds(value)
    if len(times) < len(order):
        for tier in root.iter("TIER"):
            used = {one.get(end) for one in tier.iter("ALIGNABLE_ANNOTATION") for end in _ENDS}
            _spread(sorted(used & order.keys(), key=order.__getitem__), times)
    return times


_ENDS = ("TIME_SLOT_REF1", "TIME_SLOT_REF2")


def _spread(slots: list[str | None], times: dict[str | None, float]) -> None:
    """Give times to the slots between those that have one."""
    known = [place for place, name in enumerate(slots) if name in times]
    for first, last in pairwise(known):
        start, step = times[slots[first]], (times[slots[last]] - times[slots[first]]) / (last - first)
        for place in range(first + 1, last):
            times[slots[place]] = round(start + step * (place - first), 6)


def _seconds(value: str) -> float:
    try:
        return int(value) / 1000
    except ValueError:
        raise Invalid(f"TIME_VALUE: expected whole milliseconds, found {value[:40]!r}.", field="TIME_VALUE") from None
