"""Teaching a model behind an endpoint: a real server that others ask too learns apart, and they notice nothing."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import soundfile
from schoolroom import QUICK_COMMAND, YAML, School
from test_versions import a_head, ask, register
from werkzeug.serving import make_server

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Prediction
from labelbuddy_core.errors import InvalidState, ModelGone, ModelProblem
from labelbuddy_core.inference import running_models
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.models.model_kit import new_model
from labelbuddy_core.services.predictions import predicting
from labelbuddy_core.services.training import training_turns, training_versions
from labelbuddy_core.settings import ROOT, get_settings
from model_containers.serving import Answer, Dataset, Information, Options, Run, create_app
from model_containers.serving.contract import _dataset

TOKEN = "a-word-of-the-node"


class Node:
    """A model on another machine, as far as LabelBuddy knows: a server with a token and a folder of its own."""

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self.data, self._arguments = folder, arguments
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.data.mkdir(exist_ok=True)
        environment = {
            **os.environ, "HOST": "127.0.0.1", "PORT": str(self.port), "LABELBUDDY_TOKEN": TOKEN,
            "LABELBUDDY_DATA": str(self.data), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self._process = subprocess.Popen([sys.executable, *self._arguments], env=environment)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/health", timeout=5).json()["status"] == "ready":
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError("the node does not become ready")

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(30)

    def heard(self) -> tuple[str, list[Any]]:
        """What somebody else is answered who asks the node."""
        sound = io.BytesIO()
        soundfile.write(sound, np.sin(np.arange(16_000) / 5), 16_000, format="WAV")
        found = requests.post(
            f"{self.url}/predict",
            headers={"Authorization": f"Bearer {TOKEN}"},
            files={"audio": ("a.wav", sound.getvalue())},
            timeout=60,
        ).json()
        return found["version"], found["tags"]


def declare(school: School, url: str, name: str, token: str = "") -> None:
    """Let the model of the school be the one behind a URL."""
    yaml = YAML.replace("name: pupil", f"name: {name}").replace("process: musicnn", f"endpoint: {url}\n{token}")
    school.model = models.create_model(school.manager, yaml)["id"]
    model_links.link_model(school.manager, school.project, school.model, threshold=0.3, label_map={"guitar": "low"})


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    monkeypatch.setenv("LABELBUDDY_SECRET_NODE", TOKEN)
    get_settings.cache_clear()


@pytest.fixture
def node(reachable: None, school: School, tmp_path: Path) -> Iterator[Node]:
    made = Node(tmp_path / "node", [*QUICK_COMMAND])
    made.start()
    declare(school, made.url, "distant", "token: node")
    yield made
    made.stop()


@pytest.mark.timeout(600)
def test_a_model_elsewhere_learns_and_others_are_answered_as_before(
    node: Node, school: School, annotator: Actor
) -> None:
    tasks = school.teach(12, person=annotator)
    before = node.heard()
    run = school.work(school.start(epochs=60))
    assert (run["state"], run["problem"], run["version"]) == ("succeeded", None, f"tuned-{run['id']}")
    assert run["comparison"]["figures"]
    assert node.heard() == before
    # nothing of the run is left there
    assert not list((node.data / "runs").iterdir())
    assert not list((node.data / "versions").glob("*"))

    training_versions.promote(school.manager, school.project, school.model, run["version"])
    assert ask(school)["predicted"] == len(tasks)
    with get_database().read() as session:
        rows = session.query(Prediction).order_by(Prediction.task_id).all()
    assert {row.version for row in rows} == {run["version"]}
    best = [max(row.document["tags"], key=lambda tag: tag["score"])["label"] for row in rows]
    assert best == ["low", "high"] * (len(tasks) // 2)
    assert node.heard() == before

    # the node is set up anew, and gets the weights again; the next run begins with them
    node.stop()
    shutil.rmtree(node.data)
    node.start()
    school.teach(1, person=annotator)
    assert ask(school)["predicted"] == 1
    again = school.work(school.start(epochs=2))
    assert (again["parent"], again["state"]) == (run["version"], "succeeded")
    assert again["epochs"][0]["f1"] > 0.9
    assert node.heard() == before


def test_a_model_made_from_the_template_is_taught_elsewhere(
    reachable: None, school: School, annotator: Actor, tmp_path: Path
) -> None:
    school.teach(8, person=annotator)
    folder = new_model("hum", tmp_path)
    node = Node(tmp_path / "node", [str(folder / "model.py")])
    node.start()
    try:
        yaml = (folder / "model.yaml").read_text().replace("image: hum:1", f"endpoint: {node.url}\ntoken: node")
        school.model = models.create_model(school.manager, yaml)["id"]
        model_links.link_model(school.manager, school.project, school.model, label_map={"sound": "low"})
        run = school.work(school.start(epochs=8))
        assert (run["state"], run["version"], len(run["epochs"])) == ("succeeded", f"tuned-{run['id']}", 8)
        assert {one["measure"] for one in run["comparison"]["figures"]} >= {"event_f1", "segment_f1"}
        assert node.heard()[0] == "1"
    finally:
        node.stop()


class Deaf:
    """A model on somebody's server that cannot learn."""

    information = Information(name="theirs", version="0.1.0-mtt", labels=("guitar", "classical"), sample_rate=16_000)

    def load(self) -> None:
        """Nothing to read."""

    def predict(self, samples: Any, options: Options) -> Answer:
        return Answer()


