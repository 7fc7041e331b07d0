"""Where a running model answers, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoint:
    """`socket` is the path of a Unix socket, else `url` is a base URL. `digest` names exactly what runs.

    `certificates` is a PEM file of authorities to trust instead of the system's. One that is `shared` also answers
    others: what is put or taught there is held apart, and `version` is what to ask for by name ("": as everybody).
    """

    url: str = "http://model"
    socket: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    timeout_seconds: float = 600.0
    digest: str = ""
    certificates: str = ""
    shared: bool = False
    version: str = ""
