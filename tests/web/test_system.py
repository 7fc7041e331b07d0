"""Whether the installation says truly how it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labelbuddy_core.services.installation.job_runs import show_life


def test_ready_says_when_no_worker_lives_and_when_one_does(client_for: Callable[..., Any]) -> None:
    client = client_for(None)
    missing = client.get("/api/v1/ready")
    assert missing.status_code == 503
    assert "no sign of life" in missing.json()["worker"]
    show_life("local")
    alive = client.get("/api/v1/ready")
    assert alive.status_code == 200
    assert {name: alive.json()[name] for name in ("database", "storage", "worker")} == dict.fromkeys(
        ("database", "storage", "worker"), "ok"
    )