class OneForAll(Deaf):
    """It can learn, and then answers everybody with what it has learned."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.ended = threading.Event()

    def use(self, weights: Path, version: str) -> None:
        weights.read_bytes()

    def train(self, dataset: Dataset, parameters: Mapping[str, Any], run: Run) -> str:
        run.epoch(1, of=2, loss=1.0)
        self.gate.wait(30)
        if self.ended.is_set():
            raise SystemExit  # as if its process had ended: nothing more is written down
        run.epoch(2, of=2, loss=0.5)
        run.weights.write_bytes(a_head())
        return run.name


class Separable(OneForAll):
    def apart(self) -> Separable:
        return copy(self)


@pytest.fixture
def served(reachable: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Serve models; each gets a URL, or takes the place of the one at a URL."""
    servers: list[Any] = []

    def serve(model: Any, url: str = "") -> str:
        port = int(url.rpartition(":")[2]) if url else 0
        for server in servers:
            if server.server_port == port:
                server.shutdown()
                server.server_close()
        with monkeypatch.context() as theirs:
            theirs.setenv("LABELBUDDY_DATA", str(tmp_path / "their-data"))
            app = create_app(model)
        servers.append(make_server("127.0.0.1", port, app, threaded=True))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()


def test_a_server_that_was_set_up_anew_gets_the_weights_before_it_is_asked(
    served: Callable[..., str],
    school: School,
    annotator: Actor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running_models, "_BELIEVED_SECONDS", 0.0)
    monkeypatch.setattr(predicting, "_PAUSES", ())  # no task is tried twice
    school.teach(2, person=annotator)
    url = served(Separable())
    declare(school, url, "theirs")
    register(school)
    training_versions.promote(school.manager, school.project, school.model, "mine")
    assert ask(school)["predicted"] == 2
    shutil.rmtree(tmp_path / "their-data")
    served(Separable(), url)
    school.teach(3, person=annotator)
    assert ask(school)["predicted"] == 3


@pytest.mark.parametrize(
    ("model", "words"),
    [(OneForAll, r"answers everybody with one version .*LABELBUDDY_DOCKER_HOST"), (Deaf, "cannot be trained")],
)
def test_a_server_that_cannot_learn_apart_says_so(
    model: type[Deaf], words: str, served: Callable[..., str], school: School, annotator: Actor
) -> None:
    school.teach(8, person=annotator)
    declare(school, served(model()), "theirs")
    with pytest.raises(ModelProblem, match=words):
        school.work(school.start(epochs=2))


