"""The review queue, its sampling, its claims and the verify grid on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import test_verify_grid
from test_review_claims import (  # noqa: F401 (the same behavior on the other engine)
    pool,
    test_a_claim_expires_half_an_hour_after_the_last_work,
    test_a_manager_sees_what_is_open_and_releases_it,
    test_ten_reviewers_at_once_are_given_ten_annotations,
    test_two_reviewers_of_a_pool_are_given_different_annotations,
    test_what_another_has_open_is_neither_opened_nor_decided_and_the_queue_says_who_has_it,
    test_who_is_not_named_for_a_task_any_more_holds_nothing_of_it,
)
from test_review_queue import (  # noqa: F401 (the same behavior on the other engine)
    lab,
    test_annotators_who_agree_are_not_reviewed_once_both_have_handed_in,
    test_changed_rules_hold_for_what_nobody_decided_also_what_sampling_had_approved,
    test_dealt_out_reviews_are_shared_evenly_and_never_to_the_annotator,
    test_the_queue_begins_with_what_differs_most,
)

from labelbuddy_core.database import get_database

Make = Callable[..., Any]


@pytest.fixture
def data_folder(postgresql_folder: Path) -> Path:
    """An empty installation whose database is on a PostgreSQL server."""
    assert not get_database().is_sqlite
    return postgresql_folder


def test_the_verify_grid_sorts_decides_and_finishes(make_user: Make, make_project: Make, add_task: Make) -> None:
    grid = test_verify_grid.Lab(make_user, make_project, add_task)
    test_verify_grid.test_annotations_are_decided_of_which_everything_is_and_no_others(grid)
