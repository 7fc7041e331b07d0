"""Training in a container: runs are written down, cancelled, continued after a crash, and refused with reasons."""

from __future__ import annotations

import io
import json
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from flask.testing import FlaskClient
from urllib3.filepost import encode_multipart_formdata

from model_containers.serving import Answer, Dataset, Information, Options, Run, Tag, create_app
from model_containers.serving.apart import VersionsApart
from model_containers.serving.dataset import DatasetError, read, unpack
from model_containers.serving.training import TrainingRuns


def archive(examples: list[dict[str, Any]] | None = None, files: Mapping[str, bytes] | None = None) -> bytes:
    sound = io.BytesIO()
    soundfile.write(sound, np.full(8000, 0.1), 8000, format="WAV", subtype="PCM_16")
    described = examples or [
        {
            "audio": "audio/a.wav",
            "duration": 1.0,
            "split": "train",
            "regions": [{"start": 0.2, "end": 0.5, "label": "dog"}],
            "tags": ["calm"],
            "text": "A dog.",
        }
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("dataset.json", json.dumps({"labels": ["dog"], "examples": described}))
        for name, content in (files or {"audio/a.wav": sound.getvalue()}).items():
            made.writestr(name, content)
    return buffer.getvalue()


class Learner:
    """Trains for five epochs, each as long as `gate` says."""

    information = Information(name="learner", version="1", labels=("dog",), sample_rate=8_000)

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.seen: Dataset | None = None
        self.fails = False

    def load(self) -> None:
        """Nothing to read."""

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        return Answer()

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        self.seen = dataset
        for number in range(len(run.rows) + 1, 6):
            if self.fails and number == 3:
                raise FloatingPointError("the loss is not a number")
            run.epoch(number, of=5, loss=1.0 / number)
            if number == 2:
                self.gate.wait(10.0)
        return "2"


class World:
    def __init__(self, folder: Path) -> None:
        self.model = Learner()
        self.http: FlaskClient = create_app(self.model).test_client()
        self.folder = folder

    def begin(self, body: bytes | None = None, **fields: str) -> Any:
        data: dict[str, Any] = {"dataset": (io.BytesIO(archive() if body is None else body), "d.zip"), **fields}
        return self.http.post("/train", data=data)

    def run(self, run: str) -> dict[str, Any]:
        return self.http.get(f"/train/{run}").get_json()

    def wait(self, run: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for _ in range(500):
            found = self.run(run)
            if reached(found):
                return found
            time.sleep(0.01)
        raise AssertionError(f"the run stayed {found}")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path))
    return World(tmp_path)


def ended(run: dict[str, Any]) -> bool:
    return run["state"] != "running"


def test_a_run_shows_its_epochs_and_ends_with_a_version(world: World) -> None:
    run = world.begin(parameters='{"epochs": 5}').get_json()["run"]
    halfway = world.wait(run, lambda found: len(found["rows"]) == 2)
    assert (halfway["state"], halfway["epochs"], halfway["parameters"]) == ("running", 5, {"epochs": 5})
    assert halfway["eta"] >= 0
    world.model.gate.set()
    found = world.wait(run, ended)
    assert (found["state"], found["version"], found["eta"]) == ("succeeded", "2", None)
    assert [row["epoch"] for row in found["rows"]] == [1, 2, 3, 4, 5]
    assert found["rows"][3]["loss"] == 0.25


def test_the_model_gets_audio_and_what_people_agreed_on(world: World) -> None:
    world.model.gate.set()
    world.wait(world.begin().get_json()["run"], ended)
    assert world.model.seen is not None
    (example,) = world.model.seen.part("train")
    assert [(one.start, one.end, one.label) for one in example.regions] == [(0.2, 0.5, "dog")]
    assert (example.tags, example.text, world.model.seen.labels) == (("calm",), "A dog.", ("dog",))


