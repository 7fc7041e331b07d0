"""What is known about a running model at one moment, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labelbuddy_core.domain.states import ModelState


@dataclass(frozen=True)
class ModelReport:
    """`runtime` is container, process or remote; `memory` in bytes, `cpu` in cores; `restarts` counts the times that it
    ended by itself lately; `notes` says where the model contradicts its file. None where it is not known."""

    model: str
    runtime: str
    state: ModelState
    detail: str = ""
    started_at: datetime | None = None
    last_used_at: datetime | None = None
    memory: int | None = None
    cpu: float | None = None
    data: int | None = None
    restarts: int = 0
    digest: str = ""
    device: str = ""
    notes: tuple[str, ...] = ()
