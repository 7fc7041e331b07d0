"""Fifty annotators save every two seconds through the served app: latency, losses, and what the web process uses.

Prints JSON. Budget (DESIGN §10): median ≤ 30 ms, p95 ≤ 100 ms on 2 cores, nothing lost, ≤ 300 MB.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from uuid import uuid4

import httpx

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 50
SECONDS = 30.0


def main() -> None:
    """Prepare, serve, save, count."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABELBUDDY_DATA"] = folder
        savers = prepare()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "error"]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}/api/v1"
            wait_for(f"{url}/health")
            before = cpu_seconds(server.pid)
            walls = sorted(wall for walls in asyncio.run(everybody(url, savers)) for wall in walls)
            cpu = cpu_seconds(server.pid) - before
            memory = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        finally:
            server.kill()
            server.wait()
        print(
            json.dumps(
                {
                    "saves": len(walls),
                    "lost": len(walls) - kept(),
                    "median_ms": round(walls[len(walls) // 2] * 1e3, 1),
                    "p95_ms": round(walls[int(len(walls) * 0.95)] * 1e3, 1),
                    "cpu_ms_per_save": round(cpu / len(walls) * 1e3, 2),
                    "rss_mb": round(memory / 1e6),
                },
                indent=1,
            )
        )


def prepare() -> list[tuple[str, int]]:
    """Fifty annotators, each with a session and a task of an hour."""
    from labelbuddy_core.database import get_database, migrate
    from labelbuddy_core.database.tables import Assignment, Membership, Project, ProjectLabel, Recording, Task, User
    from labelbuddy_core.services.accounts import sign_in
    from labelbuddy_core.settings import get_settings

    migrate(get_settings())
    with get_database().write() as session:
        session.add(Project(id=1, name="Bench", template="sound-events"))
        session.flush()
        session.add(ProjectLabel(project_id=1, id="speech", position=0, name="Speech", color="#E69F00"))
        for number in range(1, PEOPLE + 1):
            session.add(User(id=number, username=f"u{number}", name="U", password_hash="!"))
            name = f"{number:064d}"
            session.add(
                Recording(
                    id=number,
                    project_id=1,
                    name=name,
                    sha256=name,
                    size=1,
                    state="ready",
                    duration=3600.0,
                    attributes={},
                )
            )
            session.flush()
            session.add(Membership(project_id=1, user_id=number, role="annotator"))
            session.add(Task(id=number, project_id=1, recording_id=number, start=0.0, stop=3600.0))
            session.flush()
            session.add(Assignment(task_id=number, user_id=number, project_id=1, kind="assigned"))
    numbers = range(1, PEOPLE + 1)
    return [(sign_in.open_session(number, address="b", user_agent="b").token, number) for number in numbers]


async def everybody(url: str, savers: list[tuple[str, int]]) -> list[list[float]]:
    """All annotators at once."""
    return await asyncio.gather(*(one(url, token, task) for token, task in savers))


async def one(url: str, token: str, task: int) -> list[float]:
    """One annotator: a new region about every two seconds; returns the seconds each save took."""
    walls: list[float] = []
    client_id, deadline = str(uuid4()), time.monotonic() + SECONDS
    async with httpx.AsyncClient(cookies={"lb_session": token}, timeout=30) as client:
        while time.monotonic() < deadline:
            await asyncio.sleep(random.uniform(1.0, 3.0))
            number = len(walls)
            value = {
                "id": f"r{number}",
                "start": number,
                "end": number + 1,
                "label": "speech",
                "origin": {"kind": "human"},
            }
            operation = {"op": "put", "collection": "regions", "id": f"r{number}", "value": value}
            body = {"client": client_id, "sequence": number, "base_revision": number, "operations": [operation]}
            began = time.perf_counter()
            answer = await client.patch(f"{url}/tasks/{task}/annotation", json=body)
            answer.raise_for_status()
            walls.append(time.perf_counter() - began)
    return walls


def kept() -> int:
    """How many regions the database has."""
    from sqlalchemy import func, select

    from labelbuddy_core.database import get_database
    from labelbuddy_core.database.tables import AnnotationItem

    with get_database().read() as session:
        return session.scalar(select(func.count()).select_from(AnnotationItem)) or 0


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(url: str) -> None:
    """Until the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


if __name__ == "__main__":
    main()
