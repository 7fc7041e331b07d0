"""`labelbuddy consensus PROJECT`: how the merged ground truth stands, and merging it anew."""

from __future__ import annotations

import argparse
from typing import Any

from labelbuddy_core.domain.consensus.trust import Method
from labelbuddy_core.services.agreement import consensus_at_once


def add_to(commands: Any) -> None:
    """Its arguments; docs/consensus.md describes them."""
    merge = commands.add_parser("consensus", help="merge the annotations of each task, and print how that stands")
    merge.add_argument("project", help="its id, or its name")
    merge.add_argument("--as", dest="username", required=True, help="the manager in whose name it is done")
    merge.add_argument("--method", choices=tuple(Method), help="merge by this method (default: only say how it stands)")


def run(options: argparse.Namespace) -> int:
    """Do it; returns the exit status: 0 unless the merge failed."""
    if options.method is not None:
        ended = consensus_at_once.merge(
            options.username, options.project, options.method, lambda text: print(text, flush=True)
        )
        if ended["state"] != "succeeded":
            print(f"The merge {ended['state']}: {ended['problem'] or 'no reason is known'}")
            return 1
    found = consensus_at_once.summary(options.username, options.project)
    print(f"Merged tasks: {found['merged']} ({found['stale']} stale); adjudicated: {found['adjudicated']}.")
    for one in found["annotators"]:
        known = [
            f"{one[f'reliability_{kind}']:.3f} on {kind}"
            for kind in ("time", "tags")
            if one[f"reliability_{kind}"] is not None
        ]
        print(f"{one['annotator']}: reliability {', '.join(known) or 'not known'}")
    return 0
