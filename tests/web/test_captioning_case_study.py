"""The captioning case study of the paper (section 5), over HTTP from the declaration of the model to the exports.

An audio-language model describes a track and its parts. One annotator corrects "vinyl crackle" to "rain sounds" and
moves a described part, another keeps what the model said; the review shows where they differ, and the exports carry it.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import select
from werkzeug.serving import make_server

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.models import model_supervision
from labelbuddy_core.services.predictions import predicting
from labelbuddy_core.settings import get_settings
from model_containers.serving import Answer, ChatMessage, ChatOptions, Information, Options, create_app

Make = Callable[..., Any]
LICENSE = "NVIDIA OneWay Noncommercial License"
SAID = "A lo-fi hip-hop track with vinyl crackle and a mellow piano."
CORRECTED = SAID.replace("vinyl crackle", "rain sounds")
YAML = """
name: music-flamingo
version: "2601"
license: {license}
endpoint: {address}
protocol: openai-chat
chat: {{prompt: Describe this track., reasoning: field, regions: time-stamps, seed: 1}}
input_schema: {{sample_rate: 8000, channels: 1}}
output_schema:
  - {{type: text}}
  - {{type: region, label: Caption}}
"""


class Flamingo:
    """What an audio-language model says, by the kit's own server; it checks that it was given the sound."""

    information = Information(name="music-flamingo", version="2601", labels=(), sample_rate=8_000)

    def load(self) -> None:
        return None

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        return Answer()

    def chat(self, messages: Sequence[ChatMessage], options: ChatOptions) -> Iterator[str]:
        question = messages[-1]
        assert "Describe this track." in question.text
        assert "[0:00 - 0:15]" in question.text
        assert len(question.sounds[0]) == 8_000 * 20
        assert options.seed == 1
        text = f"<think>There is a hiss.</think>{SAID}\n[0:00 - 0:08] Piano alone.\n[0:08 - 0:20] Drums and a hiss."
        yield from (text[at : at + 7] for at in range(0, len(text), 7))


