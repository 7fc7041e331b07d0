"""The headphones check: drawn from a seed, judged by Woods et al. (2017)."""

from __future__ import annotations

from math import comb

import pytest

from labelbuddy_core.domain.headphone_check import (
    NEEDED,
    TRIALS,
    Answers,
    Course,
    Side,
    Tone,
    course,
    outcome,
)
from labelbuddy_core.errors import Invalid


def quietest(played: Course, heard: Tone) -> tuple[int, ...]:
    """The answers of somebody to whom this tone is the quietest in every trial."""
    return tuple(trial.index(heard) + 1 for trial in played.trials)


def over_headphones(played: Course) -> Answers:
    return Answers(played.first_side, played.in_phase, quietest(played, Tone.SOFTER))


def test_the_same_seed_gives_the_same_check_and_another_seed_another_one() -> None:
    assert course(7) == course(7)
    assert len({course(seed) for seed in range(50)}) > 40


@pytest.mark.parametrize("seed", range(20))
def test_every_trial_has_each_tone_once_and_the_softer_one_is_at_each_place_twice(seed: int) -> None:
    trials = course(seed).trials
    assert len(trials) == TRIALS
    assert all(sorted(trial) == sorted(Tone) for trial in trials)
    assert sorted(trial.index(Tone.SOFTER) for trial in trials) == [0, 0, 1, 1, 2, 2]


def test_what_comes_first_is_drawn() -> None:
    drawn = [course(seed) for seed in range(40)]
    assert {one.first_side for one in drawn} == set(Side)
    assert {one.in_phase for one in drawn} == {1, 2}


def test_who_hears_everything_as_it_is_passes() -> None:
    found = outcome(course(3), over_headphones(course(3)))
    assert (found.passed, found.correct) == (True, TRIALS)


def test_over_loudspeakers_the_tone_in_antiphase_seems_the_quietest_and_nobody_passes() -> None:
    played = course(3)
    found = outcome(played, Answers(played.first_side, played.in_phase, quietest(played, Tone.ANTIPHASE)))
    assert (found.passed, found.correct) == (False, 0)


@pytest.mark.parametrize(("wrong", "passes"), [(1, True), (2, False)])
def test_one_wrong_trial_passes_and_two_do_not(wrong: int, passes: bool) -> None:
    right = over_headphones(course(5))
    answers = tuple(one % 3 + 1 if place < wrong else one for place, one in enumerate(right.quietest))
    assert outcome(course(5), Answers(right.first_side, right.in_phase, answers)).passed is passes


def test_headphones_the_wrong_way_round_do_not_pass() -> None:
    right = over_headphones(course(5))
    other = Side.RIGHT if right.first_side is Side.LEFT else Side.LEFT
    found = outcome(course(5), Answers(other, right.in_phase, right.quietest))
    assert (found.passed, found.sides, found.polarity, found.tones) == (False, False, True, True)


@pytest.mark.parametrize("swapped", [True, False])
def test_who_hears_the_inverted_noise_in_the_middle_or_no_difference_does_not_pass(swapped: bool) -> None:
    right = over_headphones(course(5))
    heard = 3 - (right.in_phase or 0) if swapped else None
    found = outcome(course(5), Answers(right.first_side, heard, right.quietest))
    assert (found.passed, found.polarity) == (False, False)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_who_always_answers_the_same_does_not_pass(number: int) -> None:
    assert outcome(course(5), Answers(None, None, (number,) * TRIALS)).correct == TRIALS // 3


def test_who_guesses_finds_enough_tones_once_in_56_times() -> None:
    chance = sum(comb(TRIALS, right) * 2 ** (TRIALS - right) for right in range(NEEDED, TRIALS + 1)) / 3**TRIALS
    assert 1 / chance == pytest.approx(56, abs=0.5)


@pytest.mark.parametrize("given", [(), (1,) * 5, (1,) * 7, (0, 1, 1, 1, 1, 1), (4, 1, 1, 1, 1, 1)])
def test_missing_or_impossible_answers_are_refused(given: tuple[int, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        outcome(course(5), Answers(None, None, given))
    assert refused.value.field == "quietest"
