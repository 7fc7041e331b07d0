"""Watching the running models of one worker: what they use, and why they end or do not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.acquaintance import settled, still_answers
from labelbuddy_core.inference.live_model import LiveModel
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.inference.restarts import Restarts
from labelbuddy_core.inference.runtimes import deaths
from labelbuddy_core.inference.runtimes.hardening import MAX_PROCESSES
from labelbuddy_core.inference.runtimes.interface import ModelEnded, Runtime

_LOG_LINES = 20


class Watch:
    """Looks after models; `observe` is told of every change of their state. More than `data_bytes` none may keep."""

    def __init__(
        self,
        runtimes: Mapping[str, Runtime],
        restarts: Restarts,
        observe: Callable[[ModelReport], None],
        data_bytes: int,
    ) -> None:
        self._runtimes = runtimes
        self._restarts = restarts
        self._observe = observe
        self._data_bytes = data_bytes

    def tell(self, live: LiveModel, state: ModelState, detail: str) -> None:
        """Note the state of a model, and let whoever observes know."""
        live.state, live.detail, live.told = state, detail, time.monotonic()
        self._observe(live.report(self._restarts.count(live.key)))

    def explained(self, live: LiveModel, problem: ModelProblem, late: bool) -> ModelProblem:
        """A problem of who uses the model, with what the model did: whether it ended, hangs or lacks something.

        `late`: it had all the time that it may take.
        """
        runtime = self._runtimes[live.kind]
        status = settled(lambda: runtime.status(live.key), runtime.endpoint(live.key))
        cause = self.end_of(live)
        if cause is not None or status.state == "ended":
            return ModelEnded(cause or status.detail)
        if late and live.users == 1:  # it would go on computing for nobody
            self.ended(live, f"{problem.detail} It was stopped, and starts again when it is needed.")
            return problem
        usage = runtime.usage(live.key)
        processes = usage.processes if usage else None
        remedy = deaths.remedy(problem.detail, runtime.logs(live.key, _LOG_LINES), processes, MAX_PROCESSES)
        return type(problem)(f"{problem.detail} {remedy}") if remedy else problem

    def end_of(self, live: LiveModel) -> str | None:
        """Why the model has ended by itself; None when it has not, or runs again.

        An end is noted once, though several use the model and all of them ask.
        """
        with live.burying:
            status = self._runtimes[live.kind].status(live.key)
            if status.state == "ended":
                self.ended(live, status.detail)
            return live.detail if live.state is ModelState.FAILED else None

    def ended(self, live: LiveModel, cause: str) -> None:
        """Stop what has ended or is of no use any more; its next start waits for a while."""
        self._restarts.died(live.key, cause)
        self._runtimes[live.kind].stop(live.key)
        self.tell(live, ModelState.FAILED, cause)

    def look_at(self, live: LiveModel) -> None:
        """Notice that a model ended or does not answer, and measure what it uses."""
        runtime = self._runtimes[live.kind]
        if not live.users and self.end_of(live) is not None:  # who uses it finds out
            return
        live.measure(runtime.usage(live.key))
        kept = live.usage.data if live.usage else None
        if kept is not None and kept > self._data_bytes:
            self._overfull(live)
            return
        if live.users:
            self.tell(live, live.state, live.detail)
            return
        endpoint = runtime.endpoint(live.key)
        if endpoint is not None and not still_answers(live, endpoint):
            self.ended(live, "The model did not answer GET /health any more and was stopped.")
            return
        self.tell(live, ModelState.STARTING if endpoint is None else ModelState.READY, "")

    def _overfull(self, live: LiveModel) -> None:
        self._runtimes[live.kind].remove_data(live.key)
        self.ended(
            live,
            f"The model kept more than {self._data_bytes / 1024**2:.0f} MB in /data: it was stopped and /data emptied. "
            "Let it keep less, or raise LABELBUDDY_MODEL_DATA_BYTES.",
        )