@pytest.fixture
def flamingo(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The model's address."""
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    get_settings.cache_clear()
    monkeypatch.setattr(model_supervision, "_manager", None)
    server = make_server("127.0.0.1", 0, create_app(Flamingo()), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    model_supervision.close_models()


def run_prediction(job: dict[str, Any]) -> None:
    """As the worker does."""
    with get_database().read() as session:
        row = session.scalars(select(Job).where(Job.id == job["id"])).one()
        context = JobContext(row.id, row.arguments, lambda _, step: step(), lambda *_: None, lambda: False)
    predicting.run(context)


def hand_in(client: Any, task: str, number: int, items: list[tuple[str, str, dict[str, Any]]]) -> str:
    """Save what somebody accepted and submit it; returns the annotation."""
    operations = [{"op": "put", "collection": kind, "id": key, "value": value} for kind, key, value in items]
    saved = client.patch(
        f"/api/v1/tasks/{task}/annotation",
        json={
            "client": f"{number}1111111-1111-4111-8111-111111111111",
            "sequence": 1,
            "base_revision": 0,
            "operations": operations,
        },
    )
    assert saved.status_code == 200, saved.text
    done = client.post(f"/api/v1/tasks/{task}/annotation/submit", json={"revision": saved.json()["revision"]})
    assert done.status_code == 200, done.text
    return client.get(f"/api/v1/tasks/{task}/annotation").json()["id"]


def edited(item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A suggestion that was accepted and changed, as the editor writes it."""
    return {**item, **changes, "origin": {**item["origin"], "edited": True}}


def exported(client: Any, project: str, form: str) -> str:
    answer = client.get(f"/api/v1/projects/{project}/export?format={form}&which=all&audio=paths")
    assert answer.status_code == 200, answer.text
    return answer.text.removeprefix("\ufeff")


def test_a_track_is_captioned_corrected_compared_and_exported(
    flamingo: str, make_user: Make, make_project: Make, add_task: Make, client_for: Make, tmp_path: Path
) -> None:
    manager = make_user("manager", can_create_projects=True)
    ada, ben, reviewer = make_user("ada"), make_user("ben"), make_user("reviewer")
    project = make_project(
        template="captioning", labels=("Caption",), managers=(manager,), annotators=(ada, ben), reviewers=(reviewer,),
        strategy="all",
    )  # fmt: skip
    task = add_task(project, duration=20.0, name="track.wav", annotators=(ada, ben))
    of = {person.username: client_for(person) for person in (manager, ada, ben, reviewer)}

    # the sound behind the task
    recording = of["manager"].get(f"/api/v1/tasks/{task}").json()["recording"]
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 8_000 * 20)
    soundfile.write(tmp_path / "track.wav", noise, 8_000, subtype="PCM_16")
    copy = Path(shutil.copy(tmp_path / "track.wav", tmp_path / "copy.wav"))
    open_store(get_settings()).put_file(original_key(recording["sha256"]), copy)

    # the model is declared; its license is read and confirmed before it is used
    yaml = YAML.format(license=LICENSE, address=flamingo)
    model = of["manager"].post("/api/v1/models", content=yaml.encode()).json()["id"]
    link = f"/api/v1/projects/{project}/models/{model}"
    refused = of["manager"].put(link, json={})
    assert (refused.status_code, refused.json()["license"]) == (409, LICENSE)
    confirmed = of["manager"].put(f"/api/v1/models/{model}/license", json={"license": LICENSE})
    assert confirmed.json()["confirmed_by"] == "manager"
    assert of["manager"].put(link, json={"label_map": {"Caption": "caption"}}).status_code == 200

    # it predicts a caption, and parts with time stamps as regions with text
    asked = of["ada"].post(f"/api/v1/tasks/{task}/predictions", json={"model": model})
    assert asked.status_code == 202, asked.text
    run_prediction(asked.json())
    (prediction,) = of["ada"].get(f"/api/v1/tasks/{task}/predictions").json()["items"]
    suggested = prediction["document"]
    assert prediction["license"] == LICENSE
    assert suggested["caption"]["text"] == SAID
    parts = [(one["start"], one["end"], one["label"], one["text"]) for one in suggested["regions"]]
    assert parts == [(0.0, 8.0, "caption", "Piano alone."), (8.0, 20.0, "caption", "Drums and a hiss.")]
    assert "Reasoning: There is a hiss." in prediction["notes"]

    # Ada corrects a word and moves a part; Ben takes what the model said
    first, second = suggested["regions"]
    caption = edited(suggested["caption"], text=CORRECTED)
    moved = edited(second, start=9.25, text="Drums and rain.")
    items = [("caption", "caption", caption), ("regions", first["id"], first), ("regions", moved["id"], moved)]
    annotation = hand_in(of["ada"], task, 1, items)
    hand_in(of["ben"], task, 2, [("caption", "caption", suggested["caption"]), ("regions", first["id"], first)])

    # the review shows where the two differ
    compared = of["reviewer"].get(f"/api/v1/tasks/{task}/captions").json()
    assert [one["annotator"] for one in compared["captions"]] == ["ada", "ben"]
    assert [one["texts"] for one in compared["phrases"] if not one["same"]] == [["rain sounds", "vinyl crackle"]]
    (pair,) = compared["pairs"]
    assert (pair["chrf"], pair["rouge_l"]) == (0.7286, 0.8462)
    approval = {"revision": 1, "decision": "approve"}
    assert of["reviewer"].post(f"/api/v1/annotations/{annotation}/reviews", json=approval).status_code in (200, 201)

    # captions for training, as JSON Lines and as CSV, tell who said what, from which model and under which license
    rows = [json.loads(line) for line in exported(of["manager"], project, "captions").splitlines()]
    whole = [row for row in rows if not row["label"]]
    assert [(row["annotator"], row["text_caption"], row["state"]) for row in whole] == [
        ("ada", CORRECTED, "approved"),
        ("ben", SAID, "submitted"),
    ]
    timed = [
        (row["start"], row["end"], row["text_caption"]) for row in rows if row["annotator"] == "ada" and row["label"]
    ]
    assert timed == [(0.0, 8.0, "Piano alone."), (9.25, 20.0, "Drums and rain.")]
    assert {(row["model"], row["version"], row["model_license"]) for row in rows} == {
        ("music-flamingo", "2601", LICENSE)
    }
    assert {row["audio_path"] for row in rows} == {f"/api/v1/tasks/{task}/original"}
    table = list(csv.DictReader(io.StringIO(exported(of["manager"], project, "captions-csv"))))
    assert [(one["text_caption"], float(one["start"]), one["model_license"]) for one in table] == [
        (one["text_caption"], one["start"], LICENSE) for one in rows
    ]

    # and so do whole documents: what was changed is marked as edited
    (ours, theirs) = [json.loads(line) for line in exported(of["manager"], project, "jsonl").splitlines()]
    assert ours["document"]["caption"]["origin"]["edited"]
    assert not theirs["document"]["caption"]["origin"]["edited"]
    assert ours["model_licenses"] == {"music-flamingo": LICENSE}
    flat = list(csv.DictReader(io.StringIO(exported(of["manager"], project, "csv"))))
    assert [(one["kind"], one["edited"]) for one in flat if one["annotator"] == "ada"] == [
        ("region", "false"),
        ("region", "true"),
        ("caption", "true"),
    ]


def test_predictions_keep_the_license_they_were_made_under(
    flamingo: str, make_user: Make, make_project: Make, add_task: Make, client_for: Make, tmp_path: Path
) -> None:
    manager = make_user("manager", can_create_projects=True)
    project = make_project(labels=("Caption",), managers=(manager,), annotators=(manager,))
    task = add_task(project, duration=20.0, annotators=(manager,))
    client = client_for(manager)
    sha256 = client.get(f"/api/v1/tasks/{task}").json()["recording"]["sha256"]
    soundfile.write(tmp_path / "track.wav", np.zeros(8_000 * 20), 8_000, subtype="PCM_16")
    open_store(get_settings()).put_file(original_key(sha256), tmp_path / "track.wav")
    yaml = YAML.format(license="MIT", address=flamingo)
    model = client.post("/api/v1/models", content=yaml.encode()).json()["id"]
    assert client.put(f"/api/v1/projects/{project}/models/{model}", json={}).status_code == 200
    run_prediction(client.post(f"/api/v1/tasks/{task}/predictions", json={"model": model}).json())
    (prediction,) = client.get(f"/api/v1/tasks/{task}/predictions").json()["items"]
    hand_in(client, task, 3, [("caption", "caption", prediction["document"]["caption"])])

    yaml = YAML.format(license=LICENSE, address=flamingo)
    assert client.patch(f"/api/v1/models/{model}", content=yaml.encode()).status_code == 200
    assert client.get(f"/api/v1/tasks/{task}/predictions").json()["items"][0]["license"] == "MIT"
    (row,) = [json.loads(line) for line in exported(client, project, "captions").splitlines()]
    assert row["model_license"] == "MIT"
