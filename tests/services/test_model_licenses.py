"""A license that restricts what a model may be used for is confirmed before the first use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labelbuddy_core.domain.licenses import needs_confirmation
from labelbuddy_core.errors import Conflict, Forbidden, InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, model_states, model_trials, models
from labelbuddy_core.services.predictions import prediction_requests

NONCOMMERCIAL = "NVIDIA OneWay Noncommercial License (weights)"
YAML = 'name: flamingo\nimage: "lab/flamingo:1"\noutput_schema: [{{type: tag, label: dog}}]\nlicense: "{}"\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MIT",
        "ISC (Pons)",
        "BSD-3-Clause",
        "Apache-2.0 (as its model card says)",
        "CC BY 4.0, Kong (weights); MIT (code)",
    ],
)
def test_licenses_that_allow_every_use_need_no_confirmation(text: str) -> None:
    assert not needs_confirmation(text)


@pytest.mark.parametrize(
    "text",
    [
        NONCOMMERCIAL,
        "CC BY-NC 4.0",
        "CC-BY-4.0-like",
        "MIT (code), research only (weights)",
        "Qwen License",
        "mitigated",
    ],
)
def test_every_other_license_does(text: str) -> None:
    assert needs_confirmation(text)


@pytest.fixture
def manager(make_user: Callable[..., Actor]) -> Actor:
    return make_user(can_create_projects=True)


@pytest.fixture
def flamingo(manager: Actor) -> str:
    return models.create_model(manager, YAML.format(NONCOMMERCIAL))["id"]


@pytest.fixture
def project(manager: Actor, make_project: Callable[..., str]) -> str:
    return make_project(managers=(manager,), labels=("dog",))


def test_it_is_not_used_before_its_license_is_confirmed(
    manager: Actor, flamingo: str, project: str, add_task: Callable[..., str]
) -> None:
    add_task(project)
    assert models.get_model(manager, flamingo)["license_state"]["to_confirm"]
    for use in (
        lambda: model_links.link_model(manager, project, flamingo),
        lambda: model_trials.try_model(manager, flamingo, "1"),
        lambda: model_states.start(manager, flamingo),
    ):
        with pytest.raises(InvalidState, match=r"Confirm the license of flamingo before .*Noncommercial") as refused:
            use()
        assert refused.value.extra["license"] == NONCOMMERCIAL


def test_after_it_is_confirmed_it_is_used_and_says_who_did(manager: Actor, flamingo: str, project: str) -> None:
    models.confirm_license(manager, flamingo, NONCOMMERCIAL)
    state = models.get_model(manager, flamingo)["license_state"]
    assert (state["to_confirm"], state["confirmed_by"]) == (False, manager.username)
    assert state["confirmed_at"]
    assert model_links.link_model(manager, project, flamingo)["license"] == NONCOMMERCIAL


def test_another_license_must_be_confirmed_anew(
    manager: Actor, flamingo: str, project: str, add_task: Callable[..., str]
) -> None:
    add_task(project)
    models.confirm_license(manager, flamingo, NONCOMMERCIAL)
    model_links.link_model(manager, project, flamingo)
    models.update_model(manager, flamingo, YAML.format("Research only"))
    with pytest.raises(InvalidState, match="Research only"):
        prediction_requests.predict_project(manager, project, flamingo)
    assert prediction_requests.waiting_tasks(manager, project, flamingo) == 1


def test_only_the_license_that_the_model_has_can_be_confirmed(manager: Actor, flamingo: str) -> None:
    with pytest.raises(Conflict, match="another license by now"):
        models.confirm_license(manager, flamingo, "MIT")


def test_who_manages_no_project_confirms_nothing(flamingo: str, make_user: Callable[..., Actor]) -> None:
    with pytest.raises(Forbidden):
        models.confirm_license(make_user(), flamingo, NONCOMMERCIAL)
