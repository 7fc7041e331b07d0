"""The page Find similar: what a search shows, what is suggested from there, and what is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from planted_sounds import DOG, SIREN, World, mark
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Recording
from labelbuddy_core.domain.preferences import Preferences
from labelbuddy_core.services.accounts.preferences import set_preferences
from labelbuddy_core.services.models import models

Make = Callable[..., Any]


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption])


def button(at: AppTest, words: str) -> Any:
    (found,) = [one for one in at.button if words in one.label]
    return found


def test_a_region_is_looked_for_with_its_label_chosen_and_what_is_ticked_gets_it(
    world: World, page: Make, add_annotation: Make
) -> None:
    source = world.task(SIREN, DOG, annotators=(world.one,))
    alike = [world.task(SIREN, annotators=(world.one,)) for _ in range(2)]
    mark(add_annotation(source, world.one), "r_1", "music", 0.0, 1.0)
    at = page(world.manager, task=source, start="0", stop="1", region="r_1")
    assert "2 found among 4 stretches of 3 tasks" in texts(at)
    assert [box.value for box in at.checkbox] == [True, True]
    assert [one.value for one in at.selectbox if one.label == "Label"] == ["music"]
    at.checkbox[1].uncheck().run()
    button(at, "Suggest it for 1 stretch").click().run()
    assert not at.exception
    assert [len(world.offered(world.one, task)) for task in alike] == [1, 0]
    button(at, "Take back").click().run()
    assert [len(world.offered(world.one, task)) for task in alike] == [0, 0]
    assert "taken back by mia" in texts(at)


def test_what_was_not_shown_does_not_take_the_place_of_what_is_left_out(world: World, page: Make) -> None:
    source = world.task(SIREN, annotators=(world.one,))
    alike = [world.task(SIREN, annotators=(world.one,)) for _ in range(14)]
    at = page(world.manager, task=source)
    at.select_slider[0].set_value(12).run()
    assert len(at.checkbox) == 12
    at.checkbox[0].uncheck().run()
    next(one for one in at.selectbox if one.label == "Label").select_index(0).run()
    button(at, "Suggest it for 11 stretches").click().run()
    assert sum(len(world.offered(world.one, task)) for task in alike) == 11


def test_annotators_are_told_that_only_they_see_what_they_propagate(world: World, page: Make) -> None:
    source = world.task(SIREN, annotators=(world.one,))
    world.task(SIREN, annotators=(world.one,))
    assert "shown to you alone" in texts(page(world.one, task=source))


def test_a_manager_has_the_missing_vectors_computed(world: World, page: Make, add_task: Make) -> None:
    models.ensure_bundled_models()
    add_task(world.project)
    at = page(world.manager)
    assert "1 task for ears" in texts(at).replace("\\", "")
    button(at, "Prepare with ears").click().run()
    assert not at.exception
    with get_database().read() as session:
        assert session.query(Job).filter(Job.kind == "predict").count() == 1


def test_an_annotator_is_told_who_prepares_a_search(make_project: Make, make_user: Make, page: Make) -> None:
    anna = make_user("anna")
    make_project(managers=(make_user("max"),), annotators=(anna,))
    at = page(anna)
    assert "a manager of this project has them prepared" in texts(at)
    assert "choose a recording here" not in texts(at)


def test_a_recording_is_chosen_by_its_name(world: World, page: Make) -> None:
    first, second = world.task(SIREN), world.task(SIREN)
    at = page(world.manager)
    at.button(key=f"like-{first}").click().run()
    assert not at.exception
    assert "1 found among 2 stretches" in texts(at)
    assert at.query_params["task"] in (first, [first])
    assert second != first


def test_players_know_how_loud_their_recordings_are_and_what_the_person_set(world: World, page: Make) -> None:
    source = world.task(SIREN, annotators=(world.one,))
    found = world.task(SIREN, annotators=(world.one,))
    statistics = {"loudness": -31.5, "peak": [-9.0], "level": [-33.0], "tempo": 120}
    with get_database().write() as session:
        session.execute(update(Recording).values(statistics=statistics))
    set_preferences(world.manager, Preferences(loudness=-18.0))
    at = page(world.manager, task=source)
    protos: list[Any] = [one.proto for one in at.get("bidi_component")]  # type: ignore[attr-defined]
    players = [orjson.loads(one.json or one.mixed.json) for one in protos]
    assert [one["task"] for one in players] == [source, found]
    assert [one["measured"] for one in players] == [{"loudness": -31.5, "peak": [-9.0]}] * 2
    assert players[0]["preferences"] == {"leveling": "on", "loudness": -18.0}