def theirs_begins(url: str) -> None:
    """Somebody else lets the server teach."""
    theirs = requests.post(
        f"{url}/train", files={"dataset": ("d.zip", _dataset(["guitar"]))}, data={"apart": ""}, timeout=10
    )
    assert theirs.status_code == 202


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waits looks again soon."""
    monkeypatch.setattr(training_turns, "_OTHERS_SECONDS", 0.05)


def test_a_run_waits_while_the_server_teaches_somebody_else(
    soon: None, served: Callable[..., str], school: School, annotator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.teach(8, person=annotator)
    model = Separable()
    url = served(model)
    declare(school, url, "theirs")
    theirs_begins(url)
    info, late = ModelClient.info, [True] * 3

    def info_that_comes_late(self: ModelClient) -> dict[str, Any]:
        if any("teaches somebody else" in message for _, message in school.told) and late:
            late.pop()
            raise ModelProblem("The model did not answer within 5 s.")
        return info(self)

    monkeypatch.setattr(ModelClient, "info", info_that_comes_late)

    def let_go(_: float, message: str) -> None:
        if "teaches somebody else" in message and not late:
            model.gate.set()

    run = school.work(school.start(epochs=2), let_go)
    assert (run["state"], run["version"], late) == ("succeeded", f"tuned-{run['id']}", [])
    assert [line["text"] for line in run["log"] if "waits for it" in line["text"]]


def test_a_run_waits_when_somebody_else_was_quicker(
    soon: None, served: Callable[..., str], school: School, annotator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.teach(8, person=annotator)
    model = Separable()
    url = served(model)
    declare(school, url, "theirs")
    begin, asked = ModelClient.begin_training, []

    def begin_after_theirs(self: ModelClient, *arguments: Any) -> str:
        asked.append(arguments)
        if len(asked) == 1:
            theirs_begins(url)
        return begin(self, *arguments)

    monkeypatch.setattr(ModelClient, "begin_training", begin_after_theirs)

    def let_go(_: float, message: str) -> None:
        if "teaches somebody else" in message:
            model.gate.set()

    run = school.work(school.start(epochs=2), let_go)
    assert (run["state"], run["version"], len(asked)) == ("succeeded", f"tuned-{run['id']}", 2)


def test_a_run_whose_beginning_was_not_answered_is_found_and_followed(
    soon: None, served: Callable[..., str], school: School, annotator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.teach(8, person=annotator)
    model = Separable()
    model.gate.set()
    declare(school, served(model), "theirs")
    begin, begun = ModelClient.begin_training, []

    def begin_and_lose_the_answer(self: ModelClient, *arguments: Any) -> str:
        begun.append(begin(self, *arguments))
        raise ModelGone("The connection broke.")

    monkeypatch.setattr(ModelClient, "begin_training", begin_and_lose_the_answer)
    run = school.work(school.start(epochs=2))
    assert (run["state"], run["version"], len(begun)) == ("succeeded", f"tuned-{run['id']}", 1)


def test_a_run_that_waits_can_be_cancelled(
    soon: None, served: Callable[..., str], school: School, annotator: Actor
) -> None:
    school.teach(8, person=annotator)
    model = Separable()
    url = served(model)
    declare(school, url, "theirs")
    theirs_begins(url)

    def cancel(_: float, message: str) -> None:
        school.cancelled = school.cancelled or "teaches somebody else" in message

    run = school.work(school.start(epochs=2), cancel)
    model.gate.set()
    assert (run["state"], run["version"]) == ("cancelled", None)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_run_whose_server_was_started_again_waits_for_one_that_was_begun_there_first(
    soon: None, served: Callable[..., str], school: School, annotator: Actor
) -> None:
    school.teach(8, person=annotator)
    before, after = Separable(), Separable()
    url = served(before)
    declare(school, url, "theirs")

    def start_again(_: float, message: str) -> None:
        if message.startswith("Epoch 1") and not before.ended.is_set():
            before.ended.set()
            before.gate.set()
            served(after, url)
            theirs_begins(url)
        if "teaches somebody else" in message:
            after.gate.set()

    run = school.work(school.start(epochs=2), start_again)
    assert (run["state"], run["version"]) == ("succeeded", f"tuned-{run['id']}")
    words = [line["text"] for line in run["log"]]
    waits = next(place for place, line in enumerate(words) if "waits for it" in line)
    assert "The model goes on after epoch 1." in words[waits:]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_run_that_its_server_loses_while_it_waits_begins_again(
    soon: None, served: Callable[..., str], school: School, annotator: Actor, tmp_path: Path
) -> None:
    school.teach(8, person=annotator)
    before, after = Separable(), Separable()
    url = served(before)
    declare(school, url, "theirs")

    def start_again(_: float, message: str) -> None:
        if message.startswith("Epoch 1") and not before.ended.is_set():
            before.ended.set()
            before.gate.set()
            served(after, url)
            theirs_begins(url)
        if "teaches somebody else" in message and not after.gate.is_set():
            kept = {run.name for run in (tmp_path / "their-data" / "runs").iterdir()}
            lost = {requests.delete(f"{url}/train/{name}?forget=1", timeout=10).status_code for name in kept}
            assert lost == {202, 409}  # theirs goes on
            after.gate.set()

    run = school.work(school.start(epochs=2), start_again)
    assert (run["state"], run["version"]) == ("succeeded", f"tuned-{run['id']}")
    assert sum(line["text"].startswith("The model gets the examples") for line in run["log"]) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("supported: true", "supported: false"), "can be taught when it runs on our serving kit"),
        (("license: ISC", "protocol: label-studio"), "only models of our own contract"),
    ],
)
def test_a_file_that_promises_no_training_says_what_is_missing(
    change: tuple[str, str], words: str, reachable: None, school: School, annotator: Actor
) -> None:
    school.teach(8, person=annotator)
    yaml = YAML.replace("name: pupil", "name: theirs").replace("process: musicnn", "endpoint: http://127.0.0.1:9")
    school.model = models.create_model(school.manager, yaml.replace(*change))["id"]
    model_links.link_model(school.manager, school.project, school.model, label_map={"guitar": "low"})
    with pytest.raises(InvalidState, match=words):
        school.start(epochs=2)
    with pytest.raises(InvalidState, match=words):
        register(school)
