"""The list of reasons of a project, and what a reviewer chooses of it."""

from __future__ import annotations

import pytest

from labelbuddy_core.domain.review_reasons import checked_reasons, chosen_reasons
from labelbuddy_core.errors import Invalid


def test_a_list_is_kept_in_its_order_without_what_is_empty_or_said_twice() -> None:
    assert checked_reasons([" Wrong  label ", "", "Too loose", "Wrong label"]) == ["Wrong label", "Too loose"]


def test_a_list_that_does_not_fit_on_the_page_is_refused() -> None:
    with pytest.raises(Invalid, match="at most 30"):
        checked_reasons([str(number) for number in range(31)])
    with pytest.raises(Invalid, match="80 characters"):
        checked_reasons(["x" * 81])


def test_only_reasons_of_the_project_are_chosen() -> None:
    assert chosen_reasons(["b", "a", "b"], ["a", "b"]) == ["b", "a"]
    with pytest.raises(Invalid, match="no reason 'c'"):
        chosen_reasons(["c"], ["a", "b"])
