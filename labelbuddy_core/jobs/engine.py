"""The durable queue: DBOS behind our own few calls. Only the worker process imports this module.

A job is one DBOS workflow whose id is the job's id; what it is and how far it got is written on the job board. The
board is the truth about what is wanted, DBOS about which steps are done, and `dispatch` brings the two together.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID, error, run_dbos_database_migrations
from sqlalchemy import Engine, create_engine, event

from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.jobs.context import JobBoard, JobCancelled, JobCode, JobContext

log = logging.getLogger(__name__)

APPLICATION_NAME = "labelbuddy"
SHAPE_VERSION = "1"
"""Raised only when the steps of a job change in a way that a half-done one could not continue."""

QUEUES: Mapping[str, int] = {"cpu": 2, "import": 1, "analyze": 1, "predict": 2, "try": 2, "train": 1}
"""Queue name to how many of its jobs one worker runs at once."""

_WANTED = ("PENDING", "ENQUEUED", "DELAYED")


_LOOK_AGAIN_SECONDS = 30.0


class JobEngine:
    """Runs jobs in this process until closed; one per process."""

    def __init__(
        self,
        url: str,
        worker_name: str,
        board: JobBoard,
        code: Mapping[str, JobCode],
        *,
        polling_seconds: float = 0.25,
    ) -> None:
        self._board = board
        self._code = code
        self._known: set[str] = set()
        self._looked_again = time.monotonic()
        self._engine = _engine_for(url)
        run_dbos_database_migrations(url)
        config: DBOSConfig = {
            "name": APPLICATION_NAME,
            "system_database_url": url,
            "executor_id": worker_name,
            "application_version": SHAPE_VERSION,
            "log_level": "ERROR",
            "max_executor_threads": 16,
            "run_migrations": False,
        }
        if self._engine is not None:
            config["system_database_engine"] = self._engine
        DBOS(config=config)
        self._polling_seconds = polling_seconds

        def labelbuddy_job(job_id: str) -> None:  # DBOS marks the function it is given, which a bound method refuses
            self._run(job_id)

        self._workflow = DBOS.workflow(name="labelbuddy_job")(labelbuddy_job)
        logging.getLogger("dbos").addFilter(_without_cancellations)

    def launch(self) -> None:
        """Start working; jobs of this worker that a crash interrupted continue after their last finished step."""
        DBOS.launch()
        for name, width in QUEUES.items():
            DBOS.register_queue(
                name,
                worker_concurrency=width,
                polling_interval_sec=self._polling_seconds,
                on_conflict="always_update",
            )

    def close(self) -> None:
        """Stop taking jobs; running steps end with the process."""
        DBOS.destroy(destroy_registry=True)
        if self._engine is not None:
            self._engine.dispose()

    def dispatch(self) -> None:
        """Enqueue what the board has and the queue does not know yet, and settle what ended unseen."""
        if time.monotonic() - self._looked_again > _LOOK_AGAIN_SECONDS:
            self._known.clear()  # one that could not write down its end (a full disk) would stay "running" for ever
            self._looked_again = time.monotonic()
        for job_id, queue, state in self._board.unfinished():
            if job_id in self._known:
                continue
            status = DBOS.get_workflow_status(job_id)
            if status is None:
                with SetWorkflowID(job_id):
                    DBOS.enqueue_workflow(queue, self._workflow, job_id)
            elif status.status not in _WANTED:
                log.warning("job %s is %s on the board but %s in the queue", job_id, state, status.status)
                self._board.finish(job_id, "failed", None, "The work was interrupted and could not be continued.")
            self._known.add(job_id)

    def adopt(self, dead_worker: str) -> int:
        """Continue the jobs of a worker that is gone; returns how many."""
        found = DBOS.list_workflows(status="PENDING", executor_id=dead_worker)
        for workflow in found:
            DBOS.resume_workflow(workflow.workflow_id, queue_name=workflow.queue_name)
        return len(found)

    def _run(self, job_id: str) -> None:
        wanted = DBOS.run_step({"name": "begin"}, self._board.begin, job_id)
        if wanted is None:
            return
        state, result, problem = "succeeded", None, None
        context = JobContext(
            job_id,
            wanted["arguments"],
            run_step=lambda name, function: DBOS.run_step({"name": name}, function),
            tell=_at_most_every(0.2, lambda fraction, message: self._board.tell(job_id, fraction, message)),
            is_cancelled=lambda: self._board.is_cancelled(job_id),
        )
        try:
            result = self._code[wanted["kind"]](context)
        except (JobCancelled, error.DBOSWorkflowCancelledError):
            state = "cancelled"
        except LabelBuddyError as expected:
            state, problem = "failed", expected.detail
        except Exception as surprise:
            log.exception("job %s (%s) failed", job_id, wanted["kind"])
            state, problem = (
                "failed",
                f"Something unexpected went wrong ({type(surprise).__name__}); the log has details.",
            )
        DBOS.run_step({"name": "finish"}, self._board.finish, job_id, state, result, problem)


def _engine_for(url: str) -> Engine | None:
    """For SQLite an engine in WAL mode (the default journal makes every step three times slower)."""
    if not url.startswith("sqlite"):
        return None
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=30000")

    return engine


def _at_most_every(seconds: float, tell: Callable[[float, str], None]) -> Callable[[float, str], None]:
    """`tell`, skipping calls that come sooner than `seconds` after the last unless the message changed."""
    lock = threading.Lock()
    last: dict[str, Any] = {"at": 0.0, "message": None}

    def throttled(fraction: float, message: str) -> None:
        with lock:
            present = time.monotonic()
            if message == last["message"] and present - last["at"] < seconds and fraction < 1.0:
                return
            last.update(at=present, message=message)
        tell(fraction, message)

    return throttled


def _without_cancellations(entry: logging.LogRecord) -> bool:
    """Cancelling is not an error; DBOS logs it as one."""
    return "cancel" not in entry.getMessage().lower()