def test_a_dataset_may_be_larger_than_audio_and_lies_where_runs_do(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LABELBUDDY_MAX_AUDIO_BYTES", str(1024**2))
    world.http = create_app(world.model).test_client()
    world.model.gate.set()
    large = io.BytesIO(archive())
    with zipfile.ZipFile(large, "a") as made:
        made.writestr("padding", bytes(40 * 1024**2))
    body, kind = encode_multipart_formdata({"dataset": ("d.zip", large.getvalue())})
    with monkeypatch.context() as full:
        full.setattr(tempfile, "tempdir", str(tmp_path / "no-such-folder"))  # as if there were no room
        begun = world.http.post("/train", data=body, content_type=kind)
    assert (begun.status_code, world.wait(begun.get_json()["run"], ended)["state"]) == (202, "succeeded")
    assert world.http.post("/predict", data={"audio": (io.BytesIO(bytes(2 * 1024**2)), "a.wav")}).status_code == 413


def test_a_beginning_that_is_asked_for_again_begins_nothing_new(world: World) -> None:
    first = world.begin(run="00112233445566aa")
    again = world.begin(run="00112233445566aa")
    assert [(answer.status_code, answer.get_json()["run"]) for answer in (first, again)] == [
        (202, "00112233445566aa"),
        (202, "00112233445566aa"),
    ]
    world.model.gate.set()
    world.wait("00112233445566aa", ended)
    assert [one.name for one in (world.folder / "runs").iterdir()] == ["00112233445566aa"]


def test_a_run_whose_beginning_ended_with_the_process_can_begin_again(world: World) -> None:
    (world.folder / "runs" / "00112233445566aa" / "dataset").mkdir(parents=True)
    world.model.gate.set()
    assert world.begin(run="00112233445566aa").status_code == 202
    assert world.wait("00112233445566aa", ended)["state"] == "succeeded"


@pytest.mark.parametrize("name", ["../../etc", "short", "00112233445566AA", "0" * 65])
def test_an_id_that_is_none_is_refused(world: World, name: str) -> None:
    refused = world.begin(run=name)
    assert (refused.status_code, refused.get_json()["detail"].split(":")[0]) == (422, "`run`")


def test_the_dataset_is_removed_when_the_run_has_ended(world: World) -> None:
    world.model.gate.set()
    run = world.begin().get_json()["run"]
    world.wait(run, ended)
    for _ in range(100):
        if not (world.folder / "runs" / run / "dataset").exists():
            return
        time.sleep(0.01)
    raise AssertionError("the dataset is still there")


def test_a_cancelled_run_stops_at_the_end_of_its_epoch(world: World) -> None:
    run = world.begin().get_json()["run"]
    world.wait(run, lambda found: len(found["rows"]) == 2)
    assert world.http.delete(f"/train/{run}").status_code == 202
    world.model.gate.set()
    found = world.wait(run, ended)
    assert (found["state"], len(found["rows"]), found["version"]) == ("cancelled", 3, None)


def test_an_error_of_the_model_fails_the_run_with_its_words(world: World) -> None:
    world.model.fails = True
    world.model.gate.set()
    found = world.wait(world.begin().get_json()["run"], ended)
    assert (found["state"], found["detail"]) == ("failed", "FloatingPointError: the loss is not a number")


def test_one_run_at_a_time(world: World) -> None:
    run = world.begin().get_json()["run"]
    world.wait(run, lambda found: len(found["rows"]) == 2)
    refused = world.begin()
    assert (refused.status_code, refused.get_json()["detail"]) == (
        409,
        "Another run is going on; one at a time is trained.",
    )
    world.model.gate.set()
    world.wait(run, ended)
    assert world.begin().status_code == 202


def test_a_run_that_the_end_of_the_container_interrupted_goes_on(world: World) -> None:
    run = world.begin().get_json()["run"]
    world.wait(run, lambda found: len(found["rows"]) == 2)
    restarted = World(world.folder)
    found = restarted.run(run)
    assert (found["state"], len(found["rows"])) == ("interrupted", 2)
    restarted.model.gate.set()
    assert restarted.http.post("/train", data={"resume": run}).status_code == 202
    found = restarted.wait(run, ended)
    assert (found["state"], [row["epoch"] for row in found["rows"]]) == ("succeeded", [1, 2, 3, 4, 5])
    again = restarted.http.post("/train", data={"resume": run})
    assert (again.status_code, again.get_json()["detail"]) == (
        409,
        "The run is succeeded; only an interrupted one can be continued.",
    )


def test_a_damaged_run_does_not_keep_the_container_from_starting(tmp_path: Path) -> None:
    (tmp_path / "runs" / "x").mkdir(parents=True)
    (tmp_path / "runs" / "x" / "run.json").write_text("{")
    assert TrainingRuns(Learner(), tmp_path)._runs == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"no archive", "not a ZIP file"),
        (archive(files={"other.wav": b""}), "'audio/a.wav' is not in the archive"),
        (
            archive([{"audio": "audio/a.wav", "duration": 1.0, "split": "dev"}]),
            "'dev' is not train, validation or test",
        ),
        (archive([{"audio": "audio/a.wav", "duration": 1.0, "split": "test"}]), "no example is for training"),
        (archive([{"audio": "audio/a.wav"}]), r"examples\[0\] is not of the described form \(KeyError: 'duration'\)"),
        (archive([{"audio": "../../etc/passwd", "duration": 1.0}]), "is not in the archive"),
        (archive(files={"../../evil": b"x"}), "lies outside the archive"),
    ],
)
def test_what_is_no_dataset_is_refused_with_the_place(body: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=message):
        unpack(io.BytesIO(body), tmp_path)
    assert not (tmp_path.parent.parent / "evil").exists()


