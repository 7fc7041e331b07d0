"""Find more like this and propagate a label: who finds what, what becomes of it, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from planted_sounds import DOG, RAIN, SIREN, VECTORS_ONLY, World, mark

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent, Model, Prediction, Task
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import predicted_tasks, predictions
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.similarity import propagations, similar_preparing, similar_sounds
from labelbuddy_core.services.similarity.propagations import Place
from labelbuddy_core.services.similarity.similar_sounds import SimilarTo
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]


def test_the_nearest_stretches_come_first_without_what_was_looked_for(world: World) -> None:
    first = world.task(SIREN, DOG, RAIN, SIREN)
    second = world.task(RAIN, [0.8, 0.6, 0.0], DOG)
    found = world.find(world.manager, SimilarTo(first, 0.0, 1.0))
    assert found[:2] == [(first, 3.0, 4.0, 1.0), (second, 1.0, 2.0, 0.8)]
    assert (first, 0.0) not in [one[:2] for one in found]
    assert world.find(world.manager, SimilarTo(first, 0.0, 1.0), least=0.9) == [(first, 3.0, 4.0, 1.0)]
    assert len(world.find(world.manager, SimilarTo(first, 0.0, 1.0), limit=3)) == 3


def test_a_whole_task_is_compared_as_a_whole(world: World) -> None:
    first = world.task(SIREN, SIREN, DOG)
    alike, short = world.task(RAIN, SIREN, SIREN, DOG), world.task(DOG)
    found = world.find(world.manager, SimilarTo(first))
    assert found[0][:3] == (alike, 1.0, 4.0)
    assert found[1][:3] == (short, 0.0, 1.0)


def test_a_saved_region_is_found_by_its_id_with_its_label(world: World, add_annotation: Make) -> None:
    task = world.task(SIREN, DOG, RAIN, annotators=(world.one,))
    mark(add_annotation(task, world.one), "r_1", "dog", 1.1, 1.9)
    asked = SimilarTo(task, region="r_1")
    source = similar_sounds.find_similar(world.one, world.project, asked)["source"]
    assert (source["start"], source["stop"], source["label"]) == (1.1, 1.9, "dog")
    with pytest.raises(Invalid, match="no region 'r_1'"):
        similar_sounds.find_similar(world.manager, world.project, SimilarTo(world.task(SIREN), region="r_1"))
    with pytest.raises(Invalid, match="A region's id"):
        similar_sounds.find_similar(world.manager, world.project, SimilarTo(task, region="r\x00"))


def test_annotators_search_only_in_the_tasks_of_their_queue(world: World) -> None:
    mine, also_mine = (world.task(SIREN, annotators=(world.one,)) for _ in range(2))
    theirs = world.task(SIREN, annotators=(world.other,))
    assert [one[0] for one in world.find(world.one, SimilarTo(mine))] == [also_mine]
    assert [one[0] for one in world.find(world.manager, SimilarTo(mine))] == [also_mine, theirs]
    with pytest.raises(NotFound):
        world.find(world.one, SimilarTo(theirs))


def test_results_name_the_labels_there_as_far_as_one_sees_them(world: World, add_annotation: Make) -> None:
    both = (world.one, world.other)
    task, there = world.task(SIREN, annotators=both), world.task(SIREN, DOG, annotators=both)
    mark(add_annotation(there, world.one), "r_1", "dog", 0.2, 1.1)
    mark(add_annotation(there, world.other), "r_2", "music", 0.6, 2.0)

    def labels(actor: Actor) -> list[list[str]]:
        found = similar_sounds.find_similar(actor, world.project, SimilarTo(task))["items"]
        return [one["labels"] for one in found]

    assert labels(world.one) == [["dog"], []]
    assert labels(world.manager) == [["dog"], ["music"]]


def test_a_task_without_vectors_says_what_to_do(world: World, add_task: Make) -> None:
    with pytest.raises(InvalidState, match="a manager prepares the search"):
        world.find(world.manager, SimilarTo(add_task(world.project)))


def test_vectors_of_another_model_are_another_search(world: World) -> None:
    eyes = models.create_model(world.manager, VECTORS_ONLY.replace("ears", "eyes"))["id"]
    model_links.link_model(world.manager, world.project, eyes)
    first, second = world.task(SIREN), world.task(SIREN)
    third = world.task(SIREN, model=eyes)
    assert [one[0] for one in world.find(world.manager, SimilarTo(first))] == [second]
    assert world.find(world.manager, SimilarTo(third)) == []
    with pytest.raises(InvalidState):
        world.find(world.manager, SimilarTo(first, model=eyes))


def test_new_tasks_are_found_and_deleted_ones_are_not(world: World) -> None:
    first = world.task(SIREN)
    gone = world.task(SIREN)
    assert [one[0] for one in world.find(world.manager, SimilarTo(first))] == [gone]
    with get_database().write() as session:
        session.delete(session.get_one(Task, int(gone)))
    new = world.task(SIREN)
    assert [one[0] for one in world.find(world.manager, SimilarTo(first))] == [new]


def test_the_files_of_a_deleted_project_go_with_the_next_search(world: World, make_project: Make) -> None:
    world.find(world.manager, SimilarTo(world.task(SIREN)))
    (left,) = (get_settings().data / "similar").iterdir()
    other = make_project(managers=(world.manager,))
    projects.delete_project(world.manager, world.project)
    model_links.link_model(world.manager, other, world.model)
    there = World(world.manager, world.one, world.other, other, world.model, world._add_task)
    there.find(world.manager, SimilarTo(there.task(SIREN)))
    assert not left.exists()


def test_those_who_see_no_suggestions_find_nothing_similar_either(world: World) -> None:
    task = world.task(SIREN, annotators=(world.one,))
    world.settings(suggestions="hidden")
    with pytest.raises(Forbidden):
        world.find(world.one, SimilarTo(task))
    assert world.find(world.manager, SimilarTo(task)) == []


def test_a_propagated_label_is_suggested_with_its_similarity_and_says_what_it_is_like(world: World) -> None:
    source = world.task(SIREN)
    alike = world.task(RAIN, [0.8, 0.6, 0.0], annotators=(world.one,))
    made = world.propagate(world.manager, SimilarTo(source, 0.0, 1.0, region="r_7"), least=0.7)
    assert (made["stretches"], made["tasks"], made["by"], made["for_everybody"]) == (1, 1, "mia", True)
    (region,) = world.offered(world.one, alike)
    assert (region["start"], region["end"], region["label"]) == (1.0, 2.0, "dog")
    origin = region["origin"]
    assert (origin["model"], origin["version"]) == ("ears", "3, similar to region r_7")
    assert origin["score"] == pytest.approx(0.8, abs=1e-3)
    (prediction,) = predictions.list_for_task(world.one, alike)["items"]
    assert prediction["license"] == "MIT"
    assert prediction["options"]["similar_to"]["task"] == source
    with get_database().read() as session:
        (event,) = session.query(HistoryEvent).filter(HistoryEvent.action == "label.propagated")
        assert (event.subject, event.data["stretches"]) == (f"propagation:{made['id']}", 1)


def test_what_is_left_out_or_less_similar_gets_no_suggestion(world: World) -> None:
    source = world.task(SIREN)
    kept, left_out, other = (world.task(one, annotators=(world.one,)) for one in (SIREN, SIREN, DOG))
    world.propagate(world.manager, SimilarTo(source), leave_out=[Place(left_out, 0.0)])
    assert [len(world.offered(world.one, task)) for task in (kept, left_out, other)] == [1, 0, 0]
    with pytest.raises(InvalidState, match="Nothing"):
        world.propagate(world.manager, SimilarTo(other))
    with pytest.raises(Invalid, match="no label of this project"):
        world.propagate(world.manager, SimilarTo(source), label="whale")


def test_what_an_annotator_propagates_nobody_else_sees(world: World) -> None:
    both = (world.one, world.other)
    source, alike = world.task(SIREN, annotators=both), world.task(SIREN, annotators=both)
    made = world.propagate(world.one, SimilarTo(source))
    assert not made["for_everybody"]
    (mine,) = world.offered(world.one, alike)
    assert world.offered(world.other, alike) == []
    with pytest.raises(NotFound):
        predictions.decide(world.other, mine["origin"]["prediction"], mine["id"], "rejected")
    assert propagations.list_propagations(world.other, world.project)["items"] == []
    with pytest.raises(NotFound):
        propagations.undo(world.other, made["id"])


def test_a_propagation_is_taken_back_as_a_whole_once(world: World) -> None:
    source = world.task(SIREN)
    tasks = [world.task(SIREN, annotators=(world.one,)) for _ in range(3)]
    made = world.propagate(world.manager, SimilarTo(source))
    assert [len(world.offered(world.one, task)) for task in tasks] == [1, 1, 1]
    undone = propagations.undo(world.manager, made["id"])
    assert propagations.undo(world.manager, made["id"]) == undone
    assert undone["undone_by"] == "mia"
    assert [world.offered(world.one, task) for task in tasks] == [[], [], []]
    assert [one["undone_at"] for one in propagations.list_propagations(world.manager, world.project)["items"]] == [
        undone["undone_at"]
    ]
    with get_database().read() as session:
        assert session.query(HistoryEvent).filter(HistoryEvent.action == "label.propagation_undone").count() == 1
        assert session.query(Prediction).count() == 3  # what was on the screen stays on record


def test_the_same_propagation_again_is_offered_once_and_not_what_was_rejected(world: World) -> None:
    source = world.task(SIREN)
    tasks = [world.task(SIREN, annotators=(world.one,)) for _ in range(2)]
    world.propagate(world.manager, SimilarTo(source))
    (region,) = world.offered(world.one, tasks[0])
    predictions.decide(world.one, region["origin"]["prediction"], region["id"], "rejected")
    world.propagate(world.manager, SimilarTo(source))
    assert [len(world.offered(world.one, task)) for task in tasks] == [0, 1]


def test_a_propagation_is_no_answer_of_the_model(world: World) -> None:
    source, alike = world.task(SIREN), world.task(SIREN)
    world.propagate(world.manager, SimilarTo(source))
    assert predicted_tasks.newest_predictions(world.manager, alike)["items"] == []


def test_a_token_that_only_reads_propagates_nothing(world: World) -> None:
    task = world.task(SIREN)
    with pytest.raises(Forbidden, match="only read"):
        world.propagate(replace(world.manager, can_write=False), SimilarTo(task))


def test_a_manager_prepares_the_search_with_the_model_that_needs_no_weights(world: World) -> None:
    models.ensure_bundled_models()
    task = world.task(SIREN)
    job = similar_preparing.prepare(world.manager, world.project)
    assert job["kind"] == "predict"
    with get_database().read() as session:
        likeness = session.query(Model).filter(Model.name == similar_preparing.LIKENESS).one()
    told = {one["name"]: (one["tasks"], one["of"]) for one in similar_preparing.searchable(world.one, world.project)}
    assert told == {"ears": (1, 1), "likeness": (0, 1)}
    assert likeness.specification["process"] == "baseline"
    assert world.find(world.manager, SimilarTo(task)) == []
    with pytest.raises(Forbidden):
        similar_preparing.prepare(world.one, world.project)
