"""Guided tours: their steps, and what completes them."""

from __future__ import annotations

import re

import pytest

from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.domain.tour_steps import TOURS, tour_of
from labelbuddy_core.domain.tours import DONE, SEEN, SKIPPED, Deed, Step, Tour, passed, present
from labelbuddy_core.settings import ROOT

NAMED_KEYS = {"Space", "Leertaste", "Ctrl+Z", "Strg+Z", "Ctrl+Enter", "Strg+Eingabe", "Shift+D", "Umschalt+D"}
STEPS = [(tour, step) for tour in TOURS.values() for step in tour.steps]


def test_every_role_has_a_tour_of_some_steps_with_names_of_their_own() -> None:
    assert set(TOURS) == set(Role)
    for tour in TOURS.values():
        assert 5 <= len(tour.steps) <= 8
        assert len({step.id for step in tour.steps}) == len(tour.steps)
        assert len({step.needs for step in tour.steps}) == len(tour.steps)


def test_the_texts_of_steps_are_short_whatever_the_template() -> None:
    for tour, step in STEPS:
        for template in TEMPLATES:
            found = tour_of(tour.role, template).step(step.id)
            assert found is not None
            assert 20 < len(found.text) < 260


def editor_words(language: str) -> set[str]:
    """What the editor calls its buttons and rows in a language."""
    catalog = ROOT / "components" / "wavesurfer_component" / "frontend" / "src" / "messages" / "de.ts"
    pairs = re.findall(r'^  "([^"]+)": "([^"]+)",$', catalog.read_text(), re.MULTILINE)
    return {pair[language == "de"] for pair in pairs}


@pytest.mark.parametrize("template", ["", *TEMPLATES])
@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER])
def test_steps_name_what_is_in_the_editor_as_it_is_called_in_its_language(role: Role, template: str) -> None:
    english, german = tour_of(role, template), tour_of(role, template, "de")
    pages = {"Annotate", "Dashboard", "Review", "Insight", "Regions of one label"}
    for one, other in zip(english.steps, german.steps, strict=True):
        assert (one.id, one.needs, one.page, one.lead) == (other.id, other.needs, other.page, other.lead)
        assert one.title != other.title
        assert 20 < len(other.text) < 260
        named = set(re.findall(r"\*+([^*]+)\*+", other.text)) - pages - {"Tag"}
        assert named <= editor_words("de"), named
        keys = [set(re.findall(r"`([^`]+)`", step.text)) - NAMED_KEYS for step in (one, other)]
        assert keys[0] == keys[1]


def test_the_tour_of_managing_leads_through_english_pages_in_english() -> None:
    assert tour_of(Role.MANAGER, "beats", "de") == tour_of(Role.MANAGER, "beats")


@pytest.mark.parametrize(("tour", "step"), STEPS, ids=[f"{tour.role.value}-{step.id}" for tour, step in STEPS])
def test_a_step_is_done_by_its_deed_and_by_no_other(tour: Tour, step: Step) -> None:
    others = set(Deed) - {step.needs}
    assert step.id not in passed(tour, {}, others, "account")
    if step.needs not in SEEN.values():
        assert passed(tour, {}, {step.needs}, "account") == {step.id: DONE}


def test_a_page_counts_as_seen_only_when_it_is_its_turn() -> None:
    tour = TOURS[Role.ANNOTATOR]
    assert passed(tour, {}, (), "dashboard") == {}
    before = {step.id: DONE for step in tour.steps[:-1]}
    assert present(tour, before) == tour.steps[-1]
    assert passed(tour, before, (), "annotate") == before
    assert present(tour, passed(tour, before, (), "dashboard")) is None


def test_what_was_skipped_stays_so_until_it_is_done_after_all() -> None:
    tour = TOURS[Role.ANNOTATOR]
    first, second = tour.steps[:2]
    skipped = passed(tour, {first.id: SKIPPED}, (), "annotate")
    assert present(tour, skipped) == second
    assert passed(tour, skipped, {first.needs}, "annotate") == {first.id: DONE}


def test_steps_of_an_earlier_version_are_forgotten() -> None:
    assert passed(TOURS[Role.REVIEWER], {"gone": DONE}, (), "account") == {}
