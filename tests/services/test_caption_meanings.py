"""Captions compared by a model of text vectors: a real server in OpenAI's form is asked, once a text, by a job."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, request
from sqlalchemy import func, select
from werkzeug.serving import make_server

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, CaptionVector, Job
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, ModelProblem
from labelbuddy_core.inference.client import client_for
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.specification import Specification, parse_specification
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import agreement
from labelbuddy_core.services.agreement.agreement_choices import Choices
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.models import model_links, model_supervision, models
from labelbuddy_core.services.predictions import prediction_requests
from labelbuddy_core.services.reviews import caption_differences, caption_embedding
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]
WORDS = ("piano", "guitar", "rain", "slow", "fast")


class Server:
    """Counts words of a small vocabulary; `more` zeros follow. `answer` may put something else in its place."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.model, self.more = "counter", 0
        self.answer: Callable[[list[dict[str, Any]]], Any] = lambda data: {"data": data}
        app = Flask(__name__)

        @app.get("/v1/models")
        def listed() -> Any:
            return {"data": [{"id": self.model}]}

        @app.post("/v1/embeddings")
        def embed() -> Any:
            body = request.get_json()
            self.asked.append(body)
            self.tokens.append(request.headers.get("Authorization"))
            data = [
                {
                    "object": "embedding",
                    "index": place,
                    "embedding": [float(text.count(word)) for word in WORDS] + [0.1] + [0.0] * self.more,
                }
                for place, text in enumerate(body["input"])
            ]
            return self.answer(data[::-1])  # the order of the answer says nothing

        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def texts(self) -> list[str]:
        return [text for one in self.asked for text in one["input"]]

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    made = Server()
    yield made
    made.close()


class Lab:
    """Two annotators describe a clip; a manager compares what they wrote."""

    def __init__(self, make_user: Make, make_project: Make, add_task: Make, server: Server) -> None:
        get_settings.cache_clear()
        self.manager, self.ada, self.ben = make_user(is_administrator=True), make_user("ada"), make_user("ben")
        self.project = make_project(managers=(self.manager,), annotators=(self.ada, self.ben), annotators_per_task=2)
        self._add_task, self.server = add_task, server
        self.yaml = f"name: meaning\nendpoint: {server.url}\nprotocol: openai-embeddings\n"

    def use_model(self, yaml: str = "", **link: Any) -> str:
        model = models.create_model(self.manager, yaml or self.yaml)["id"]
        model_links.link_model(self.manager, self.project, model, **link)
        return model

    def describe(self, *texts: str) -> str:
        task = self._add_task(self.project, annotators=(self.ada, self.ben))
        for person, text in zip((self.ada, self.ben), texts, strict=False):
            self.hand_in(task, person, text)
        return task

    def hand_in(self, task: str, person: Actor, text: str) -> None:
        written = {"schema": "labelbuddy/annotation@1", "caption": {"text": text, "origin": {"kind": "human"}}}
        saved = annotations.replace(
            person, task, Replacement(client=uuid4(), sequence=1, base_revision=0, document=written)
        )
        handing_in.submit(person, task, saved["revision"])

    def run(self, **arguments: Any) -> dict[str, Any]:
        arguments = {"project": int(self.project), **arguments}
        context = JobContext("job", arguments, lambda name, function: function(), lambda *_: None, lambda: False)
        return caption_embedding.run(context)

    def meaning(self, task: str) -> float | None:
        (pair,) = caption_differences.compare_captions(self.manager, task)["pairs"]
        return pair["meaning"]


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make, server: Server) -> Iterator[Lab]:
    yield Lab(make_user, make_project, add_task, server)
    model_supervision.close_models()
    model_supervision._manager = None


def test_captions_of_the_same_meaning_are_alike_and_those_of_another_are_not(lab: Lab) -> None:
    lab.use_model()
    same = lab.describe("A slow piano in the rain.", "Rain; then a piano, slow and rain-like rain, piano.")
    other = lab.describe("a slow piano", "a fast guitar")
    assert lab.meaning(same) is None
    assert caption_embedding.caption_vectors(lab.manager, lab.project) == {
        "model": "1",
        "name": "meaning",
        "version": "1",
        "captions": 4,
        "missing": 4,
    }
    assert lab.run() == {"captions": 4, "asked": 4}
    assert (lab.meaning(same) or 0.0) > 0.8
    assert (lab.meaning(other) or 0.0) < 0.1
    assert lab.server.asked[0] == {"model": "counter", "input": lab.server.texts()[:4], "encoding_format": "float"}


