"""What is remembered about one running model."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.inference.runtimes.interface import Usage
from labelbuddy_core.inference.specification import Specification

RUNTIME_NAMES = {"image": "container", "process": "process", "endpoint": "remote"}


@dataclass
class LiveModel:
    """A model that was started at least once; `kind` names its runtime."""

    key: str
    kind: str
    specification: Specification
    state: ModelState = ModelState.STOPPED
    detail: str = ""
    users: int = 0
    started_at: datetime | None = None
    last_used_at: datetime | None = None
    used: float = field(default_factory=time.monotonic)
    digest: str = ""
    device: str = ""
    notes: tuple[str, ...] = ()
    to_stop: bool = False
    told: float = 0.0
    health_asked: float = 0.0
    health_failures: int = 0
    usage: Usage | None = None
    cpu: float | None = None
    measured: float = 0.0
    equipped: bool = False
    version: str = ""
    """What it is asked for by name, where the server holds several versions apart."""
    equipping: threading.Lock = field(default_factory=threading.Lock)
    burying: threading.Lock = field(default_factory=threading.Lock)

    def measure(self, usage: Usage | None) -> None:
        """Take a measurement; cores in use are counted since the last one."""
        moment = time.monotonic()
        if usage is not None and self.usage is not None and moment > self.measured:
            self.cpu = max(0.0, (usage.cpu_seconds - self.usage.cpu_seconds) / (moment - self.measured))
        else:
            self.cpu = None
        self.usage, self.measured = usage, moment

    def report(self, restarts: int) -> ModelReport:
        """What is known at this moment."""
        runs = self.state in (ModelState.READY, ModelState.BUSY, ModelState.STARTING)
        usage = self.usage if runs else None
        return ModelReport(
            model=self.key,
            runtime=RUNTIME_NAMES[self.kind],
            state=self.state,
            detail=self.detail,
            started_at=self.started_at,
            last_used_at=self.last_used_at,
            memory=usage.memory if usage else None,
            cpu=round(self.cpu, 3) if usage and self.cpu is not None else None,
            data=usage.data if usage else None,
            restarts=restarts,
            digest=self.digest,
            device=self.device,
            notes=self.notes,
        )
