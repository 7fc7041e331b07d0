"""A folder of the server that may be imported from, and a way to run an import's job to its end."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.services.recordings import import_reports, importing, uploads
from labelbuddy_core.settings import get_settings

Place = tuple[Actor, str]
RunImport = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def place(make_user: Callable[..., Actor], make_project: Callable[..., str]) -> Place:
    """A manager and a project."""
    manager = make_user()
    return manager, make_project(managers=(manager,))


@pytest.fixture
def lab(tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the server that the settings allow."""
    folder = tmp_path / "lab"
    folder.mkdir()
    monkeypatch.setenv("LABELBUDDY_IMPORT_FOLDERS", str(folder))
    get_settings.cache_clear()
    return folder


@pytest.fixture
def tone() -> Callable[[int], bytes]:
    """The bytes of a short WAV file, others for each number."""

    def make(number: int) -> bytes:
        import io

        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(number.to_bytes(2, "little") * 800)
        return buffer.getvalue()

    return make


def context(job_id: str, *, messages: list[str] | None = None) -> JobContext:
    """What a job's code sees, without a queue behind it."""
    board = DatabaseJobBoard()
    begun = board.begin(job_id)
    assert begun is not None

    def tell(_fraction: float, message: str) -> None:
        if messages is not None:
            messages.append(message)

    return JobContext(job_id, begun["arguments"], lambda _, step: step(), tell, lambda: board.is_cancelled(job_id))


@pytest.fixture
def run_import() -> RunImport:
    """Run the job of an import as the worker does; returns how many files are in which state."""

    def run(begun: dict[str, Any]) -> dict[str, Any]:
        job_id = begun["job"]["id"]
        result = importing.run(context(job_id))
        DatabaseJobBoard().finish(job_id, "succeeded", result, None)
        return result

    return run


def _upload_id(name: str) -> str:
    return f"u-{name.replace('.', '-')}"


def upload(place: Place, name: str, data: bytes) -> dict[str, Any]:
    """Send a file as the page does; returns the answer to its last part."""
    manager, project = place
    with uploads.begin_upload(manager, project, _upload_id(name), name=name, size=len(data)) as incoming:
        incoming.write(data)
    return uploads.finish_upload(manager, project, _upload_id(name), incoming)


def files(place: Place, begun: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What became of each file, by its address."""
    return {one["address"]: one for one in import_reports.list_files(place[0], begun["id"], limit=1000)["items"]}


def end_job(begun: dict[str, Any], state: str = "failed") -> None:
    """The job has ended without finishing its work."""
    with get_database().write() as session:
        session.get_one(Job, begun["job"]["id"]).state = state
