"""Merging from the command line: the job is started in a manager's name, and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.domain.states import FINAL_JOB_STATES
from labelbuddy_core.services.access import project_called
from labelbuddy_core.services.accounts.accounts import actor_called
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import merged_consensus
from labelbuddy_core.services.installation import job_runs, jobs
from labelbuddy_core.services.transactions import reads

LOOK_SECONDS = 0.5
Say = Callable[[str], None]


def merge(username: str, project: str, method: str, say: Say) -> dict[str, Any]:
    """Start the merge and tell how far it is until it has ended; returns the job.

    Raises `NotFound` for an unknown person or project, `Forbidden` for somebody who does not manage it, `InvalidState`
    while it is being merged.
    """
    actor, number = who_and_where(username, project)
    job = merged_consensus.merge_project(actor, number, method=method)
    if not job_runs.is_a_worker_alive():
        say("No worker is running: the merge waits until one is started (bin/run).")
    told = ""
    while job["state"] not in FINAL_JOB_STATES:
        if job["message"] != told:
            told = job["message"]
            say(told)
        time.sleep(LOOK_SECONDS)
        job = jobs.get_job(actor, job["id"])
    return job


def summary(username: str, project: str) -> dict[str, Any]:
    """How the consensus of a project stands; see `merged_consensus.consensus_summary`."""
    return merged_consensus.consensus_summary(*who_and_where(username, project))


@reads
def who_and_where(session: Session, username: str, project: str) -> tuple[Actor, int]:
    """The person and the project that are meant."""
    return actor_called(session, username), project_called(session, project)
