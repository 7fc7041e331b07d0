"""What models last said and what was propagated stand beside each other where labels are counted and cut around."""

from planted_sounds import RAIN, SIREN, World
from postgresql_server import on_both_databases

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Prediction
from labelbuddy_core.domain.documents import empty_document
from labelbuddy_core.services.labels import label_changes
from labelbuddy_core.services.similarity import propagations
from labelbuddy_core.services.similarity.similar_sounds import SimilarTo
from labelbuddy_core.services.tasks import cutting
from labelbuddy_core.services.tasks.cutting import Cut, Regions

MERGE = {"kind": "merge", "labels": ["dog"], "into": "music"}


def ask_again(world: World, task: str) -> None:
    """The model answers anew, as it does when tasks are prepared once more; it says nothing of labels."""
    with get_database().write() as session:
        session.add(
            Prediction(
                project_id=int(world.project), task_id=int(task), model_id=int(world.model), version="3",
                document=empty_document(), seconds=1.0,
            )
        )  # fmt: skip


def counted(world: World) -> tuple[int, int]:
    """Suggestions that a merge of the label would change, and recordings that a cut around it would."""
    merge = label_changes.preview(world.manager, world.project, MERGE)
    cut = cutting.preview_cut(world.manager, world.project, Cut(regions=Regions("dog", "predictions")))
    return merge["suggestions"], cut["recordings"]


@on_both_databases
def test_every_stretch_of_a_task_counts(world: World) -> None:
    source, _ = world.task(SIREN), world.task(SIREN, RAIN, SIREN, annotators=(world.one,))
    world.propagate(world.manager, SimilarTo(source))
    assert counted(world) == (2, 1)


@on_both_databases
def test_a_newer_answer_of_the_model_is_not_in_place_of_a_propagated_label(world: World) -> None:
    source, alike = world.task(SIREN), world.task(RAIN, SIREN, annotators=(world.one,))
    world.propagate(world.manager, SimilarTo(source))
    ask_again(world, alike)
    assert counted(world) == (1, 1)


def test_a_label_propagated_twice_from_a_place_counts_once(world: World) -> None:
    source, _ = world.task(SIREN), world.task(RAIN, SIREN, annotators=(world.one,))
    for least in (0.9, 0.8):
        world.propagate(world.manager, SimilarTo(source), least=least)
    assert counted(world) == (1, 1)


def test_what_was_taken_back_does_not_count(world: World) -> None:
    source, alike = world.task(SIREN), world.task(RAIN, SIREN, annotators=(world.one,))
    made = world.propagate(world.manager, SimilarTo(source))
    propagations.undo(world.manager, made["id"])
    assert world.offered(world.one, alike) == []
    assert counted(world) == (0, 0)