def test_a_text_is_asked_about_once_and_again_when_the_model_is_declared_otherwise(lab: Lab) -> None:
    model = lab.use_model()
    lab.describe("a slow piano", "a slow piano")
    assert lab.run() == {"captions": 1, "asked": 1}
    task = lab.describe("a slow piano", "a guitar")
    assert lab.run() == {"captions": 2, "asked": 1}
    assert lab.server.texts() == ["a slow piano", "a guitar"]
    models.update_model(lab.manager, model, f"{lab.yaml}embeddings: {{prefix: 'query: ', batch: 1}}\n")
    assert lab.meaning(task) is None
    assert lab.run() == {"captions": 2, "asked": 2}
    assert lab.server.texts()[2:] == ["query: a slow piano", "query: a guitar"]
    with get_database().read() as session:
        assert session.scalar(select(func.count()).select_from(CaptionVector)) == 2


@pytest.mark.parametrize(
    ("model", "more", "said"), [("counter", 3, "9 numbers; those that are kept have 6"), ("other", 0, "are of counter")]
)
def test_vectors_of_another_model_of_the_server_are_not_kept_beside_those_before(
    lab: Lab, model: str, more: int, said: str
) -> None:
    declared = lab.use_model()
    lab.describe("a slow piano", "a guitar")
    lab.run()
    lab.server.model, lab.server.more = model, more
    task = lab.describe("a slow piano", "rain")
    with pytest.raises(ModelProblem, match=f"{said}.*Raise `version`"):
        lab.run()
    assert lab.meaning(task) is None
    models.update_model(lab.manager, declared, f"{lab.yaml}version: '2'\n")
    assert lab.run() == {"captions": 3, "asked": 3}
    assert lab.meaning(task) is not None


def test_vectors_of_two_lengths_say_nothing_of_a_meaning(lab: Lab) -> None:
    lab.use_model()
    task = lab.describe("a slow piano", "rain")
    lab.run()
    with get_database().write() as session:
        row = session.scalars(select(CaptionVector).limit(1)).one()
        row.vector = row.vector[:4]
    assert lab.meaning(task) is None
    report = agreement.agreement(lab.manager, lab.project, Choices(replicates=20))
    assert {one["measure"] for one in report["figures"]}.isdisjoint({"caption_meaning"})


def test_the_cosine_is_among_the_figures_of_agreement_and_the_methods_name_the_model(lab: Lab) -> None:
    lab.use_model()
    for texts in (("a slow piano", "a slow piano, rain"), ("rain", "fast guitar"), ("unseen", "")):
        lab.describe(*texts)
    before = agreement.answers_now(lab.manager, lab.project)["version"]
    lab.run()
    assert agreement.answers_now(lab.manager, lab.project)["version"] != before
    report = agreement.agreement(lab.manager, lab.project, Choices(replicates=20))
    (figure,) = [one for one in report["figures"] if one["measure"] == "caption_meaning"]
    assert figure["kind"] == "captions"
    assert figure["value"] == pytest.approx((2.01 / (2.01 * 3.01) ** 0.5 + 0.01 / (1.01 * 2.01) ** 0.5) / 2, abs=2e-3)
    assert "cosine" in figure["title"]
    assert "the vectors that meaning 1 gives" in report["methods"]


def test_a_caption_that_is_handed_in_is_asked_about_by_itself_by_one_job(lab: Lab) -> None:
    lab.use_model(automatic=True)
    lab.describe("a piano", "a guitar")
    with get_database().read() as session:
        queued = session.scalars(select(Job).where(Job.kind == caption_embedding.KIND)).all()
    assert [(one.queue, one.arguments) for one in queued] == [("predict", {"project": int(lab.project)})]


def jobs_of(lab: Lab) -> list[Job]:
    with get_database().read() as session:
        of_project = (Job.project_id == int(lab.project), Job.kind == caption_embedding.KIND)
        return list(session.scalars(select(Job).where(*of_project).order_by(Job.created_at)))


def end(job: Job, state: str) -> None:
    with get_database().write() as session:
        session.get_one(Job, job.id).state = state


def test_a_job_that_starts_by_itself_reads_only_what_was_handed_in_since_the_last_one(lab: Lab) -> None:
    lab.use_model(automatic=True)
    before = lab.describe("a piano", "a guitar")
    lab.run()
    with get_database().write() as session:
        for one in session.scalars(select(Annotation).where(Annotation.task_id == int(before))):
            one.submitted_at = now() - timedelta(hours=1)
    end(jobs_of(lab)[-1], "succeeded")
    lab.describe("rain")
    found = jobs_of(lab)
    assert len(found) == 2
    assert lab.run(since=found[-1].arguments["since"]) == {"captions": 1, "asked": 1}
    end(found[-1], "failed")
    lab.describe("slow rain")  # what the failed one was to read is read again
    assert jobs_of(lab)[-1].arguments == found[-1].arguments


