"""Reasons that reviewers of a project choose from when they say what is wrong, or what was good."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid

MOST_REASONS = 30
LONGEST_REASON = 80


def checked_reasons(reasons: Iterable[str]) -> list[str]:
    """A list for a project: without what is empty or said twice, in the order given.

    Raises `Invalid` for too many, or one that is too long for a button.
    """
    clean = list(
        dict.fromkeys(
            text for text in (one_line(" ".join(str(one).split()), "review_reasons") for one in reasons) if text
        )
    )
    if len(clean) > MOST_REASONS:
        raise Invalid(f"A project has at most {MOST_REASONS} reasons.", field="review_reasons")
    if any(len(one) > LONGEST_REASON for one in clean):
        raise Invalid(f"A reason has at most {LONGEST_REASON} characters.", field="review_reasons")
    return clean


def chosen_reasons(chosen: Iterable[str], offered: Collection[str]) -> list[str]:
    """What a reviewer chose, each once. Raises `Invalid` for a reason that the project does not have."""
    found = list(dict.fromkeys(chosen))
    foreign = [one for one in found if one not in offered]
    if foreign:
        raise Invalid(f"The project has no reason {foreign[0]!r}; reload to see its list.", field="reasons")
    return found
