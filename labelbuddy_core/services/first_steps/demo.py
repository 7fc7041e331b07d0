"""The demo: a project with recordings made by formula, labels, and annotations that are finished and disagree."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from sqlalchemy import select

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.decoding import Block
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.synthesis import RATE, Event, Scene
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Recording, Task, User
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.services.accounts.accounts import actor_of, add_user
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import consensus
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.first_steps.sample_contents import SOUNDS
from labelbuddy_core.services.first_steps.sample_making import ask_model
from labelbuddy_core.services.first_steps.samples import mark_as_sample
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import adding_recordings, ingestion, uploads
from labelbuddy_core.services.reviews import reviews
from labelbuddy_core.services.tasks import queues, tasks
from labelbuddy_core.settings import get_settings

ACCOUNTS = ("demo-manager", "demo-annotator", "demo-annotator-2", "demo-reviewer")
PROJECT = "Radio and street (demo)"
INSTRUCTIONS = """Mark every stretch of **speech**, **music** and the other sounds.

- Drag on a lane to mark a region; select it to move or resize it.
- Overlapping sounds get regions of their own.
- Ask the model for suggestions of music tags with **Predict**.
"""
_SEED = 20_260_701
_LONG_SECONDS = 20 * 60
_LONG_PART = 30.0

Say = Callable[[str], None]
Parts = list[tuple[str, float, float, Callable[[float], synthesis.Sound]]]


@dataclass(frozen=True)
class Clip:
    """A demo recording: its file name and what is heard when (label, onset, offset in seconds)."""

    name: str
    seconds: float
    parts: tuple[tuple[str, float, float], ...]


CLIPS = (
    Clip("news-with-jingle.wav", 24.0, (("Music", 0.0, 5.2), ("Speech", 4.4, 17.0), ("Music", 16.2, 24.0))),
    Clip("two-voices.flac", 20.0, (("Speech", 0.6, 8.4), ("Speech", 9.2, 19.0))),
    Clip(
        "street-with-siren.wav",
        22.0,
        (("Engine", 0.0, 22.0), ("Siren", 6.5, 15.5), ("Dog", 17.1, 17.5), ("Dog", 18.0, 18.4)),
    ),
    Clip("dog-in-the-rain.mp3", 18.0, (("Rain", 0.0, 18.0), ("Dog", 3.2, 3.6), ("Dog", 4.1, 4.5), ("Dog", 11.0, 11.4))),
    Clip("song-one.mp3", 30.0, (("Music", 0.0, 30.0),)),
    Clip("song-two.wav", 26.0, (("Music", 1.0, 26.0),)),
    Clip("interview-over-music.mp3", 28.0, (("Music", 0.0, 28.0), ("Speech", 3.0, 12.5), ("Speech", 15.0, 25.5))),
    Clip("rain-and-engine.flac", 20.0, (("Rain", 0.0, 20.0), ("Engine", 7.0, 16.0))),
    Clip("announcement.m4a", 16.0, (("Siren", 0.5, 3.5), ("Speech", 4.2, 14.8))),
    Clip("kitchen-radio.wav", 22.0, (("Music", 0.0, 10.0), ("Speech", 10.4, 21.0), ("Rain", 0.0, 22.0))),
)
FIRST_TASK = "interview-over-music.mp3"
"""What a new annotator gets first: it has something to mark, and suggestions."""
LONG_NAME = "radio-hour-excerpt.mp3"


def load_demo(say: Say) -> list[str]:
    """Make the demo unless it is there; returns lines that tell how to sign in."""
    with get_database().read() as session:
        if session.scalar(select(User.id).limit(1)) is not None:
            there = session.scalar(select(User.id).where(User.username == ACCOUNTS[0])) is not None
            return (
                ["The demo is loaded; its passwords are those of the first start."]
                if there
                else ["This data folder holds real accounts; the demo was not loaded. Use --data with an empty folder."]
            )
    password = get_settings().demo_password or secrets.token_urlsafe(9)
    people = _people(password)
    say(f"Password of the demo accounts: {password}")  # before anything that can be interrupted
    models.ensure_bundled_models()
    manager = people["demo-manager"]
    project = projects.create_project(
        manager,
        name=PROJECT,
        template="sound-events",
        instructions=INSTRUCTIONS,
        labels=[{"name": name} for name in ("Speech", "Music", "Dog", "Siren", "Engine", "Rain")],
        annotators_per_task=2,
        members={
            "demo-annotator": ["annotator"],
            "demo-annotator-2": ["annotator"],
            "demo-reviewer": ["reviewer"],
        },
    )
    mark_as_sample(manager, project["id"])
    for model in models.list_models(manager):
        model_links.link_model(
            manager, project["id"], model["id"], threshold=0.15, add_labels=["techno", "electronic", "ambient", "vocal"]
        )
    folder = get_settings().data / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    truth: dict[str, tuple[Event, ...]] = {}
    for path, events in _recordings(folder, say):
        with (
            uploads.begin_upload(manager, project["id"], uuid4().hex, name=path.name, size=path.stat().st_size) as file,
            path.open("rb") as source,
        ):
            while chunk := source.read(1 << 20):
                file.write(chunk)
        adding_recordings.add_file(manager, project["id"], file)
        path.unlink()
        truth[path.name] = events
    folder.rmdir()
    say("Reading the demo recordings")
    _ingest_now(int(project["id"]))
    _annotate(people, int(project["id"]), truth)
    return [f"Demo accounts: {', '.join(ACCOUNTS)}", f"Password of each: {password}"]


def _people(password: str) -> dict[str, Actor]:
    with get_database().write() as session:
        found = {}
        for username in ACCOUNTS:
            manages = username == "demo-manager"
            user = add_user(
                session,
                {
                    "username": username,
                    "name": username.replace("-", " ").title(),
                    "password": password,
                    "is_administrator": manages,
                    "can_create_projects": manages,
                },
            )
            found[username] = actor_of(user)
        return found


def _recordings(folder: Path, say: Say) -> Iterator[tuple[Path, tuple[Event, ...]]]:
    """Every demo recording as a file with the truth about it; the same bytes for the same seed and encoders."""
    for clip in CLIPS:
        say(f"Making {clip.name}")
        made = _scene(np.random.default_rng([_SEED, zlib.crc32(clip.name.encode())]), clip)
        path = folder / clip.name
        encode([made.samples[np.newaxis]], RATE, path)
        yield path, made.events
    say(f"Making {LONG_NAME}")
    events: list[Event] = []
    path = folder / LONG_NAME
    encode(_long(events), RATE, path, bit_rate=64_000)
    yield path, tuple(events)


def _scene(random: synthesis.Random, clip: Clip) -> Scene:
    parts: Parts = [(label, onset, offset, partial(SOUNDS[label], random)) for label, onset, offset in clip.parts]
    return synthesis.scene(random, clip.seconds, parts)


def _long(events: list[Event]) -> Iterator[Block]:
    """Twenty minutes of radio in parts of half a minute, so that memory stays small."""
    random = np.random.default_rng([_SEED, 7])
    kinds = ("Music", "Speech", "Speech", "Music", "Rain", "Speech", "Music", "Speech")
    made = []
    for kind in kinds:  # eight different parts, in turns
        end = _LONG_PART - float(random.uniform(0.3, 2.0))
        made.append(synthesis.scene(random, _LONG_PART, [(kind, 0.2, end, partial(SOUNDS[kind], random))]))
    for number in range(int(_LONG_SECONDS / _LONG_PART)):
        part, at = made[number % len(made)], number * _LONG_PART
        events += [Event(event.label, at + event.onset, at + event.offset) for event in part.events]
        yield part.samples[np.newaxis]


def _ingest_now(project_id: int) -> None:
    """Read the recordings here and now, so that the demo is complete when its address is printed."""
    with get_database().read() as session:
        waiting = list(
            session.scalars(
                select(Recording.id).where(
                    Recording.project_id == project_id, Recording.state == RecordingState.QUEUED.value
                )
            )
        )
    for recording_id in waiting:
        ingestion.ingest_recording(recording_id, lambda _: None)


def _annotate(people: dict[str, Actor], project_id: int, truth: dict[str, tuple[Event, ...]]) -> None:
    """Two annotators finish four clips and do not quite agree; one is settled, some is sent back, some waits."""
    with get_database().read() as session:
        rows = session.execute(
            select(Recording.name, Task.id)
            .join(Task, Task.recording_id == Recording.id)
            .where(Task.project_id == project_id)
        ).all()
    by_name = {name: str(task_id) for name, task_id in rows}
    manager, reviewer = people["demo-manager"], people["demo-reviewer"]
    annotators = [people["demo-annotator"], people["demo-annotator-2"]]
    made: dict[tuple[str, int], dict[str, Any]] = {}
    for clip in ("news-with-jingle.wav", "street-with-siren.wav", "two-voices.flac", "rain-and-engine.flac"):
        tasks.change_task(manager, by_name[clip], {"assignees": [person.username for person in annotators]})
        for number, person in enumerate(annotators):
            document = _document(truth[clip], number)
            request = Replacement(client=uuid4(), sequence=1, base_revision=0, document=document)
            saved = annotations.replace(person, by_name[clip], request)
            made[clip, number] = handing_in.submit(person, by_name[clip], saved["revision"])
    for number in (0, 1):
        one = made["news-with-jingle.wav", number]
        reviews.review_annotation(
            reviewer, one["id"], revision=one["revision"], decision="approve", feedback="Clean work."
        )
    document = annotations.get_annotation(reviewer, made["news-with-jingle.wav", 0]["id"])["document"]
    consensus.put_consensus(reviewer, by_name["news-with-jingle.wav"], revision=0, document=document)
    for clip, number, remark in (
        ("street-with-siren.wav", 1, "This is one bark too long."),
        ("rain-and-engine.flac", 0, "The engine stops earlier."),
    ):
        one = made[clip, number]
        region = annotations.get_annotation(annotators[number], one["id"])["document"]["regions"][-1]
        reviews.review_annotation(
            reviewer,
            one["id"],
            revision=one["revision"],
            decision="reject",
            feedback="Please listen to the end again.",
            regions=[{"id": region["id"], "decision": "reject", "feedback": remark}],
        )
    tasks.change_task(manager, by_name[FIRST_TASK], {"priority": 1})
    ask_model(manager, project_id, "baseline")
    queues.next_task(annotators[0], str(project_id))


def _document(events: tuple[Event, ...], person: int) -> dict[str, Any]:
    """What an annotator would mark: the truth with a small bias each (the second one is late and misses an event)."""
    late = (0.02, 0.18)[person]
    kept = events if person == 0 or len(events) < 3 else events[:-1]
    regions = [
        {
            "id": f"demo_{person}_{number}",
            "start": round(event.onset + late * (number % 3) / 2, 6),
            "end": round(event.offset - late * ((number + 1) % 3) / 4, 6),
            "label": event.label.lower(),
            "origin": {"kind": "human"},
        }
        for number, event in enumerate(kept)
    ]
    return {"schema": "labelbuddy/annotation@1", "regions": regions}
