"""From answers of annotators to figures: what must hold of them, whoever says what in which order."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement import measurement, replicates
from labelbuddy_core.domain.agreement.alpha import krippendorff_alpha
from labelbuddy_core.domain.agreement.answers import Answer, Compared, LabelAsked, Question
from labelbuddy_core.domain.agreement.figures import Figure, all_figures
from labelbuddy_core.domain.agreement.kappa import cohen_kappa, fleiss_kappa
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.pairs import lateness_of, pairs_of
from labelbuddy_core.domain.agreement.readings import TITLES, reading
from labelbuddy_core.domain.agreement.sums import OF_PEOPLE, Kind, Ruler
from labelbuddy_core.domain.agreement.tallies import tally
from labelbuddy_core.domain.agreement.texts import likeness
from labelbuddy_core.domain.agreement.time_grid import frame_runs, marked_together

RULER = Ruler(step=0.25)
ASKED = {
    "dog": LabelAsked(
        questions=(
            Question("near", "yes-no"),
            Question("loud", "rating"),
            Question("breed", "choice", ("pug", "collie")),
            Question("pitch", "number"),
        )
    ),
    "chord": LabelAsked(vocabulary="harte"),
    "section": LabelAsked(vocabulary="salami"),
}
Regions = list[tuple[float, float, str]]


def answer(rater: int, regions: Regions, tags: str = "", beats: tuple[float, ...] = (), caption: str = "") -> Answer:
    made = Answer(rater, tags=set(tags.split()), beats=list(beats), caption=caption)
    for start, end, label in regions:
        made.add("regions", {"start": start, "end": end, "label": label})
    return made.in_order()


def measured(tasks: list[list[Answer]], length: float = 10.0, replicates: int = 200, seed: int = 1) -> Measurement:
    found = Measurement(replicates=replicates, seed=seed)
    for number, answers in enumerate(tasks):
        found.add(tally(Compared(number, number, 0.0, length, answers), ASKED, RULER))
    return found


def values(found: Measurement) -> dict[tuple[str, str, str | None], Figure]:
    return {(one.kind.value, one.measure, one.label or one.question): one for one in all_figures(found, ASKED)}


def some_regions(draw: random.Random, labels: tuple[str, ...]) -> Regions:
    starts = [draw.randrange(0, 36) / 4 for _ in range(draw.randrange(0, 4))]
    return [(start, start + draw.randrange(1, 5) / 4, draw.choice(labels)) for start in starts]


def world(seed: int, people: int = 3) -> list[list[Answer]]:
    draw = random.Random(seed)
    labels = ("dog", "siren")
    return [
        [answer(who, some_regions(draw, labels), draw.choice(["", "rock", "rock pop"])) for who in range(people)]
        for _ in range(6)
    ]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.permutations(range(3)), st.booleans())
def test_who_is_called_what_and_in_which_order_they_come_changes_no_figure(
    seed: int, order: list[int], rename: bool
) -> None:
    tasks = world(seed)
    before = values(measured(tasks, replicates=2))
    shuffled = [[task[place] for place in order] for task in tasks]
    for task in shuffled if rename else ():
        for one in task:
            one.rater = 10 - one.rater
    after = values(measured(shuffled[::-1], replicates=2))
    assert before.keys() == after.keys()
    for key, figure in before.items():
        other = after[key].value
        assert (figure.value is None and other is None) or other == pytest.approx(figure.value, abs=1e-9), key


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_annotators_who_say_the_same_agree_fully(seed: int) -> None:
    draw = random.Random(seed)
    said = [(some_regions(draw, ("dog", "siren")), draw.choice(["rock", ""])) for _ in range(5)]
    tasks = [[answer(who, regions, tags) for who in range(3)] for regions, tags in said]
    for figure in all_figures(measured(tasks, replicates=20), ASKED):
        perfect = 0.0 if figure.measure.endswith("deviation") else 1.0
        assert figure.value is None or figure.value == pytest.approx(perfect)


def test_annotators_who_mark_at_random_agree_no_more_than_chance() -> None:
    draw = random.Random(11)
    tasks = [
        [answer(who, [(0.25 * n, 0.25 * n + 0.25, "dog") for n in range(40) if draw.random() < 0.4],
                "rock" if draw.random() < 0.4 else "") for who in range(3)]
        for _ in range(300)
    ]  # fmt: skip
    found = values(measured(tasks))
    for measure in ("fleiss_kappa", "cohen_kappa", "krippendorff_alpha"):
        assert abs(found["time", measure, "dog"].value or 1) < 0.03
        assert abs(found["tags", measure, "rock"].value or 1) < 0.1
    assert found["tags", "fleiss_kappa", "rock"].prevalence == pytest.approx(0.4, abs=0.05)


def test_sums_over_recordings_give_the_figures_of_whole_tables() -> None:
    tasks = world(5)
    found = values(measured(tasks, replicates=2))
    frames: list[list[int]] = []
    for task in tasks:
        marks = np.zeros((3, 40), dtype=int)
        for row, one in zip(marks, task, strict=True):
            for region in one.regions.get("dog", ()):
                middles = (np.arange(40) + 0.5) * 0.25
                row[(middles >= region.span[0]) & (middles < region.span[1])] = 1
        frames += marks.T.tolist()
    counts = [[unit.count(0), unit.count(1)] for unit in frames]
    assert found["time", "fleiss_kappa", "dog"].value == pytest.approx(fleiss_kappa(counts))
    alpha = krippendorff_alpha([list(row) for row in zip(*frames, strict=True)], "nominal")
    assert found["time", "krippendorff_alpha", "dog"].value == pytest.approx(alpha)


def test_frames_are_counted_by_their_middles_and_touching_regions_join() -> None:
    assert frame_runs([(0.0, 1.0), (1.0, 2.0), (5.0, 5.04)], 0.0, 100, 0.1) == [(0, 20)]
    assert frame_runs([(9.96, 12.0)], 0.0, 100, 0.1) == []
    assert frame_runs([(9.95, 12.0)], 0.0, 100, 0.1) == [(99, 100)]
    assert marked_together([[(0, 20)], [(10, 30)], []], 100) == {0: 70, 1: 10, 2: 10, 3: 10}


def test_answers_about_the_same_event_are_compared_by_their_kind() -> None:
    def one(rater: int, **attributes: object) -> Answer:
        made = Answer(rater)
        made.add("regions", {"start": 1.0, "end": 2.0, "label": "dog", "attributes": attributes})
        return made

    tasks = [
        [one(1, near=True, loud=1, breed="pug", pitch=100.0), one(2, near=True, loud=2, breed="pug", pitch=110.0)],
        [one(1, near=False, loud=5, breed="pug", pitch=300.0), one(2, near=False, loud=5, breed="collie", pitch=290.0)],
        [one(1, near=None, loud=3, breed="cat"), one(2, near=True, loud=3, breed="pug")],
    ]
    found = {figure.question: figure for figure in all_figures(measured(tasks), ASKED) if figure.kind == Kind.ATTRIBUTE}
    assert {name: figure.measure for name, figure in found.items()} == {
        "near": "krippendorff_alpha_nominal",
        "loud": "krippendorff_alpha_ordinal",
        "breed": "krippendorff_alpha_nominal",
        "pitch": "krippendorff_alpha_interval",
    }
    assert found["near"].value == pytest.approx(1.0)
    assert found["loud"].value == pytest.approx(krippendorff_alpha([[1, 5, 3], [2, 5, 3]], "ordinal"))
    assert found["breed"].value == pytest.approx(krippendorff_alpha([[0, 0], [0, 1]], "nominal"))
    assert found["pitch"].value == pytest.approx(krippendorff_alpha([[100, 300], [110, 290]], "interval"))
    assert [found[name].recordings for name in ("near", "loud", "breed")] == [2, 3, 2]


def test_boundaries_beats_chords_and_sections_are_measured_where_there_are_some() -> None:
    early = [(1.0, 3.0, "dog"), (0.0, 4.0, "section")]
    late = [(1.12, 3.3, "dog"), (0.1, 9.0, "section")]
    tasks = [[answer(1, early, beats=(0.5, 1.0, 1.5)), answer(2, late, beats=(0.5, 1.0, 1.8))]]
    found = values(measured(tasks))
    assert found["events", "onset_deviation", "dog"].value == pytest.approx(0.12)
    assert found["events", "onset_hit_rate", "dog"].value == 1.0
    assert found["events", "offset_hit_rate", "dog"].value == 0.0
    assert found["beats", "beat_f_measure", None].value == pytest.approx(2 / 3)
    assert found["sections", "boundary_hit_rate_0.5s", "section"].value == pytest.approx(0.5)
    (one, other) = lateness_of(measured(tasks))
    assert (one.rater, one.onset.value, one.offset.value) == (1, pytest.approx(-0.12), pytest.approx(-0.3))
    assert other.onset.value == pytest.approx(0.12)


def test_pairs_are_told_apart() -> None:
    same, odd = [(1.0, 3.0, "dog")], [(6.0, 8.0, "dog")]
    tasks = [[answer(1, same), answer(2, same), answer(3, odd)]]
    by_pair = {one.pair: one for one in pairs_of(measured(tasks))}
    assert by_pair[1, 2].event_f1.value == 1.0
    assert by_pair[1, 2].kappa_time.value == pytest.approx(1.0)
    assert by_pair[2, 3].event_f1.value == 0.0
    assert (by_pair[2, 3].kappa_time.value or 0) < 0


def test_figures_of_pairs_and_people_have_intervals_over_recordings() -> None:
    tasks = [task for seed in range(8) for task in world(seed)]
    for pair in pairs_of(measured(tasks)):
        for one in (pair.kappa_tags, pair.kappa_time, pair.event_f1):
            assert (one.low or 0.0) <= (one.value or 0.0) <= (one.high or 0.0)
        assert pair.kappa_time.low is not None
    assert all(pair.kappa_time.low is None for pair in pairs_of(measured(tasks[:1])))
    assert any(one.onset.low is not None for one in lateness_of(measured(tasks)))
    cohen = values(measured(tasks))["time", "cohen_kappa", None]
    assert (cohen.low or 9) <= (cohen.value or 0) <= (cohen.high or -9)


def test_the_interval_of_a_pair_is_that_of_drawing_recordings_with_replacement() -> None:
    draw = random.Random(5)
    tasks = []
    for _ in range(120):
        heard = "rock" if draw.random() < 0.5 else ""
        tasks.append([answer(1, [], heard), answer(2, [], heard if draw.random() < 0.8 else "rock")])
    (pair,) = pairs_of(measured(tasks, replicates=400))
    said = np.array([[int("rock" in one.tags) for one in task] for task in tasks])
    random_numbers = np.random.default_rng(1)
    drawn = [
        cohen_kappa(np.histogram2d(*said[random_numbers.integers(0, len(said), len(said))].T, bins=2)[0]) or 0.0
        for _ in range(2000)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert pair.kappa_tags.value == pytest.approx(cohen_kappa(np.histogram2d(*said.T, bins=2)[0]))
    assert pair.kappa_tags.low == pytest.approx(low, abs=0.04)
    assert pair.kappa_tags.high == pytest.approx(high, abs=0.04)


def test_with_very_many_pairs_and_labels_their_intervals_are_given_up_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measurement, "MOST_KEYS", 3)
    monkeypatch.setattr(replicates, "_AT_ONCE", 2)
    tasks = world(3)
    found = measured(tasks)
    monkeypatch.undo()
    before = measured(tasks)
    assert [one.kappa_time.value for one in pairs_of(found)] == [one.kappa_time.value for one in pairs_of(before)]
    assert all(one.kappa_time.low is None for one in pairs_of(found))
    assert values(found)["time", "fleiss_kappa", None] == values(before)["time", "fleiss_kappa", None]


def test_captions_are_compared_where_both_wrote_one() -> None:
    tasks = [[answer(1, [], caption="a dog barks"), answer(2, [], caption="a dog barks"), answer(3, [])]]
    tasks.append([answer(1, [], caption="rain"), answer(2, [], caption="music plays"), answer(3, [])])
    found = values(measured(tasks))
    assert found["captions", "rouge_l", None].value == pytest.approx(0.5)
    assert found["captions", "chrf", None].value == pytest.approx((1 + likeness("rain", "music plays")) / 2)
    assert {pair.pair: pair.rouge_l.value for pair in pairs_of(measured(tasks))} == {
        (1, 2): pytest.approx(0.5), (1, 3): None, (2, 3): None,
    }  # fmt: skip


def test_intervals_are_repeatable_hold_the_figure_and_need_two_recordings() -> None:
    tasks = world(3)
    one, again, other = (values(measured(tasks, seed=seed)) for seed in (1, 1, 2))
    key = ("time", "fleiss_kappa", "dog")
    assert one == again
    assert one[key].high != other[key].high
    assert (one[key].low or 9) <= (one[key].value or 0) <= (one[key].high or -9)
    assert values(measured(tasks[:1]))[key].low is None


def test_intervals_are_those_of_drawing_recordings_with_replacement() -> None:
    draw = random.Random(2)
    tasks = [[answer(who, [], "rock" if draw.random() < 0.5 else "") for who in range(2)] for _ in range(150)]
    figure = values(measured(tasks, replicates=2000))["tags", "fleiss_kappa", "rock"]
    yes = np.array([sum("rock" in one.tags for one in task) for task in tasks])
    random_numbers = np.random.default_rng(1)
    drawn = [
        fleiss_kappa(np.column_stack([chosen, 2 - chosen])) or 0.0
        for chosen in (random_numbers.choice(yes, len(yes)) for _ in range(2000))
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert figure.low == pytest.approx(low, abs=0.03)
    assert figure.high == pytest.approx(high, abs=0.03)


def test_every_figure_has_a_title_and_a_sentence() -> None:
    tasks = [
        [answer(1, [(1.0, 3.0, "dog"), (0.0, 4.0, "section"), (0.0, 4.0, "chord")], "rock", (1.0, 2.0), "rain"),
         answer(2, [(1.1, 3.0, "dog"), (0.0, 4.0, "section"), (0.0, 4.0, "chord")], "", (1.0, 2.0), "rain on a roof")]
    ] * 3  # fmt: skip
    for one in tasks[0]:
        one.meaning = np.array([0.6, 0.8], dtype=np.float32)
    figures = all_figures(measured(tasks), ASKED)
    assert {figure.kind for figure in figures} == set(Kind) - {
        Kind.ATTRIBUTE, Kind.GAMMA, Kind.DEVIATIONS, Kind.MEANINGS, *OF_PEOPLE
    }  # fmt: skip
    assert "caption_meaning" in {figure.measure for figure in figures if figure.kind is Kind.CAPTIONS}
    for figure in figures:
        assert figure.measure in TITLES
        assert reading(figure, figure.label or "", RULER).endswith(".")


def test_a_rare_label_and_few_recordings_are_pointed_out() -> None:
    tasks = [[answer(1, [(1.0, 1.25, "dog")]), answer(2, [(1.0, 1.25, "dog")])]] * 3
    figure = values(measured(tasks))["time", "fleiss_kappa", "dog"]
    text = reading(figure, "Dog", RULER)
    assert "Only 2.5 % of units have the label" in text
    assert "only 3 recordings" in text
    silent = Figure(Kind.TIME, "fleiss_kappa", "dog", None)
    assert "Cannot be computed" in reading(silent, "Dog", RULER)
