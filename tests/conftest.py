"""Fixtures every area shares: a fresh installation in a temporary folder, people, projects and recordings in it."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import transformers_environment
from chromium_program import ARGUMENTS, CHROMIUM
from playwright.sync_api import Browser, sync_playwright
from postgresql_server import migrated_postgresql, postgresql_folder, postgresql_server  # noqa: F401 (fixtures)

from labelbuddy_core.database import get_database, migrate
from labelbuddy_core.database.engine import _database
from labelbuddy_core.database.tables import (
    Annotation,
    Assignment,
    Membership,
    Project,
    ProjectLabel,
    Recording,
    Revision,
    Task,
    User,
)
from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import Settings, get_settings

_numbers = itertools.count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones begin first, so that none is left at the end with one process."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; one for all tests (a second Playwright in the process would refuse to start)."""
    if CHROMIUM is None:
        pytest.skip("SKIPPED browser tests: Chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def transformers_python() -> Path:
    """Python of the one environment that has transformers and its server."""
    return transformers_environment.python()


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database that nobody uses, to be copied: migrating takes half a second, thousands of times."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(Settings(data=folder, database_url=""))
    (database,) = folder.iterdir()  # one file: a second would be what is not in the first yet
    return database


@pytest.fixture
def data_folder(
    request: pytest.FixtureRequest, migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """An empty, migrated installation; its folder. On PostgreSQL for a test that is `on_both_databases`, and for all of
    them where LABELBUDDY_TESTS_ON says so."""
    if getattr(request, "param", os.environ.get("LABELBUDDY_TESTS_ON")) == "postgresql":
        yield request.getfixturevalue("postgresql_folder")
        return
    folder = tmp_path / "data"
    monkeypatch.setenv("LABELBUDDY_DATA", str(folder))
    monkeypatch.setenv("LABELBUDDY_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("LABELBUDDY_WARN_FREE_BYTES", "0")
    get_settings.cache_clear()
    folder.mkdir()
    shutil.copyfile(migrated_database, folder / migrated_database.name)
    yield folder
    get_database().close()
    _database.cache_clear()
    get_settings.cache_clear()


@pytest.fixture
def settings(data_folder: Path) -> Settings:
    """The settings of the fresh installation."""
    return get_settings()


MakeUser = Callable[..., Actor]
MakeProject = Callable[..., str]
AddTask = Callable[..., str]


@pytest.fixture
def make_user(data_folder: Path) -> MakeUser:
    """Adds a person; `password_hash` is unusable unless given."""

    def make(
        username: str | None = None,
        *,
        name: str | None = None,
        is_administrator: bool = False,
        can_create_projects: bool = False,
        password_hash: str = "!",
        active: bool = True,
    ) -> Actor:
        username = username or f"user{next(_numbers)}"
        with get_database().write() as session:
            user = User(
                username=username,
                name=name or username.title(),
                email=f"{username}@example.org",
                password_hash=password_hash,
                is_administrator=is_administrator,
                can_create_projects=can_create_projects,
                active=active,
            )
            session.add(user)
            session.flush()
            return Actor(user.id, user.username, user.name, user.is_administrator, user.can_create_projects)

    return make


@pytest.fixture
def make_project(data_folder: Path) -> MakeProject:
    """Adds a project with labels and members; returns its id."""

    def make(
        *,
        name: str = "Street sounds",
        template: str = "custom",
        labels: tuple[str, ...] = ("Speech", "Music", "Dog"),
        managers: tuple[Actor, ...] = (),
        annotators: tuple[Actor, ...] = (),
        reviewers: tuple[Actor, ...] = (),
        strategy: str = "pool",
        annotators_per_task: int = 1,
        blind: bool = True,
    ) -> str:
        with get_database().write() as session:
            project = Project(
                name=name,
                template=template,
                strategy=strategy,
                annotators_per_task=annotators_per_task,
                blind=blind,
            )
            session.add(project)
            session.flush()
            for position, label in enumerate(complete({"name": label} for label in labels)):
                session.add(
                    ProjectLabel(
                        project_id=project.id,
                        id=label.id,
                        position=position,
                        name=label.name,
                        color=label.color,
                        key=label.key,
                    )
                )
            for role, people in (("manager", managers), ("annotator", annotators), ("reviewer", reviewers)):
                for person in people:
                    session.add(Membership(project_id=project.id, user_id=person.id, role=role))
            return str(project.id)

    return make


@pytest.fixture
def add_task(data_folder: Path) -> AddTask:
    """Adds a ready recording (without audio behind it) with its task; returns the task's id."""

    def add(
        project: str, *, duration: float = 60.0, name: str | None = None, annotators: tuple[Actor, ...] = ()
    ) -> str:
        number = next(_numbers)
        with get_database().write() as session:
            recording = Recording(
                project_id=int(project),
                name=name or f"recording-{number}.wav",
                sha256=hashlib.sha256(f"{project}/{number}".encode()).hexdigest(),
                size=1000,
                state="ready",
                duration=duration,
                sample_rate=44100,
                channels=1,
                frames=int(duration * 44100),
                codec="pcm_s16le",
                original_type="audio/wav",
            )
            session.add(recording)
            session.flush()
            task = Task(project_id=int(project), recording_id=recording.id, start=0.0, stop=duration)
            session.add(task)
            session.flush()
            for person in annotators:
                session.add(Assignment(task_id=task.id, user_id=person.id, project_id=int(project), kind="assigned"))
            return str(task.id)

    return add


@pytest.fixture
def add_annotation(data_folder: Path) -> Callable[..., str]:
    """Adds an annotation in a state, with one empty revision; returns its id."""

    def add(task: str, person: Actor, *, state: str = "draft", **fields: Any) -> str:
        with get_database().write() as session:
            row = session.get(Task, int(task))
            assert row is not None
            annotation = Annotation(
                task_id=row.id, project_id=row.project_id, user_id=person.id, revision=1, state=state, **fields
            )
            session.add(annotation)
            session.flush()
            session.add(
                Revision(
                    annotation_id=annotation.id,
                    revision=1,
                    user_id=person.id,
                    client="00000000-0000-4000-8000-000000000000",
                    sequence=0,
                    operations=[],
                )
            )
            return str(annotation.id)

    return add