def test_a_job_by_itself_reads_everything_while_the_model_has_no_vector(lab: Lab) -> None:
    model = lab.use_model(automatic=True)
    lab.describe("a piano")
    lab.run()
    end(jobs_of(lab)[-1], "succeeded")
    models.update_model(lab.manager, model, f"{lab.yaml}version: '2'\n")
    lab.describe("rain")
    assert jobs_of(lab)[-1].arguments == {"project": int(lab.project)}


def test_asking_again_answers_the_job_that_has_not_ended(lab: Lab) -> None:
    lab.use_model()
    lab.describe("a piano")
    first = caption_embedding.embed_captions(lab.manager, lab.project)
    assert caption_embedding.embed_captions(lab.manager, lab.project)["id"] == first["id"]
    end(jobs_of(lab)[-1], "succeeded")
    assert caption_embedding.embed_captions(lab.manager, lab.project)["id"] != first["id"]


def test_two_jobs_that_ask_about_the_same_text_keep_one_vector(lab: Lab) -> None:
    lab.use_model()
    lab.describe("a piano", "rain")

    def other_job(data: list[dict[str, Any]]) -> Any:
        lab.server.answer = lambda data: {"data": data}
        lab.run()
        return {"data": data}

    lab.server.answer = other_job
    assert lab.run() == {"captions": 2, "asked": 2}
    with get_database().read() as session:
        assert session.scalar(select(func.count()).select_from(CaptionVector)) == 2


def test_only_managers_have_it_asked_and_only_where_the_project_uses_such_a_model(lab: Lab) -> None:
    with pytest.raises(InvalidState, match="openai-embeddings"):
        caption_embedding.embed_captions(lab.manager, lab.project)
    lab.use_model()
    with pytest.raises(Forbidden):
        caption_embedding.embed_captions(lab.ada, lab.project)
    assert caption_embedding.embed_captions(lab.manager, lab.project)["kind"] == "embed-captions"


def test_it_is_never_asked_about_audio(lab: Lab) -> None:
    model = lab.use_model()
    lab.describe("a piano")
    assert prediction_requests.waiting_tasks(lab.manager, lab.project, model) == 0
    with pytest.raises(Invalid, match="cannot be asked about audio"):
        prediction_requests.predict_project(lab.manager, lab.project, model)


def test_the_token_is_read_from_a_named_secret_and_only_allowed_hosts_are_asked(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELBUDDY_SECRET_LAB_SERVER", "very secret")
    lab.use_model(f"{lab.yaml}token: lab-server\n")
    lab.describe("a piano")
    lab.run()
    assert lab.server.tokens == ["Bearer very secret"]
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "elsewhere.example")
    get_settings.cache_clear()
    with pytest.raises(Invalid, match="not allowed here"):
        models.create_model(lab.manager, lab.yaml.replace("name: meaning", "name: other"))
    model_supervision.close_models()
    model_supervision._manager = None
    with pytest.raises(ModelProblem, match="LABELBUDDY_ALLOWED_ENDPOINTS"):
        lab.run()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda data: {"choices": []}, "server of embeddings"),
        (lambda data: {"data": data[1:]}, "answered 1"),
        (lambda data: {"data": [{**one, "index": 0} for one in data]}, "index"),
        (lambda data: {"data": [{**one, "embedding": "AAAA"} for one in data]}, "list of finite numbers"),
        (lambda data: {"data": [{**one, "embedding": [0.0, 0.0]} for one in data]}, "zeros"),
        (lambda data: {"data": [{**data[0], "embedding": [1.0]}, data[1]]}, "differ in length"),
        (lambda data: ({"error": {"message": "no such model"}}, 404), "no such model"),
    ],
)
def test_an_answer_of_another_form_is_refused_with_what_is_wrong(
    server: Server, answer: Callable[[list[dict[str, Any]]], Any], said: str
) -> None:
    server.answer = answer
    spec = Specification.model_validate({"endpoint": server.url, "protocol": "openai-embeddings"})
    client = client_for(spec, Endpoint(url=server.url, timeout_seconds=10))
    with pytest.raises(ModelProblem, match=said):
        client.embed_texts(["a", "b"])  # type: ignore[attr-defined]
    client.close()


def test_a_file_of_such_a_model_has_no_outputs_and_its_key_needs_the_protocol() -> None:
    head = "endpoint: http://localhost:1\n"
    with pytest.raises(Invalid, match="remove output_schema"):
        parse_specification(f"{head}protocol: openai-embeddings\noutput_schema: [{{type: text}}]\n")
    with pytest.raises(Invalid, match="only for `protocol: openai-embeddings`"):
        parse_specification(f"{head}embeddings: {{model: x}}\n")
    assert not parse_specification(f"{head}protocol: openai-embeddings\n").predicts
