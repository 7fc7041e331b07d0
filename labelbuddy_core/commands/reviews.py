"""`labelbuddy reviews PROJECT`: the reviews with their reasons as a table, and what reviewers have open."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from labelbuddy_core.domain.counted import counted
from labelbuddy_core.services.agreement.consensus_at_once import who_and_where
from labelbuddy_core.services.exports import review_export
from labelbuddy_core.services.reviews import review_assignments, review_claims


def add_to(commands: Any) -> None:
    """Its arguments; docs/reviewing.md describes them."""
    reviews = commands.add_parser("reviews", help="print reviews with their reasons, or how they stand")
    reviews.add_argument("project", help="its id, or its name")
    reviews.add_argument("--as", dest="username", required=True, help="the manager in whose name it is done")
    reviews.add_argument("--csv", action="store_true", help="every review, a row a reason, as CSV")
    reviews.add_argument("--jsonl", action="store_true", help="the same as JSON Lines")


def run(options: argparse.Namespace) -> int:
    """Print what was asked for; returns the exit status."""
    actor, project = who_and_where(options.username, options.project)
    if options.csv or options.jsonl:
        for block in review_export.open_reviews(actor, project, format_name="csv" if options.csv else "jsonl").blocks:
            sys.stdout.buffer.write(block)
        return 0
    load = review_assignments.review_load(actor, project)
    print(
        f"{counted(load['waiting'], 'annotation waits', 'annotations wait')} for a review; "
        f"{counted(load['left'], 'is', 'are')} not in the sample."
    )
    for one in load["reviewers"]:
        print(f"{one['username']}: {one['decided']} decided, named for {one['named']} that wait")
    for held in review_claims.claims(actor, project):
        print(f"{held['recording']} by {held['annotator']}: open at {held['reviewer']} since {held['since']}")
    return 0