def test_a_folder_without_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"dataset\.json is missing"):
        read(tmp_path)


def test_wrong_parameters_are_refused(world: World) -> None:
    for text in ("[1]", "{"):
        assert world.begin(parameters=text).status_code == 422


def test_with_a_token_only_health_is_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_TOKEN", "s3cret")
    http = create_app(Learner()).test_client()
    assert http.get("/health").status_code == 200
    for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": "s3cre"}):
        refused = http.get("/info", headers=headers)
        assert (refused.status_code, refused.content_type) == (401, "application/problem+json")
        assert http.post("/train", headers=headers).status_code == 401
    assert http.get("/info", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_the_time_left_leaves_out_what_is_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("model_containers.serving.run.time.monotonic", lambda: clock[0])
    run = Run(tmp_path, {})
    left = []
    for moment in (100.0, 110.0, 120.0):  # 90 s of hearing, then 10 s an epoch
        clock[0] = moment
        run.epoch(len(run.rows) + 1, of=5, loss=1.0)
        left.append(run.as_json()["eta"])
    assert left == [400.0, 30.0, 20.0]


class Hearer:
    """Hears how loud `level` is, and learns it: the weights are that number."""

    information = Information(name="hearer", version="1", labels=("dog",), sample_rate=8_000)

    def __init__(self) -> None:
        self.level, self.gate = 0.5, threading.Event()

    def load(self) -> None:
        """Nothing to read."""

    def predict(self, samples: np.ndarray, options: Options) -> Answer:
        return Answer(tags=(Tag("dog", self.level),))

    def use(self, weights: Path, version: str) -> None:
        self.level = float(weights.read_text())
        self.information = replace(self.information, version=version)

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        for number in range(len(run.rows) + 1, 4):
            run.epoch(number, of=3, loss=1.0 / number)
            if number == 2:
                self.gate.wait(10.0)
        self.level /= 2
        run.weights.write_text(str(self.level))
        return run.name

    def apart(self) -> Hearer:
        return copy(self)


class Shared:
    """A server that several people ask."""

    def __init__(self, folder: Path) -> None:
        self.model = Hearer()
        self.http = create_app(self.model).test_client()

    def put(self, version: str, weights: bytes) -> int:
        return self.http.put(f"/weights/{version}?apart=1", data=weights).status_code

    def level(self, query: str = "") -> tuple[str, float]:
        """Which version answers, and what it says."""
        sound = io.BytesIO()
        soundfile.write(sound, np.full(8000, 0.1), 8000, format="WAV", subtype="PCM_16")
        sound.seek(0)
        found = self.http.post(f"/predict{query}", data={"audio": (sound, "a.wav")}).get_json()
        return found["version"], found["tags"][0]["score"]

    def learn(self, **fields: str) -> dict[str, Any]:
        self.model.gate.set()
        run = self.begin(**fields).get_json()["run"]
        while not ended(found := self.http.get(f"/train/{run}").get_json()):
            time.sleep(0.01)
        return found

    def begin(self, **fields: str) -> Any:
        return self.http.post("/train", data={"dataset": (io.BytesIO(archive()), "d.zip"), **fields})


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shared:
    monkeypatch.setenv("LABELBUDDY_DATA", str(tmp_path))
    return Shared(tmp_path)


def test_weights_may_be_larger_than_audio(shared: Shared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABELBUDDY_MAX_AUDIO_BYTES", "1000")
    small = Shared(tmp_path)
    assert small.put("loud", b"0." + b"5" * 100_000) == 200
    assert small.http.post("/predict", data={"audio": (io.BytesIO(bytes(2000)), "a.wav")}).status_code == 413


def test_versions_apart_answer_only_who_names_them(shared: Shared) -> None:
    assert (shared.put("loud", b"0.75"), shared.put("soft", b"0.25")) == (200, 200)
    assert shared.level() == ("1", 0.5)
    assert shared.level("?version=loud") == ("loud", 0.75)
    assert shared.level("?version=soft") == ("soft", 0.25)
    assert shared.http.get("/info?version=soft").get_json()["version"] == "soft"
    assert shared.http.get("/info").get_json()["version"] == "1"


def test_a_version_that_is_not_held_any_more_is_gone(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_containers.serving.apart.KEPT", 1)
    monkeypatch.setattr("model_containers.serving.apart.IN_MEMORY", 1)
    shared.put("first", b"0.75")
    shared.put("second", b"0.25")
    assert shared.level("?version=second") == ("second", 0.25)
    gone = shared.http.get("/info?version=first")
    assert (gone.status_code, "first" in gone.get_json()["detail"]) == (410, True)


def test_weights_that_do_not_fit_are_not_held(shared: Shared) -> None:
    assert shared.put("wrong", b"words") == 422
    assert shared.http.get("/info?version=wrong").status_code == 410


def test_a_version_that_two_put_at_the_same_time_is_held(tmp_path: Path) -> None:
    versions, meeting = VersionsApart(Hearer(), tmp_path), threading.Barrier(2)

    def put() -> None:
        def save(path: Path) -> None:
            with path.open("wb") as file:
                file.write(b"0.")
                meeting.wait(10.0)
                file.write(b"75")
            meeting.wait(10.0)

        versions.receive("loud", save)

    with ThreadPoolExecutor(2) as two:
        for done in [two.submit(put), two.submit(put)]:
            done.result(20.0)
    (kept,) = (tmp_path / "apart" / "versions").iterdir()
    assert (kept.name, kept.read_text()) == ("loud.safetensors", "0.75")


def test_what_a_killed_server_had_begun_to_receive_is_removed(shared: Shared, tmp_path: Path) -> None:
    folder = tmp_path / "apart" / "versions"
    folder.mkdir(parents=True)
    for name, age in (("old.received", 7200), ("new.received", 0)):
        (folder / name).write_bytes(b"0.")
        os.utime(folder / name, (time.time() - age, time.time() - age))
    shared.put("loud", b"0.75")
    assert sorted(file.name for file in folder.iterdir()) == ["loud.safetensors", "new.received"]


def test_who_learns_apart_changes_nothing_for_others(shared: Shared) -> None:
    shared.put("parent", b"0.25")
    from_everybodys = shared.learn(apart="", version="tuned-1")
    from_parent = shared.learn(apart="parent", version="tuned-2")
    assert (from_everybodys["version"], from_parent["version"]) == ("tuned-1", "tuned-2")
    assert shared.http.get("/weights/tuned-1").data == b"0.25"
    assert shared.http.get("/weights/tuned-2").data == b"0.125"
    assert shared.level() == ("1", 0.5)


def test_a_run_apart_goes_on_apart_after_a_crash(shared: Shared, tmp_path: Path) -> None:
    shared.put("parent", b"0.25")
    run = shared.begin(apart="parent", version="tuned-1").get_json()["run"]
    while len(shared.http.get(f"/train/{run}").get_json()["rows"]) < 2:
        time.sleep(0.01)
    again = Shared(tmp_path)  # a new server on the same folder
    again.model.gate.set()
    assert again.http.get(f"/train/{run}").get_json()["state"] == "interrupted"
    assert again.http.post("/train", data={"resume": run}).status_code == 202
    while not ended(again.http.get(f"/train/{run}").get_json()):
        time.sleep(0.01)
    assert again.http.get("/weights/tuned-1").data == b"0.125"
    assert again.level() == ("1", 0.5)
    shared.model.gate.set()


def test_a_run_that_has_ended_is_forgotten_with_its_weights(shared: Shared, tmp_path: Path) -> None:
    run = shared.begin(apart="", version="tuned-1").get_json()["run"]
    assert shared.http.get("/info").get_json()["learning"] is True
    assert shared.http.delete(f"/train/{run}?forget=1").status_code == 409
    shared.model.gate.set()
    while not ended(shared.http.get(f"/train/{run}").get_json()):
        time.sleep(0.01)
    assert shared.http.get("/info").get_json()["learning"] is False
    assert shared.http.delete(f"/train/{run}?forget=1").status_code == 202
    assert shared.http.get(f"/train/{run}").status_code == 404
    assert shared.http.get("/weights/tuned-1").status_code == 404
    assert not list((tmp_path / "runs").iterdir())


def test_what_cannot_be_held_or_begun_apart_is_refused(shared: Shared, world: World) -> None:
    assert shared.begin(apart="nobody").status_code == 410
    for refused in (
        world.begin(apart=""),
        world.http.get("/info?version=x"),
        world.http.delete("/train/none?forget=1"),
    ):
        assert refused.status_code in (404, 422), refused.get_json()
    assert "apart" not in world.http.get("/info").get_json()["capabilities"]
    assert {"train", "weights", "apart"} <= set(shared.http.get("/info").get_json()["capabilities"])
