"""The application itself around the editor: the real API on SQLite with one task, and models that suggest something."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from host_page import HOST_PAGE
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from tone import SECONDS, tone

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent, Model, Prediction
from labelbuddy_core.services.accounts.sign_in import open_session
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.predictions import predictions
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import ingestion, uploads
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.web.application import api
from labelbuddy_core.web.assets import FOLDER, asset
from labelbuddy_core.web.protection import Protection

MOOD = {"id": "mood", "name": "Mood", "kind": "choice", "choices": ["calm", "wild"], "required": False}
LABELS = [{"name": "Speech", "attributes": [MOOD]}, {"name": "Music", "attributes": [MOOD]}, {"name": "Dog"}]
TIERS = ["Ada", "Ben"]


@dataclass(frozen=True)
class Real:
    """The application in this process, and a task of 20 s that somebody annotates."""

    url: str
    token: str
    actor: Actor
    project: str
    task: str

    def document(self) -> dict[str, Any]:
        """What the database has."""
        return annotations.get_mine(self.actor, self.task)["document"]

    def predictions(self) -> list[dict[str, Any]]:
        """What models suggest, with the decisions on it."""
        return predictions.list_for_task(self.actor, self.task)["items"]

    def actions(self) -> set[str]:
        """What the history says that was done."""
        with get_database().read() as session:
            return set(session.scalars(select(HistoryEvent.action)))

    def suggest(self, dice: random.Random) -> None:
        """Another model suggests regions (one with frequencies), an instant, tags and a caption."""
        with get_database().write() as session:
            number = session.query(Prediction).count() + 1
            model = Model(name=f"tagger{number}", source="", specification={})
            session.add(model)
            session.flush()
            place = {"project_id": int(self.project), "task_id": int(self.task), "model_id": model.id}
            row = Prediction(**place, version="1", document={}, seconds=1.0, uncertainty=None, profile=None)
            session.add(row)
            session.flush()
            row.document = suggested(dice, model.name, str(row.id), number)


def suggested(dice: random.Random, model: str, prediction: str, number: int) -> dict[str, Any]:
    """The document of a prediction."""

    def origin(item: str | None) -> dict[str, Any]:
        about = {"kind": "model", "prediction": prediction, "model": model, "version": "1", "edited": False}
        return {**about, "region": item, "score": round(dice.random(), 2)}

    regions, points = [], []
    for place in range(5):
        name = f"s{number}-{place}"
        start = round(dice.uniform(0, SECONDS - 4), 3)
        region = {"id": name, "start": start, "end": round(start + dice.uniform(0.2, 3), 3), "origin": origin(name)}
        band = {"low": 300.0, "high": 900.5} if place == 0 else {}
        regions.append({**region, "label": dice.choice(("speech", "music", "dog")), **band})
    name = f"s{number}-i"
    points.append({"id": name, "time": round(dice.uniform(0, 18), 3), "kind": "instant", "label": "dog"})
    points[0]["origin"] = origin(name)
    tags = [{"label": label, "origin": origin(None)} for label in ("speech", "dog")]
    caption = {"text": f"sentence {number}", "origin": origin(None)}
    return {"regions": regions, "points": points, "tags": tags, "caption": caption}


@contextmanager
def running(make_user: Callable[..., Actor], make_project: Callable[..., str]) -> Iterator[Real]:
    """Served on a port of its own."""
    actor = make_user()
    project = make_project(managers=(actor,), annotators=(actor,))
    projects.update_project(actor, project, {"labels": LABELS, "lanes": "tiers", "tiers": TIERS})
    audio = tone()
    with uploads.begin_upload(actor, project, "tone", name="tone.wav", size=len(audio)) as incoming:
        incoming.write(audio)
    recording = uploads.finish_upload(actor, project, "tone", incoming)["recording"]
    assert ingestion.ingest_recording(int(recording["id"]), lambda _: None) == "ready"
    task = queues.next_task(actor, project)
    assert task is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = {path.suffix[1:]: path.name for path in FOLDER.glob("index-*")}
    routes = [
        Route("/page", lambda _: HTMLResponse(HOST_PAGE.format(**names))),
        Route("/lb-assets/{name}", asset),
        Mount("/api", app=api()),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Protection, policy="default-src 'self' 'unsafe-inline'")])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    token = open_session(actor.id, address="test", user_agent="test").token
    yield Real(f"http://127.0.0.1:{port}", token, actor, project, task)
    server.should_exit = True
    thread.join(10)
