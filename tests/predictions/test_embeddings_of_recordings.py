"""Feature vectors that models give: asked for with a prediction, kept once a sound, read, and used for diversity."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from laboratory import LABELS, Lab

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Embedding, Recording, Task
from labelbuddy_core.domain.queue_orders import spread_points, unit_points
from labelbuddy_core.errors import ModelProblem, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import embeddings, predicted_tasks, predictions
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import recordings
from labelbuddy_core.services.tasks import task_ranks
from labelbuddy_core.settings import ROOT, get_settings
from model_containers.musicnn import fetch

BOTH = "process: answering\noutput_schema:\n  - {type: region, labels: [speech, music]}\n  - type: embedding\n"
ALONE = "process: answering\nname: alone\noutput_schema:\n  - type: embedding\n"
MUSICNN = """process: musicnn
name: musicnn-vectors
input_schema: {audio: wav, sample_rate: 16000, channels: 1}
output_schema: [{type: tag, labels: [guitar]}, {type: embedding}]
"""


def recording_of(task: int) -> str:
    with get_database().read() as session:
        return str(session.get_one(Task, task).recording_id)


def paths_asked(lab: Lab) -> list[str]:
    return [line.split()[2] for line in lab.asked.read_text().splitlines()]


def read(lab: Lab, task: int) -> tuple[np.ndarray, np.ndarray]:
    """Times and vectors of the newest embedding of a task's recording."""
    newest = embeddings.list_embeddings(lab.manager, recording_of(task))[0]
    with np.load(io.BytesIO(embeddings.read_embedding(lab.manager, newest["id"])), allow_pickle=False) as file:
        return file["times"], file["vectors"]


def test_vectors_are_kept_in_half_precision_beside_the_prediction(lab: Lab) -> None:
    (task,) = lab.record(1)
    model = lab.declare(BOTH)
    assert lab.ask(model)["predicted"] == 1
    (told,) = embeddings.list_embeddings(lab.manager, recording_of(task))
    assert {name: told[name] for name in ("model", "version", "start", "stop", "vectors", "dimensions")} == {
        "model": model, "version": "1", "start": 0.0, "stop": 1.0, "vectors": 2, "dimensions": 8,
    }  # fmt: skip
    times, vectors = read(lab, task)
    assert times.tolist() == [[0.0, 0.5], [0.5, 1.0]]
    assert (vectors.dtype, vectors.shape) == (np.float16, (2, 8))
    assert len(lab.predictions()[0].document["regions"]) <= 1


def test_pieces_of_a_long_task_give_one_embedding_in_recording_time(lab: Lab) -> None:
    (task,) = lab.record(1, seconds=3.0)
    lab.ask(lab.declare(BOTH + "input_schema: {audio: wav, max_seconds: 1}\n"))
    times, vectors = read(lab, task)
    assert times[:, 0].tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert vectors.shape == (6, 8)


def test_a_model_that_only_embeds_is_asked_for_nothing_else(lab: Lab) -> None:
    lab.record(2)
    assert lab.ask(lab.declare(ALONE))["predicted"] == 2
    assert paths_asked(lab) == ["/embed", "/embed"]
    assert all(one.document["regions"] == [] for one in lab.predictions())


def test_a_model_of_vectors_is_no_opinion_on_what_is_heard(lab: Lab) -> None:
    (task,) = lab.record(1)
    lab.ask(lab.declare(ALONE))
    assert predictions.list_for_task(lab.manager, task)["items"] == []
    assert predicted_tasks.newest_predictions(lab.manager, task)["items"] == []
    both = lab.declare(BOTH)
    lab.ask(both)
    assert [one["model"] for one in predictions.list_for_task(lab.manager, task)["items"]] == [both]
    assert [one["model"] for one in predicted_tasks.newest_predictions(lab.manager, task)["items"]] == [both]
    projects.update_project(lab.manager, lab.project, {"queue_order": "disagreement"})
    task_ranks.rank_project(int(lab.project))
    with get_database().read() as session:
        assert session.get_one(Task, task).rank == 0.0  # one model alone does not disagree


