"""Which task comes next: by priority, then by what models say about the tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from laboratory import Lab

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Model, Prediction, Task
from labelbuddy_core.domain.queue_orders import QueueOrder
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import queues, task_ranks, tasks

ANSWERING = "process: answering\noutput_schema:\n  - {type: region, labels: [speech, music, siren, dog]}\n"


def ranks(lab: Lab) -> dict[int, float]:
    with get_database().read() as session:
        return {task.id: task.rank for task in session.query(Task).filter(Task.project_id == int(lab.project))}


def say(lab: Lab, model: str, task: int, profile: dict[str, float], uncertainty: float | None = None) -> None:
    """Keep a prediction that found these labels, each for that share of the task's second."""
    regions = [{"label": one, "start": 0.0, "end": share, "origin": {}} for one, share in profile.items()]
    with get_database().write() as session:
        row = session.query(Model).filter(Model.name == model).first()
        if row is None:
            row = Model(name=model, source="", specification={})
            session.add(row)
            session.flush()
        session.add(
            Prediction(
                project_id=int(lab.project),
                task_id=task,
                model_id=row.id,
                version="1",
                document={"regions": regions, "tags": []},
                seconds=1.0,
                profile=profile,
                uncertainty=uncertainty,
            )
        )


def ordered(lab: Lab, order: str) -> list[int]:
    """The tasks in the order of the queue after a manager has chosen `order` and the job has run."""
    projects.update_project(lab.manager, lab.project, {"queue_order": order})
    task_ranks.rank_project(int(lab.project))
    found = ranks(lab)
    return sorted(found, key=lambda task: (-found[task], task))


def test_a_manager_chooses_the_order_and_a_job_ranks_the_tasks(lab: Lab) -> None:
    projects.update_project(lab.manager, lab.project, {"queue_order": "uncertainty"})
    with get_database().read() as session:
        kinds = [(job.kind, job.arguments) for job in session.query(Job)]
    assert kinds == [("order-queue", {"project": int(lab.project)})]
    assert projects.get_project(lab.manager, lab.project)["queue_order"] == "uncertainty"
    with pytest.raises(Invalid, match="queue_order must be one of added, uncertainty, disagreement, diversity"):
        projects.update_project(lab.manager, lab.project, {"queue_order": "best"})


def test_tasks_a_model_is_least_sure_of_come_first_as_soon_as_it_has_answered(lab: Lab) -> None:
    lab.record(6)
    projects.update_project(lab.manager, lab.project, {"queue_order": "uncertainty"})
    lab.ask(lab.declare(ANSWERING))
    found = ranks(lab)
    assert found == {one.task_id: one.uncertainty for one in lab.predictions()}
    assert len(set(found.values())) > 1


def test_tasks_on_which_models_differ_most_come_first(lab: Lab) -> None:
    same, half, apart, alone = (lab.add_task(f"{n:064}", 1.0, f"{n}.wav") for n in range(4))
    for task, other in ((same, {"speech": 1.0}), (half, {"speech": 0.5}), (apart, {"music": 1.0})):
        say(lab, "one", task, {"speech": 1.0})
        say(lab, "two", task, other)
    say(lab, "one", alone, {"speech": 1.0})
    assert ordered(lab, "disagreement") == [apart, half, same, alone]


def test_only_the_newest_prediction_of_a_model_counts(lab: Lab) -> None:
    first, second = (lab.add_task(f"{n:064}", 1.0, f"{n}.wav") for n in range(2))
    say(lab, "one", first, {"speech": 1.0}, uncertainty=0.9)
    say(lab, "one", first, {"speech": 1.0}, uncertainty=0.1)
    say(lab, "one", second, {"speech": 1.0}, uncertainty=0.5)
    assert ordered(lab, "uncertainty") == [second, first]


def test_for_diversity_the_next_task_is_least_like_those_before(lab: Lab) -> None:
    alike, too, other, bare = (lab.add_task(f"{n:064}", 1.0, f"{n}.wav") for n in range(4))
    for task, profile in ((alike, {"speech": 1.0}), (too, {"speech": 0.95}), (other, {"dog": 1.0})):
        say(lab, "one", task, profile)
    assert ordered(lab, "diversity") == [other, alike, too, bare]


def test_back_in_the_order_of_adding_all_ranks_are_the_same(lab: Lab) -> None:
    made = [lab.add_task(f"{n:064}", 1.0, f"{n}.wav") for n in range(3)]
    say(lab, "one", made[2], {"speech": 1.0}, uncertainty=0.9)
    assert ordered(lab, "uncertainty") == [made[2], made[0], made[1]]
    assert ordered(lab, "added") == made


@pytest.mark.parametrize("order", [QueueOrder.UNCERTAINTY])
def test_an_annotator_gets_the_highest_rank_among_equal_priorities(
    lab: Lab, make_user: Callable[..., Any], order: QueueOrder
) -> None:
    made = [lab.add_task(f"{n:064}", 1.0, f"{n}.wav") for n in range(3)]
    for task, value in zip(made, (0.2, 0.9, 0.4), strict=True):
        say(lab, "one", task, {"speech": 1.0}, uncertainty=value)
    ordered(lab, order)
    tasks.change_task(lab.manager, made[0], {"priority": 5})
    annotator = make_user("ada")
    memberships.set_member(lab.manager, lab.project, "ada", ["annotator"])
    got: list[int] = []
    for _ in made:
        task = queues.next_task(annotator, lab.project, after=got[-1] if got else None)
        assert task is not None
        got.append(int(task))
    assert got[0] == made[0]
    assert set(got[:2]) == {made[0], made[1]}
