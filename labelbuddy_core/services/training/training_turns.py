"""A server that others use teaches one run at a time: ours waits for its turn, and takes a late answer calmly."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from labelbuddy_core.errors import ModelBusy, ModelProblem, ModelUntrusted
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.training import training_progress as progress
from labelbuddy_core.services.training.training_progress import Lesson

DATASET_SHARE = 0.1
"""Of the job's progress: where a run is that has its examples."""
SILENT = 20
"""Questions in a row that a model may leave unanswered while it computes."""
_OTHERS_SECONDS = 3.0

T = TypeVar("T")


def in_turn(
    job: JobContext, client: ModelClient, lesson: Lesson, ask: Callable[[], T], unwanted: Callable[[], bool]
) -> T | None:
    """The answer of `ask`, which is asked when the server teaches nobody else, and again when somebody was quicker.

    None when the run is `unwanted` while it waits. Raises `ModelProblem`.
    """
    if not client.shared:
        return ask()
    told = False
    while (about := patiently(client, client.info, unwanted)) is not None:
        if not about.get("learning"):
            with suppress(ModelBusy):  # somebody was quicker
                return ask()
        if not told:
            progress.note(lesson.run, "The server teaches somebody else's run; this one waits for it.")
            told = True
        job.progress(DATASET_SHARE, "The server teaches somebody else; this run waits")
        time.sleep(_OTHERS_SECONDS)
        if unwanted():
            break
    return None


def patiently(client: ModelClient, ask: Callable[[], T], unwanted: Callable[[], bool]) -> T | None:
    """The answer of `ask`; a server that others use may leave some questions unanswered. None when it is `unwanted`.

    Raises `ModelProblem`.
    """
    for _ in range(SILENT - 1 if client.shared else 0):
        try:
            return ask()
        except ModelUntrusted:
            raise
        except ModelProblem:
            time.sleep(_OTHERS_SECONDS)
        if unwanted():
            return None
    return ask()
