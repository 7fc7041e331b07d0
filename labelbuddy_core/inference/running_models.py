"""The running models of one worker: several at once, started on demand, watched, and stopped when nobody uses them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import ModelGone, ModelProblem
from labelbuddy_core.inference.acquaintance import holds, meet
from labelbuddy_core.inference.client import Client, client_for
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.live_model import LiveModel
from labelbuddy_core.inference.model_keys import is_of_training, name_of
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.inference.restarts import Restarts
from labelbuddy_core.inference.runtimes.installed import runtimes_of
from labelbuddy_core.inference.runtimes.interface import ModelEnded, Progress, Runtime
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.inference.watching import Watch
from labelbuddy_core.settings import Settings

_TELL_SECONDS = 0.5
_BELIEVED_SECONDS = 10.0
"""So long after its last use a server is believed to hold the version that it was given."""


Equip = Callable[[str, Specification, Endpoint], str]
"""Gives a model that was just started what it needs before it is used; what to ask it for by name, "" for nothing.
Raises `ModelProblem`."""


class RunningModels:
    """Keeps the running models of one worker process. `observe` is told of every change of a model's state; `equip`
    puts in the weights of a version that was trained here."""

    def __init__(
        self,
        settings: Settings,
        observe: Callable[[ModelReport], None] = lambda _: None,
        *,
        equip: Equip = lambda _key, _specification, _endpoint: "",
        runtimes: Mapping[str, Runtime] | None = None,
        restarts: Restarts | None = None,
    ) -> None:
        self._idle_seconds = settings.model_idle_seconds
        self._equip = equip
        self._runtimes = dict(runtimes_of(settings) if runtimes is None else runtimes)
        self._restarts = restarts or Restarts()
        self._watch = Watch(self._runtimes, self._restarts, observe, settings.model_data_bytes)
        self._live: dict[str, LiveModel] = {}
        self._stopped: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def running(self, key: str, specification: Specification, on_progress: Progress) -> Iterator[tuple[Client, str]]:
        """A client of the model, started if needed, and the digest of what runs; it is not stopped meanwhile.

        A `ModelProblem` raised inside is explained by what the model did: whether it ended, hangs or lacks something.
        """
        with self.endpoint(key, specification, on_progress) as endpoint:
            client = client_for(specification, endpoint)
            try:
                yield client, endpoint.digest
            finally:
                client.close()

    @contextmanager
    def endpoint(self, key: str, specification: Specification, on_progress: Progress) -> Iterator[Endpoint]:
        """Where the model answers, started if needed; it is not stopped meanwhile. Problems are explained as above."""
        live = self._enter(key, specification)
        try:
            endpoint = self._ready(live, specification, on_progress)
            if live.state is not ModelState.BUSY:
                self._tell_running(live, ModelState.BUSY)
            began = time.monotonic()
            try:
                yield endpoint
            except ModelProblem as problem:
                if endpoint.shared and isinstance(problem, ModelGone):
                    live.equipped = False  # it may come back without the weights that it was given
                late = time.monotonic() - began >= endpoint.timeout_seconds
                raise self._watch.explained(live, problem, late) from None
        finally:
            self._leave(live)

    def start(self, key: str, specification: Specification, on_progress: Progress = lambda _: None) -> None:
        """Start a model because a person wants it: earlier failures no longer hold it up."""
        self._restarts.forgive(key)
        self._stopped.pop(name_of(key), None)
        self.warm(key, specification, on_progress)

    def warm(self, key: str, specification: Specification, on_progress: Progress = lambda _: None) -> None:
        """Start a model unless it runs."""
        live = self._enter(key, specification)
        try:
            self._ready(live, specification, on_progress)
        finally:
            self._leave(live)
        self._tell_running(live, ModelState.BUSY if live.users else ModelState.READY)

    def stop(self, key: str) -> None:
        """Stop a model, also while it starts; who uses it gets a problem."""
        live = self._live.get(key)
        if live is None:
            return
        live.to_stop = True
        self._runtimes[live.kind].stop(key)
        live.to_stop = False
        with live.burying:
            self._watch.tell(live, ModelState.STOPPED, "")

    def remove(self, key: str) -> None:
        """Stop a model and remove what it keeps; for a key that is not used again."""
        live = self._live.pop(key, None)
        kinds = self._runtimes if live is None else (live.kind,)  # a worker that was killed may have run it
        for kind in kinds:
            self._runtimes[kind].remove_data(key)

    def stop_by_hand(self, key: str, by: str) -> None:
        """Stop a model because a person, `by`, wants it: who uses it now is not to start it again."""
        self._stopped[name_of(key)] = (time.monotonic(), by)
        self.stop(key)

    def stopped_since(self, key: str, moment: float) -> str | None:
        """Who stopped the model by hand after `moment` (of the monotonic clock); None when nobody did, or a person has
        started it again."""
        at, by = self._stopped.get(name_of(key), (float("-inf"), ""))
        return by if at > moment else None

    def report(self, key: str) -> ModelReport | None:
        """What is known of a model, or None when it was never started here."""
        live = self._live.get(key)
        return None if live is None else live.report(self._restarts.count(key))

    def may_start(self, key: str) -> bool:
        """Whether the model may be started now: it does not start or run, and no failure holds it up."""
        live = self._live.get(key)
        idle = live is None or (live.users == 0 and live.state in (ModelState.STOPPED, ModelState.FAILED))
        return idle and not self._restarts.exhausted(key) and self._restarts.remaining(key) == 0

    def look(self) -> None:
        """Look after the running models: notice those that ended or do not answer, measure what they use."""
        for live in list(self._live.values()):
            left_starting = live.state is ModelState.STARTING and not live.users
            if live.state in (ModelState.READY, ModelState.BUSY) or left_starting:
                self._watch.look_at(live)

    def stop_idle(self) -> None:
        """Stop what was not used for the time the settings say, unless its file keeps it warm."""
        for live in list(self._live.values()):
            running = live.state in (ModelState.READY, ModelState.STARTING, ModelState.BUSY)
            unused = not live.users and time.monotonic() - live.used > self._idle_seconds
            if running and unused and not live.specification.resources.keep_warm:
                self.stop(live.key)

    def reap(self) -> int:
        """Remove what a crash of a worker left running; returns how many. An engine that is not there has nothing."""
        removed = 0
        for runtime in self._runtimes.values():
            try:
                removed += runtime.reap()
            except ModelProblem:
                continue
        return removed

    def forget_others(self, models: set[str], learning: set[str]) -> None:
        """Stop models that are not declared any more and remove what they kept, and what runs of training left.

        `models` are names, `learning` the keys of runs that have not ended; others of the kind are nobody's, unless
        they run here.
        """
        for key in [key for key in self._live if name_of(key) not in models]:
            self.stop(key)
            self._live.pop(key, None)

        def wanted(key: str) -> bool:
            known = name_of(key) in models
            return known and (key in learning or key in self._live or not is_of_training(key))

        for runtime in self._runtimes.values():
            runtime.remove_data_of_others(wanted)

    def close(self) -> None:
        """Stop everything."""
        for live in list(self._live.values()):
            if live.state is not ModelState.STOPPED:
                self.stop(live.key)
        for runtime in self._runtimes.values():
            runtime.close()

    def _tell_running(self, live: LiveModel, state: ModelState) -> None:
        """Unless somebody has stopped it in this moment."""
        with live.burying:
            if self._runtimes[live.kind].endpoint(live.key) is not None:
                self._watch.tell(live, state, "")

    def _enter(self, key: str, specification: Specification) -> LiveModel:
        kind = "image" if specification.image else "process" if specification.process else "endpoint"
        with self._lock:
            live = self._live.setdefault(key, LiveModel(key, kind, specification))
            if live.kind != kind and not live.users:  # its file was changed to run in another way
                self._runtimes[live.kind].stop(key)
                live = self._live[key] = LiveModel(key, kind, specification)
            live.users += 1
            return live

    def _leave(self, live: LiveModel) -> None:
        with self._lock:
            live.users -= 1
            live.used, live.last_used_at = time.monotonic(), _now()

    def _ready(self, live: LiveModel, specification: Specification, on_progress: Progress) -> Endpoint:
        """The endpoint of the running model; starts it, after a pause when it ended by itself before."""
        runtime = self._runtimes[live.kind]
        self._watch.end_of(live)
        started = runtime.endpoint(live.key) is None or live.specification != specification

        def tell(message: str) -> None:
            if live.to_stop:
                raise ModelProblem("The model was stopped while it started.")
            if time.monotonic() - live.told > _TELL_SECONDS or live.state is not ModelState.STARTING:
                self._watch.tell(live, ModelState.STARTING, message)
            on_progress(message)

        try:
            self._restarts.wait(live.key, tell)
            if started:
                live.equipped = False
            endpoint = runtime.ensure_running(live.key, specification, tell)
            with live.equipping:
                if endpoint.shared and time.monotonic() - live.used > _BELIEVED_SECONDS:
                    live.equipped = live.equipped and holds(endpoint, live.version)
                if not live.equipped:
                    self._equipped(live, specification, endpoint)
                endpoint = replace(endpoint, version=live.version)
        except ModelEnded as problem:
            self._watch.ended(live, problem.detail)
            raise
        except ModelProblem as problem:
            self._watch.tell(live, ModelState.STOPPED if live.to_stop else ModelState.FAILED, problem.detail)
            raise
        live.specification, live.digest = specification, endpoint.digest
        if started:
            live.started_at, live.health_failures, live.usage, live.cpu = _now(), 0, None, None
            meet(live, endpoint)
        return endpoint

    def _equipped(self, live: LiveModel, specification: Specification, endpoint: Endpoint) -> None:
        try:
            live.version = self._equip(live.key, specification, endpoint)
        except ModelProblem:
            self._runtimes[live.kind].stop(live.key)
            raise
        live.equipped = True


def _now() -> datetime:
    return datetime.now(UTC)