def test_what_is_kept_is_not_asked_again_but_what_the_storage_lost_is(
    lab: Lab, make_project: Callable[..., str]
) -> None:
    lab.record(1)
    model = lab.declare(BOTH)
    lab.ask(model)

    def in_another_project() -> None:
        other = Lab(lab.manager, make_project(managers=(lab.manager,), labels=LABELS), lab.folder)
        model_links.link_model(lab.manager, other.project, model, label_map={"speech": "speech"})
        other.record(1)
        other.ask(model)

    in_another_project()
    assert paths_asked(lab) == ["/predict", "/embed"]
    with get_database().read() as session:
        (key,) = session.scalars(session.query(Embedding.blob_key).statement)
    open_store(get_settings()).delete(key)
    in_another_project()
    assert paths_asked(lab)[2:] == ["/predict", "/embed"]
    assert open_store(get_settings()).exists(key)


def test_vectors_of_another_form_fail_the_task_with_the_reason(lab: Lab) -> None:
    lab.record(1)
    with pytest.raises(ModelProblem, match=r"asked for its embedding.*'vector' must be lists of numbers"):
        lab.ask(lab.declare(BOTH.replace("answering", "garbled")))


def test_only_those_who_manage_a_project_with_the_sound_read_its_vectors(
    lab: Lab, make_user: Callable[..., Actor], make_project: Callable[..., str]
) -> None:
    (task,) = lab.record(1)
    lab.ask(lab.declare(BOTH))
    stranger = make_user()
    make_project(managers=(stranger,))
    number = embeddings.list_embeddings(lab.manager, recording_of(task))[0]["id"]
    for read_it in (lambda: embeddings.list_embeddings(stranger, recording_of(task)),
                    lambda: embeddings.read_embedding(stranger, number)):  # fmt: skip
        with pytest.raises(NotFound):
            read_it()


def test_vectors_go_with_the_last_recording_of_their_sound(lab: Lab) -> None:
    (task,) = lab.record(1)
    lab.ask(lab.declare(BOTH))
    recordings.delete_recording(lab.manager, recording_of(task))
    with get_database().read() as session:
        assert session.query(Recording).count() == session.query(Embedding).count() == 0
    assert list(open_store(get_settings()).keys()) == []


def test_diversity_goes_by_the_direction_of_the_vectors(lab: Lab) -> None:
    tasks = lab.record(5)
    model = lab.declare(ALONE)
    projects.update_project(lab.manager, lab.project, {"queue_order": "diversity"})
    lab.ask(model)
    with get_database().read() as session:
        ranks = [session.get_one(Task, task).rank for task in tasks]
    means = [read(lab, task)[1].astype(np.float32).mean(axis=0) for task in tasks]
    assert ranks == spread_points(unit_points(means, 8))
    assert len(set(ranks)) == 5
    assert task_ranks.rank_project(int(lab.project)) == 5


def test_musicnn_gives_two_hundred_numbers_for_every_patch(lab: Lab, tmp_path: Path) -> None:
    try:
        fetch.fetch(ROOT / ".cache" / "models" / "musicnn")
    except RuntimeError as error:
        pytest.skip(f"SKIPPED: no weights of musicnn: {error}")
    noise = np.random.default_rng(7).uniform(-0.3, 0.3, 7 * 16_000)
    soundfile.write(tmp_path / "noise.wav", noise, 16_000, subtype="PCM_16")
    (task,) = lab.keep([tmp_path / "noise.wav"])
    model = models.create_model(lab.manager, MUSICNN)["id"]
    model_links.link_model(lab.manager, lab.project, model)
    lab.ask(model)
    times, vectors = read(lab, task)
    assert vectors.shape == (3, 200)
    assert np.isfinite(vectors).all()
    assert vectors.std() > 0.1
    assert times[:, 0] == pytest.approx([0.0, 2.992, 5.984])
    assert times[-1, 1] == pytest.approx(7.0)
