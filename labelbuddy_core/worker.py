"""The worker process: takes jobs from the queue and does what the services say they are.

`python -m labelbuddy_core.worker`. One per worker name: it holds a lock file in the data folder, shows signs of life in
the database, takes over the jobs of workers that died, and ends when its supervisor does (`LABELBUDDY_SUPERVISOR_PIPE`
is a file descriptor that closes then).
"""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import IO

from labelbuddy_core.database import migrate
from labelbuddy_core.jobs.context import JobCode
from labelbuddy_core.jobs.engine import JobEngine
from labelbuddy_core.services.agreement import merged_consensus
from labelbuddy_core.services.first_steps import sample_making, samples
from labelbuddy_core.services.imports import annotation_importing
from labelbuddy_core.services.installation import installation
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard, show_life, take_dead_workers
from labelbuddy_core.services.labels import label_change_job
from labelbuddy_core.services.models import model_events, model_supervision, model_trials
from labelbuddy_core.services.predictions import model_answers, predicting
from labelbuddy_core.services.recordings import (
    analyses,
    compatible_copies,
    importing,
    incoming_files,
    ingestion,
    watched_folders,
)
from labelbuddy_core.services.releases import release_comparisons, release_making, release_previews
from labelbuddy_core.services.reviews import caption_embedding, review_sampling
from labelbuddy_core.services.tasks import task_ranks
from labelbuddy_core.services.training import training_job
from labelbuddy_core.settings import Settings, get_settings

log = logging.getLogger(__name__)

CODE: Mapping[str, JobCode] = {
    "ingest": ingestion.run,
    "import": importing.run,
    "import-annotations": annotation_importing.run,
    "analyze": analyses.run,
    "predict": predicting.run,
    "try-model": model_trials.run,
    "order-queue": task_ranks.run,
    "tell-model": model_events.run,
    "compatible-copy": compatible_copies.run,
    "consensus": merged_consensus.run,
    "change-labels": label_change_job.run,
    "train": training_job.run,
    "release": release_making.run,
    release_previews.KIND: release_previews.run,
    release_comparisons.KIND: release_comparisons.run,
    caption_embedding.KIND: caption_embedding.run,
    review_sampling.KIND: review_sampling.run,
    samples.KIND: sample_making.run,
}
_DISPATCH_SECONDS = 0.2
_HEARTBEAT_SECONDS = 10.0
_LEFT_SECONDS = 24 * 3600.0
"""No step works on one file for a day."""
_ABANDONED_SECONDS = 7 * 24 * 3600.0
"""An upload that nobody went on with for a week is given up."""


def main() -> int:
    """Run until told to stop; returns the exit status."""
    settings = get_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("dbos", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    migrate(settings)
    lock = _take_lock(settings)
    if lock is None:
        log.error("another worker named %r is running on this data folder", settings.worker_name)
        return 1
    installation.sweep_work(settings, _LEFT_SECONDS, time.time())
    in_use = installation.use(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _stop_with_supervisor(stop)
    engine = JobEngine(settings.jobs_database_url, settings.worker_name, DatabaseJobBoard(), CODE)
    show_life(settings.worker_name)
    engine.launch()
    analyses.resume_stranded()
    threading.Thread(target=_keep_alive, args=(engine, settings.worker_name, stop), daemon=True).start()
    threading.Thread(
        target=model_supervision.supervise, args=(settings.worker_name, stop), name="models", daemon=True
    ).start()
    threading.Thread(target=_watch_folders, args=(settings.watch_seconds, stop), daemon=True).start()
    gc.freeze()  # what is loaded now stays; without it, collecting garbage doubles the time of exports
    log.info("worker %r takes jobs", settings.worker_name)
    while not stop.wait(_DISPATCH_SECONDS):
        try:
            engine.dispatch()
        except Exception:
            log.exception("could not look for new jobs; trying again")
            stop.wait(2.0)
    model_supervision.close_models()
    in_use.close()
    os._exit(0)  # steps run in threads that know nothing of stopping; what they had not finished, the next start redoes


def _take_lock(settings: Settings) -> IO[str] | None:
    path = settings.data / f"worker-{settings.worker_name}.lock"
    handle = path.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return None
    return handle


def _stop_with_supervisor(stop: threading.Event) -> None:
    descriptor = os.environ.get("LABELBUDDY_SUPERVISOR_PIPE")
    if not descriptor:
        return

    def wait() -> None:
        while os.read(int(descriptor), 1):
            pass
        stop.set()

    threading.Thread(target=wait, daemon=True).start()


def _keep_alive(engine: JobEngine, worker_name: str, stop: threading.Event) -> None:
    while not stop.wait(_HEARTBEAT_SECONDS):
        try:
            show_life(worker_name)
            for dead in take_dead_workers(worker_name):
                log.warning("worker %r is gone; continuing %d of its jobs", dead, engine.adopt(dead))
            ingestion.resume_stranded()
            incoming_files.sweep_incoming(_ABANDONED_SECONDS, time.time())
            model_answers.forget_old_answers(get_settings().kept_answers_days)
        except Exception:
            log.exception("could not show a sign of life; trying again")


def _watch_folders(seconds: float, stop: threading.Event) -> None:
    while not stop.wait(seconds):
        try:
            watched_folders.look()
        except Exception:
            log.exception("could not look into the watched folders; trying again")


if __name__ == "__main__":
    sys.exit(main())
