"""Every route × every role × own, foreign and no project: the status each must answer with.

The columns are: manager, annotator (with the task in the queue), second annotator (same project, task not in the
queue), reviewer (with the annotation in the review queue), a manager of another project, an administrator, nobody.
A test checks that no route is missing here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    AnnotationImport,
    Import,
    LabelChange,
    Model,
    ModelVersion,
    Prediction,
    ProjectModel,
    Release,
    TrainingRun,
)
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import models
from labelbuddy_core.services.models.weight_files import folder_for_weights, keep_weights
from labelbuddy_core.web.application import api

PEOPLE = ("manager", "annotator", "second", "reviewer", "foreign", "administrator", "nobody")
CLIENT = "11111111-1111-4111-8111-111111111111"
EMPTY = {"schema": "labelbuddy/annotation@1"}
SAVE = {"client": CLIENT, "sequence": 1, "base_revision": 0, "operations": []}
REPLACE = {"client": CLIENT, "sequence": 2, "base_revision": 0}
APPROVE = {"revision": 1, "decision": "approve"}
LIKE_TASK = {"task": "1", "label": "dog", "least": 0.5}
VERDICT = {"region": "none", "revision": 1, "decision": "approve"}
REJECT_ITEM = {"region": "x", "decision": "rejected"}
LABELS_FILE = "PUT /v1/annotation-imports/{annotation_import}/files"
RECOLOR = {"kind": "recolor", "label": "dog", "color": "#123456"}
ASSIGN = {"tasks": [], "annotators": ["second"]}
HAND_OVER = {"from": "second", "to": "annotator", "check": True}
TAPS = {"change": {"kind": "taps", "times": [0, 0.5, 1]}}
YAML = b'image: "lab/model:1"\noutput_schema:\n  - {type: region, label: music}\n'


@dataclass(frozen=True)
class Case:
    """A request and the status for each of PEOPLE."""

    request: str
    statuses: tuple[int, ...]
    json: Any = None
    content: bytes | None = None
    query: str = ""


def case(request: str, statuses: str, json: Any = None, content: bytes | None = None, query: str = "") -> Case:
    return Case(request, tuple(int(status) for status in statuses.split()), json, content, query)


# Where the audio of the test recording would be needed the answer is 404 (there is none behind it) for those allowed;
# these rows are marked by comparing with the same 404: `hearing` has its own test with real audio.
CASES = (
    #                                                        mgr ann 2nd rev for adm none
    case("GET /v1/health", "200 200 200 200 200 200 200"),
    case("GET /v1/me", "200 200 200 200 200 200 401"),
    case("GET /v1/me/tokens", "200 200 200 200 200 200 401"),
    case("POST /v1/me/tokens", "201 201 201 201 201 201 401", {"name": "x"}),
    case("DELETE /v1/me/tokens/{token}", "404 404 404 404 404 404 401"),
    case("GET /v1/me/preferences", "200 200 200 200 200 200 401"),
    case("PUT /v1/me/preferences", "200 200 200 200 200 200 401", {"keys": {"split": "Ctrl+B"}, "reaction": 0.2}),
    case("PUT /v1/me/password", "422 422 422 422 422 422 401", {"present": "wrong", "new": "long enough 1"}),
    case("POST /v1/setup", "409 409 409 409 409 409 409", {"token": "x", "user": {"username": "x", "password": "y"}}),
    case("POST /v1/session", "401 401 401 401 401 401 401", {"username": "x", "password": "y"}),
    case("POST /v1/session/exchange", "401 401 401 401 401 401 401", {"ticket": "x"}),
    case("GET /v1/users", "403 403 403 403 403 200 401"),
    case("POST /v1/users", "403 403 403 403 403 422 401", {"username": "x", "password": "short"}),
    case("PATCH /v1/users/{user}", "403 403 403 403 403 200 401", {"name": "New name"}),
    case("GET /v1/projects", "200 200 200 200 200 200 401"),
    case("POST /v1/projects", "201 403 403 403 201 201 401", {"name": "New", "template": "custom"}),
    case("GET /v1/projects/{project}", "200 200 200 200 404 200 401"),
    case("PATCH /v1/projects/{project}", "200 403 403 403 404 200 401", {"blind": True}),
    case("POST /v1/projects/{project}/label-changes/preview", "200 403 403 403 404 200 401", RECOLOR),
    case("POST /v1/projects/{project}/label-changes", "201 403 403 403 404 201 401", RECOLOR),
    case("GET /v1/projects/{project}/label-changes", "200 403 403 403 404 200 401"),
    case("GET /v1/label-changes/{change}", "200 404 404 404 404 200 401"),
    case("POST /v1/label-changes/{change}/resume", "409 404 404 404 404 409 401"),
    case("GET /v1/label-changes/{change}/items", "409 404 404 404 404 409 401"),
    case("POST /v1/label-changes/{change}/items", "409 404 404 404 404 409 401", {"items": []}),
    case("POST /v1/label-changes/{change}/undo", "409 404 404 404 404 409 401"),
    case("GET /v1/projects/{project}/members", "200 403 403 403 404 200 401"),
    case("PUT /v1/projects/{project}/members/{member}", "200 403 403 403 404 200 401", {"roles": ["annotator"]}),
    case("DELETE /v1/projects/{project}/members/{member}", "204 403 403 403 404 204 401"),
    case("POST /v1/projects/{project}/tasks", "201 403 403 403 404 201 401", {"recordings": [], "length": 10}),
    case("POST /v1/projects/{project}/tasks/preview", "200 403 403 403 404 200 401", {"length": 10}),
    case("GET /v1/projects/{project}/queue", "403 200 200 403 404 403 401"),
    case("GET /v1/projects/{project}/review-queue", "403 403 403 200 404 403 401"),
    case("GET /v1/projects/{project}/review-assignments", "200 403 403 403 404 200 401"),
    case("POST /v1/projects/{project}/review-assignments", "200 403 403 403 404 200 401", {"tasks": []}),
    case("GET /v1/projects/{project}/caption-vectors", "200 200 200 200 404 200 401"),
    case("POST /v1/projects/{project}/caption-vectors", "409 403 403 403 404 409 401"),
    case("GET /v1/projects/{project}/review-claims", "200 403 403 403 404 200 401"),
    case("PUT /v1/annotations/{annotation}/review-claim", "403 403 404 200 404 403 401"),
    case("DELETE /v1/annotations/{annotation}/review-claim", "204 204 204 204 204 204 401"),
    case("POST /v1/annotations/{annotation}/review-claim/release", "404 403 404 403 404 404 401"),
    case("POST /v1/projects/{project}/review-sampling", "202 403 403 403 404 202 401"),
    case("GET /v1/projects/{project}/reviews", "200 403 403 403 404 200 401"),
    case("GET /v1/projects/{project}/labels-to-verify", "403 403 403 200 404 403 401"),
    case("GET /v1/projects/{project}/regions-to-verify", "403 403 403 200 404 403 401", query="label=speech"),
    case("POST /v1/projects/{project}/verified-annotations", "403 403 403 200 404 403 401", {}),
    case("GET /v1/annotations/{annotation}/region-verdicts", "403 403 404 200 404 403 401"),
    case("PUT /v1/annotations/{annotation}/region-verdicts", "403 403 404 404 404 403 401", VERDICT),
    case("GET /v1/tasks/{task}/reviewers", "200 403 404 403 404 200 401"),
    case("PUT /v1/tasks/{task}/reviewers", "200 403 404 403 404 200 401", {"reviewers": []}),
    case("GET /v1/projects/{project}/tasks", "200 200 200 200 404 200 401"),
    case("POST /v1/projects/{project}/tasks/assign", "422 403 403 403 404 422 401", ASSIGN),
    case("POST /v1/projects/{project}/tasks/release", "422 403 403 403 404 422 401", {"tasks": []}),
    case("POST /v1/projects/{project}/hand-over", "200 403 403 403 404 200 401", HAND_OVER),
    case("POST /v1/projects/{project}/tasks/next", "403 200 204 403 404 403 401"),
    case("GET /v1/projects/{project}/recordings", "200 403 403 403 404 200 401"),
    case("POST /v1/projects/{project}/recordings", "422 422 422 422 422 422 401"),
    case("PUT /v1/projects/{project}/uploads/{upload}", "200 403 403 403 404 200 401", None, b"", "name=a.wav&size=5"),
    case("GET /v1/projects/{project}/uploads/{upload}", "200 403 403 403 404 200 401"),
    case("GET /v1/projects/{project}/import-places", "200 403 403 403 404 200 401"),
    case("GET /v1/projects/{project}/recording-imports", "200 403 403 403 404 200 401"),
    case("POST /v1/projects/{project}/recording-imports", "422 403 403 403 404 422 401", {"address": "/etc"}),
    case("GET /v1/recording-imports/{import_id}", "200 404 404 404 404 200 401"),
    case("GET /v1/recording-imports/{import_id}/files", "200 404 404 404 404 200 401"),
    case("POST /v1/recording-imports/{import_id}/resume", "409 404 404 404 404 409 401"),
    case("DELETE /v1/recording-imports/{import_id}", "204 404 404 404 404 204 401"),
    case("GET /v1/projects/{project}/annotation-imports", "200 403 403 403 404 200 401"),
    case("POST /v1/projects/{project}/annotation-imports", "201 403 403 403 404 201 401"),
    case("GET /v1/annotation-imports/{annotation_import}", "200 404 404 404 404 200 401"),
    case("POST /v1/annotation-imports/{annotation_import}/check", "409 404 404 404 404 409 401", {}),
    case(LABELS_FILE, "200 404 404 404 404 200 401", content=b"", query="name=a.lab"),
    case("GET /v1/annotation-imports/{annotation_import}/problems", "200 404 404 404 404 200 401"),
    case("POST /v1/annotation-imports/{annotation_import}/apply", "409 404 404 404 404 409 401", {}),
    case("POST /v1/annotation-imports/{annotation_import}/undo", "409 404 404 404 404 409 401"),
    case("DELETE /v1/annotation-imports/{annotation_import}", "204 404 404 404 404 204 401"),
    case("GET /v1/recordings/{recording}", "200 404 404 404 404 200 401"),
    case("PATCH /v1/recordings/{recording}", "200 404 404 404 404 200 401", {"attributes": {"title": "x"}}),
    case("POST /v1/recordings/{recording}/retry", "409 404 404 404 404 409 401"),
    case("GET /v1/tasks/{task}", "200 200 404 200 404 200 401"),
    case("PATCH /v1/tasks/{task}", "200 403 404 403 404 200 401", {"priority": 2}),
    case("POST /v1/tasks/{task}/skip", "403 409 404 403 404 403 401", {"reason": "too noisy"}),
    case("PUT /v1/tasks/{task}/flag", "200 200 404 200 404 200 401", {"flagged": True, "note": "clipped"}),
    case("GET /v1/tasks/{task}/audio", "404 404 404 404 404 404 401"),
    case("POST /v1/tasks/{task}/compatible-audio", "200 200 404 200 404 200 401"),
    case("GET /v1/tasks/{task}/original", "404 404 404 404 404 404 401"),
    case("GET /v1/tasks/{task}/peaks", "404 404 404 404 404 404 401"),
    case("GET /v1/tasks/{task}/pcm", "404 404 404 404 404 404 401", query="start=0&stop=9"),
    case("GET /v1/tasks/{task}/spectrogram", "200 200 404 200 404 200 401"),
    case("GET /v1/tasks/{task}/spectrogram/{level}/{tile}", "404 404 404 404 404 404 401"),
    case("GET /v1/tasks/{task}/snap-points", "200 200 404 200 404 200 401", query="start=0&stop=9"),
    case("GET /v1/tasks/{task}/beats", "409 409 404 409 404 409 401"),
    case("POST /v1/tasks/{task}/beats", "200 200 404 200 404 200 401", TAPS),
    case("GET /v1/tasks/{task}/annotation", "403 200 404 403 404 403 401"),
    case("PATCH /v1/tasks/{task}/annotation", "403 409 404 403 404 403 401", SAVE),
    case("PUT /v1/tasks/{task}/annotation", "403 409 404 403 404 403 401", {**REPLACE, "document": EMPTY}),
    case("POST /v1/tasks/{task}/annotation/submit", "403 200 404 403 404 403 401", {"revision": 1}),
    case("POST /v1/tasks/{task}/annotation/withdraw", "403 200 404 403 404 403 401"),
    case("GET /v1/tasks/{task}/captions", "200 403 404 200 404 200 401"),
    case("GET /v1/tasks/{task}/annotations", "200 403 404 200 404 200 401"),
    case("POST /v1/tasks/{task}/activity", "204 204 404 204 404 204 401", {"client": CLIENT, "events": []}),
    case("GET /v1/annotations/{annotation}", "200 200 404 200 404 200 401"),
    case("GET /v1/annotations/{annotation}/revisions", "200 200 404 403 404 200 401"),
    case("GET /v1/annotations/{annotation}/revisions/{revision}", "200 200 404 403 404 200 401"),
    case("POST /v1/annotations/{annotation}/restore", "409 409 404 403 404 409 401", {"revision": 1}),
    case("POST /v1/annotations/{annotation}/reviews", "403 403 404 201 404 403 401", APPROVE),
    case("GET /v1/projects/{project}/consensus", "200 403 403 200 404 200 401"),
    case("POST /v1/projects/{project}/consensus", "202 403 403 403 404 202 401", {"method": "mace"}),
    case("DELETE /v1/projects/{project}/consensus", "204 403 403 403 404 204 401"),
    case("GET /v1/annotations/{annotation}/sent-back", "204 403 404 204 404 204 401"),
    case("GET /v1/tasks/{task}/consensus", "200 403 404 200 404 200 401"),
    case("PUT /v1/tasks/{task}/consensus", "200 403 404 200 404 200 401", {"revision": 0, "document": EMPTY}),
    case("GET /v1/recordings/{recording}/embeddings", "200 404 404 404 404 200 401"),
    case("GET /v1/embeddings/{embedding}", "404 404 404 404 404 404 401"),
    case("GET /v1/projects/{project}/agreement", "200 403 403 200 404 200 401", query="replicates=10"),
    case("GET /v1/projects/{project}/agreement/over-time", "200 403 403 200 404 200 401", query="replicates=10"),
    case("GET /v1/tasks/{task}/disagreement", "200 403 404 200 404 200 401"),
    case("GET /v1/models", "200 403 403 403 200 200 401"),
    case("POST /v1/models", "201 403 403 403 201 201 401", None, YAML),
    case("GET /v1/models/schema", "200 200 200 200 200 200 401"),
    case("GET /v1/models/allowed", "200 403 403 403 200 200 401"),
    case("POST /v1/models/check", "200 403 403 403 200 200 401", None, YAML),
    case("GET /v1/models/{model}/history", "200 403 403 403 200 200 401"),
    case("POST /v1/models/{model}/history/{number}/restore", "403 403 403 403 403 422 401"),
    case("GET /v1/projects/{project}/models/{model}/labels", "200 403 403 403 404 200 401"),
    case("GET /v1/models/{model}", "200 403 403 403 200 200 401"),
    case("PATCH /v1/models/{model}", "403 403 403 403 403 200 401", None, YAML),
    case("PUT /v1/models/{model}/license", "200 403 403 403 200 200 401", {"license": ""}),
    case("DELETE /v1/models/{model}", "403 403 403 403 403 409 401"),
    case("POST /v1/models/{model}/start", "409 403 403 403 409 409 401"),
    case("POST /v1/models/{model}/stop", "202 403 403 403 202 202 401"),
    case("GET /v1/models/{model}/logs", "200 403 403 403 200 200 401"),
    case("POST /v1/models/{model}/trials", "202 403 403 403 404 202 401", {"recording": "1"}),
    case("GET /v1/models/{model}/predictions", "200 403 403 403 200 200 401"),
    case("POST /v1/models/{model}/training-preview", "409 403 403 403 404 409 401", {"project": "1"}),
    case("POST /v1/models/{model}/training-runs", "409 403 403 403 404 409 401", {"project": "1"}),
    case("GET /v1/projects/{project}/training-runs", "200 403 403 403 404 200 401"),
    case("GET /v1/training-runs/{run}", "200 403 403 403 404 200 401"),
    case("GET /v1/training-runs/{run}/metrics.csv", "200 403 403 403 404 200 401"),
    case("GET /v1/training-runs/{run}/tensorboard.zip", "200 403 403 403 404 200 401"),
    case("DELETE /v1/training-runs/{run}", "409 403 403 403 404 409 401"),
    case("GET /v1/projects/{project}/models/{model}/versions", "200 403 403 403 404 200 401"),
    case("PUT /v1/projects/{project}/models/{model}/versions/{version}", "409 403 403 403 404 409 401", None, b"x"),
    case("PUT /v1/projects/{project}/models/{model}/version", "409 403 403 403 404 409 401", {"version": "promoted"}),
    case("DELETE /v1/projects/{project}/models/{model}/version", "409 403 403 403 404 409 401"),
    case("GET /v1/models/{model}/versions/{version}/weights", "200 403 403 403 404 200 401"),
    case("GET /v1/models/{model}/versions/{version}/card", "200 403 403 403 404 200 401"),
    case("GET /v1/projects/{project}/models", "200 200 200 200 404 200 401"),
    case("PUT /v1/projects/{project}/models/{model}", "200 403 403 403 404 200 401", {}),
    case("GET /v1/signed/audio.{kind}", "403 403 403 403 403 403 403"),
    case("DELETE /v1/projects/{project}/models/{model}", "204 403 403 403 404 204 401"),
    case("POST /v1/tasks/{task}/predictions", "202 202 404 403 404 202 401", {"model": "1"}),
    case("GET /v1/tasks/{task}/predictions", "200 200 404 200 404 200 401"),
    case("POST /v1/tasks/{task}/first-pass", "403 409 404 403 404 403 401", {"revision": 1}),
    case("POST /v1/tasks/{task}/suggestion-views", "403 204 404 403 404 403 401", {"shown": True}),
    case("GET /v1/tasks/{task}/newest-predictions", "200 403 404 403 404 200 401"),
    case("POST /v1/projects/{project}/predictions", "202 403 403 403 404 202 401", {"model": "1"}),
    case("GET /v1/projects/{project}/predictions", "200 403 403 403 404 200 401"),
    case("POST /v1/predictions/{prediction}/decisions", "403 422 404 403 404 403 401", REJECT_ITEM),
    case("POST /v1/tasks/{task}/decisions", "403 200 404 403 404 403 401", {"decisions": []}),
    case("GET /v1/projects/{project}/similar", "409 409 404 403 404 409 401", query="task=1"),
    case("POST /v1/projects/{project}/similar", "409 409 404 403 404 409 401", LIKE_TASK),
    case("GET /v1/projects/{project}/similar/models", "200 200 200 403 404 200 401"),
    case("POST /v1/projects/{project}/similar/vectors", "422 403 403 403 404 422 401", {"model": "1"}),
    case("GET /v1/projects/{project}/propagations", "200 200 200 403 404 200 401"),
    case("DELETE /v1/propagations/{propagation}", "404 404 404 404 404 404 401"),
    case("GET /v1/jobs", "200 200 200 200 200 200 401"),
    case("GET /v1/jobs/{job}", "200 404 404 404 404 200 401"),
    case("DELETE /v1/jobs/{job}", "200 404 404 404 404 200 401"),
    case("GET /v1/jobs/{job}/events", "200 404 404 404 404 200 401"),
    case("GET /v1/projects/{project}/export", "200 403 403 403 404 200 401"),
    case("GET /v1/projects/{project}/export/losses", "200 403 403 403 404 200 401", query="format=elan"),
    case("GET /v1/projects/{project}/suggestion-decisions", "200 403 403 403 404 200 401"),
    case("POST /v1/projects/{project}/releases/preview", "200 403 403 403 404 200 401", {}),
    case("POST /v1/projects/{project}/releases", "202 403 403 403 404 202 401", {"name": "Set", "version": "1"}),
    case("GET /v1/projects/{project}/releases", "200 403 403 403 404 200 401"),
    case("GET /v1/releases/{release}", "200 404 404 404 404 200 401"),
    case("POST /v1/releases/{release}/resume", "409 404 404 404 404 409 401"),
    case("GET /v1/releases/{release}/archive", "404 404 404 404 404 404 401"),
    case("GET /v1/releases/{release}/file", "404 404 404 404 404 404 401", query="path=README.md"),
    case("GET /v1/releases/{release}/left-out", "409 404 404 404 404 409 401"),
    case("GET /v1/releases/{release}/differences/{release}", "422 404 404 404 404 422 401"),
    case("POST /v1/releases/{release}/differences/{release}", "200 404 404 404 404 200 401"),
    case("GET /v1/releases/{release}/differences/{release}/csv", "422 404 404 404 404 422 401"),
    case("POST /v1/releases/{release}/withdrawal", "422 404 404 404 404 422 401", {"reason": ""}),
    case("DELETE /v1/releases/{release}/withdrawal", "409 404 404 404 404 409 401"),
    case("DELETE /v1/releases/{release}", "409 404 404 404 404 409 401"),
    case("DELETE /v1/recordings/{recording}", "204 404 404 404 404 204 401"),
    case("DELETE /v1/projects/{project}", "204 403 403 403 404 204 401"),
    case("DELETE /v1/session", "204 204 204 204 204 204 204"),
)  # fmt: skip
UNTESTED_HERE = {"GET /v1/ready"}  # depends on the machine; tests/web/test_system.py


@pytest.fixture
def world(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    add_annotation: Callable[..., str],
) -> dict[str, Any]:
    """A project with a submitted annotation, a foreign project, a model with a prediction, and a running job."""
    people = {
        "manager": make_user("manager", can_create_projects=True),
        "annotator": make_user("annotator"),
        "second": make_user("second"),
        "reviewer": make_user("reviewer"),
        "foreign": make_user("foreign", can_create_projects=True),
        "administrator": make_user("administrator", is_administrator=True),
        "nobody": None,
    }
    project = make_project(
        managers=(people["manager"],),
        annotators=(people["annotator"], people["second"]),
        reviewers=(people["reviewer"],),
    )
    make_project(name="Elsewhere", managers=(people["foreign"],))
    task = add_task(project, annotators=(people["annotator"],))
    annotation = add_annotation(task, people["annotator"], state="submitted")
    add_task(project, annotators=(people["annotator"],))
    with get_database().write() as session:
        model = Model(name="musicnn", source="x", specification={"process": "musicnn"})
        session.add(model)
        session.flush()
        session.add(ProjectModel(project_id=int(project), model_id=model.id))
        document = {**EMPTY, "regions": [], "points": [], "tags": [], "caption": None, "answers": []}
        prediction = Prediction(
            project_id=int(project), task_id=int(task), model_id=model.id, version="1", document=document, seconds=1.0
        )
        session.add(prediction)
        done = Import(project_id=int(project), kind="folder", source="/lab", path="/lab", planned=True)
        labels = AnnotationImport(project_id=int(project))
        session.add_all([done, labels])
        run = TrainingRun(model_id=model.id, project_id=int(project), parent="1")
        with folder_for_weights() as folder:
            (folder / "w").write_bytes(b"weights")
            key, digest = keep_weights(folder / "w")
        version = ModelVersion(
            model_id=model.id, project_id=int(project), name="tuned-1", base="1", parent="1", labels=["Dog"],
            weights_key=key, sha256=digest, size=7,
        )  # fmt: skip
        released = Release(project_id=int(project), name="Set", version="0", state="published", sha256="0" * 64)
        session.add_all([run, version, released])
        nothing = {"labels": [], "links": {}}
        change = LabelChange(
            project_id=int(project), kind="move", told="", relabeling={}, before=nothing, after=nothing, state="undone"
        )
        session.add(change)
        job = jobs.submit(session, None, "predict", {}, project_id=int(project))["id"]
        session.flush()
        names = {
            "level": "2",
            "kind": "wav",
            "tile": "0",
            "project": project,
            "task": task,
            "annotation": annotation,
            "revision": "1",
            "number": "1",
            "recording": task,
            "model": str(model.id),
            "prediction": str(prediction.id),
            "embedding": "999",
            "propagation": "999",
            "job": job,
            "import_id": str(done.id),
            "annotation_import": str(labels.id),
            "run": str(run.id),
            "release": str(released.id),
            "change": str(change.id),
            "version": "tuned-1",
            "member": "second",
            "user": str(people["second"].id),
            "token": "999",
            "upload": "u1",
        }
    return {"people": people, "names": names}


@pytest.mark.parametrize("person", PEOPLE)
def test_every_route_answers_each_role_as_it_should(
    person: str, world: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(world["people"][person])
    wrong = []
    for one in CASES:
        method, path = one.request.split(" ")
        if person != "nobody" and one.request in CHANGES_WHAT_FOLLOWS:
            continue
        response = request(client, method, path, one, world)
        expected = one.statuses[PEOPLE.index(person)]
        if response.status_code != expected:
            wrong.append(f"{one.request}: {response.status_code}, expected {expected}: {response.text[:120]}")
    assert not wrong, "\n".join(wrong)


def test_every_list_takes_a_limit_from_1_to_1000_and_goes_on_at_its_cursor(
    world: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    clients = {person: client_for(world["people"][person]) for person in ("administrator", "reviewer", "annotator")}
    lists = 0
    for one in CASES:
        method, path = one.request.split(" ")
        person = next((name for name in clients if one.statuses[PEOPLE.index(name)] == 200), None)
        if method != "GET" or person is None or one.request in CHANGES_WHAT_FOLLOWS:
            continue
        found = request(clients[person], method, path, one, world)
        answer = found.json() if found.headers["content-type"].startswith("application/json") else {}
        if not isinstance(answer, dict) or "next_cursor" not in answer:
            continue
        lists += 1

        def asked(path: str = path, one: Case = one, person: str = person, **more: str) -> Any:
            query = "&".join([one.query, *(f"{name}={value}" for name, value in more.items())]).lstrip("&")
            return request(clients[person], "GET", path, replace(one, query=query), world)

        for limit in ("0", "-3", "1001", "abc"):
            assert asked(limit=limit).status_code == 422, f"{one.request} takes the limit {limit}"
        first = asked(limit="1").json()
        assert len(first["items"]) <= 1, one.request
        if len(answer["items"]) > 1 and "models/{model}/predictions" not in path:  # which tells the newest alone
            second = asked(limit="1", cursor=first["next_cursor"]).json()
            assert [*first["items"], *second["items"]] == answer["items"][:2], one.request
            assert asked(limit="1", cursor="nonsense").status_code == 422, one.request
    assert lists > 25


CHANGES_WHAT_FOLLOWS = {
    "DELETE /v1/annotation-imports/{annotation_import}",
    "DELETE /v1/projects/{project}/members/{member}",
    "POST /v1/tasks/{task}/annotation/withdraw",
    "POST /v1/annotations/{annotation}/reviews",
    "PUT /v1/tasks/{task}/consensus",
    "DELETE /v1/projects/{project}/models/{model}",
    "DELETE /v1/jobs/{job}",
    "GET /v1/jobs/{job}/events",
    "PATCH /v1/models/{model}",
    "DELETE /v1/recordings/{recording}",
    "DELETE /v1/projects/{project}",
    "DELETE /v1/session",
}
"""Tried alone, each upon a fresh world."""


@pytest.mark.parametrize("wanted", sorted(CHANGES_WHAT_FOLLOWS - {"GET /v1/jobs/{job}/events"}))
def test_what_changes_the_world_answers_each_role_as_it_should(
    wanted: str, world: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    one = next(found for found in CASES if found.request == wanted)
    method, path = wanted.split(" ")
    for person in ("nobody", "foreign", "second", "annotator", "reviewer", "manager"):
        expected = one.statuses[PEOPLE.index(person)]
        if expected < 300 and person != "nobody":
            continue
        response = request(client_for(world["people"][person]), method, path, one, world)
        assert response.status_code == expected, f"{person}: {response.text}"
    allowed = next(
        (person for person in PEOPLE if one.statuses[PEOPLE.index(person)] < 300 and person != "nobody"), None
    )
    if allowed is not None:
        response = request(client_for(world["people"][allowed]), method, path, one, world)
        assert response.status_code == one.statuses[PEOPLE.index(allowed)], f"{allowed}: {response.text}"


def request(client: Any, method: str, path: str, one: Case, world: dict[str, Any]) -> Any:
    url = "/api" + path.format(**world["names"]) + (f"?{one.query}" if one.query else "")
    if one.content is not None:
        return client.request(method, url, content=one.content)
    return client.request(method, url, json=one.json)


def test_no_route_is_missing_in_the_table() -> None:
    tabled = {one.request for one in CASES} | UNTESTED_HERE
    paths = api().openapi()["paths"]
    served = {f"{method.upper()} {normalized(path)}" for path, operations in paths.items() for method in operations}
    assert len(served) > 60
    assert served <= {normalized(one) for one in tabled} | UNTESTED_HERE, served - tabled


def normalized(path: str) -> str:
    path = path.replace("/differences/{other}", "/differences/{release}")
    return path.replace("/members/{user}", "/members/{member}")


def test_an_annotator_cannot_guess_their_way_into_anothers_queue(
    world: dict[str, Any], client_for: Callable[..., Any]
) -> None:
    client = client_for(world["people"]["second"])
    for number in range(1, 12):
        for kind in ("tasks", "annotations"):
            assert client.get(f"/api/v1/{kind}/{number}").status_code == 404
    assert client.get(f"/api/v1/projects/{world['names']['project']}/tasks").json()["items"] == []


def test_bundled_models_are_declared_once(data_folder: Any) -> None:
    models.ensure_bundled_models()
    models.ensure_bundled_models()
    with get_database().read() as session:
        assert session.query(Model).filter(Model.name == "musicnn").count() == 1
