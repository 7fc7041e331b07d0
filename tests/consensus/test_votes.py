"""Votes counted in five ways, on simulated crowds, each against a slow implementation written from the paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.consensus.dawid_skene import SMOOTHING, dawid_skene
from labelbuddy_core.domain.consensus.mace import SMOOTHING as MACE_SMOOTHING
from labelbuddy_core.domain.consensus.mace import fitted_from, mace
from labelbuddy_core.domain.consensus.votes import NO_VOTE, Votes, log_odds, majority, reliability, weighted


def crowd(
    seed: int, units: int, competences: list[float], answers: int = 3, missing: float = 0.2
) -> tuple[np.ndarray, Votes]:
    """True answers, and the votes of raters who give the true one so often and else any; some votes are missing."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, answers, units)
    said = np.empty((units, len(competences)), dtype=int)
    for rater, competence in enumerate(competences):
        careful = random.random(units) < competence
        said[:, rater] = np.where(careful, truth, random.integers(0, answers, units))
    said[random.random(said.shape) < missing] = NO_VOTE
    return truth, Votes.of(said, answers)


def slow_dawid_skene(said: list[list[int]], answers: int, steps: int) -> tuple[list[list[float]], list]:
    """Dawid and Skene (1979), equations 2.3 to 2.5, with loops."""
    raters = len(said[0])
    shares = []
    for unit in said:
        counts = [sum(vote == answer for vote in unit) for answer in range(answers)]
        shares.append([count / sum(counts) if sum(counts) else 1 / answers for count in counts])
    for step in range(steps + 1):
        confusion = [[[SMOOTHING] * answers for _ in range(answers)] for _ in range(raters)]
        prior = [SMOOTHING] * answers
        for unit, share in zip(said, shares, strict=True):
            for true in range(answers):
                prior[true] += share[true]
                for rater, vote in enumerate(unit):
                    if vote != NO_VOTE:
                        confusion[rater][true][vote] += share[true]
        prior = [one / sum(prior) for one in prior]
        confusion = [[[one / sum(row) for one in row] for row in table] for table in confusion]
        if step == steps:
            break
        shares = []
        for unit in said:
            likely = []
            for true in range(answers):
                product = prior[true]
                for rater, vote in enumerate(unit):
                    if vote != NO_VOTE:
                        product *= confusion[rater][true][vote]
                likely.append(product)
            shares.append([one / sum(likely) for one in likely])
    return shares, confusion


def slow_mace(said: list[list[int]], answers: int, theta: list[float], xi: list[list[float]], steps: int) -> list:
    """Hovy et al. (2013), section 2, by summing over whether each vote was given with care."""
    raters = len(theta)
    for step in range(steps + 1):
        shares, care, without, habits = [], [0.0] * raters, [0.0] * raters, np.zeros((raters, answers))
        for unit in said:
            likely = []
            for true in range(answers):
                product = 1 / answers
                for rater, vote in enumerate(unit):
                    if vote != NO_VOTE:
                        product *= theta[rater] * (vote == true) + (1 - theta[rater]) * xi[rater][vote]
                likely.append(product)
            posterior = [one / sum(likely) for one in likely]
            shares.append(posterior)
            for rater, vote in enumerate(unit):
                if vote == NO_VOTE:
                    continue
                spam = (1 - theta[rater]) * xi[rater][vote]
                cared = posterior[vote] * theta[rater] / (theta[rater] + spam)
                care[rater] += cared
                without[rater] += 1 - cared
                habits[rater][vote] += 1 - cared
        if step == steps:
            return shares
        small = MACE_SMOOTHING / answers
        theta = [(c + small) / (c + w + 2 * small) for c, w in zip(care, without, strict=True)]
        xi = [[(one + small) / (sum(row) + answers * small) for one in row] for row in habits.tolist()]
    raise AssertionError


def right(shares: np.ndarray, truth: np.ndarray) -> float:
    return float((shares.argmax(axis=1) == truth).mean())


def test_dawid_skene_is_that_of_the_paper() -> None:
    _, votes = crowd(1, 60, [0.9, 0.7, 0.5, 0.2])
    fit = dawid_skene(votes)
    shares, confusion = slow_dawid_skene(votes.said.tolist(), 3, fit.steps)
    assert np.allclose(fit.shares, shares, atol=1e-9)
    assert np.allclose(fit.confusions, confusion, atol=1e-9)


def test_mace_is_that_of_the_paper() -> None:
    _, votes = crowd(2, 60, [0.9, 0.7, 0.1])
    random = np.random.default_rng(4)
    competence, habits = random.uniform(0.4, 0.9, 3), random.dirichlet([5.0] * 3, size=3)
    fit = fitted_from(votes, competence, habits, 12)
    slow = slow_mace(votes.said.tolist(), 3, competence.tolist(), habits.tolist(), 12)
    assert np.allclose(fit.shares, slow, atol=1e-9)


def test_they_find_who_errs_and_do_better_than_the_majority() -> None:
    truth, votes = crowd(3, 1200, [0.95, 0.9, 0.05, 0.05, 0.05], missing=0.0)
    by_majority = right(majority(votes), truth)
    dawid, careful = dawid_skene(votes), mace(votes)
    assert right(dawid.shares, truth) > by_majority + 0.05
    assert right(careful.shares, truth) > by_majority + 0.05
    assert careful.competence == pytest.approx([0.95, 0.9, 0.05, 0.05, 0.05], abs=0.1)
    assert dawid.reliability()[:2].min() > 0.85
    assert dawid.reliability()[2:].max() < 0.45
    by_weight = weighted(votes, log_odds(reliability(votes)))
    assert right(by_weight, truth) > by_majority


def test_equal_units_may_be_counted_by_weight() -> None:
    _, votes = crowd(5, 40, [0.9, 0.6, 0.3])
    twice = Votes.of(np.repeat(votes.said, 2, axis=0), 3)
    counted = Votes.of(votes.said, 3, np.full(40, 2.0))
    assert np.allclose(dawid_skene(twice).shares[::2], dawid_skene(counted).shares, atol=1e-6)
    assert np.allclose(mace(twice).shares[::2], mace(counted).shares, atol=1e-6)
    assert np.allclose(reliability(twice), reliability(counted))


def test_the_majority_is_a_share_and_no_vote_is_even() -> None:
    votes = Votes.of([[0, 0, 1], [1, NO_VOTE, NO_VOTE], [NO_VOTE] * 3], 2)
    assert majority(votes).tolist() == [[2 / 3, 1 / 3], [0.0, 1.0], [0.5, 0.5]]


def test_reliability_is_agreement_with_most_of_the_others() -> None:
    votes = Votes.of([[0, 0, 1]] * 8 + [[1, 0, NO_VOTE]] * 5, 2)
    # in the first eight the others of a and b are tied; nobody is ever right, and one unit of either kind is added
    assert reliability(votes) == pytest.approx([(1 + 0) / (2 + 5), (1 + 0) / (2 + 5), (1 + 0) / (2 + 8)])
    assert log_odds([0.9, 0.5, 0.2]) == pytest.approx([math.log(9), 0.0, 0.0])
    assert log_odds([0.3, 0.2]).tolist() == [1.0, 1.0]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.permutations(range(4)), st.permutations(range(3)))
def test_renaming_raters_and_answers_changes_nothing_else(seed: int, raters: list[int], names: list[int]) -> None:
    _, votes = crowd(seed, 30, [0.9, 0.8, 0.7, 0.4])
    renamed = np.array([*names, NO_VOTE])[votes.said][:, raters]
    other = Votes.of(renamed, 3)
    for method in (majority, lambda these: weighted(these, log_odds(reliability(these)))):
        assert np.allclose(method(votes), method(other)[:, names], atol=1e-9)
    assert np.allclose(dawid_skene(votes).shares, dawid_skene(other).shares[:, names], atol=1e-4)


def test_raters_who_all_agree_are_believed() -> None:
    votes = Votes.of([[unit % 3] * 3 for unit in range(30)], 3)
    for shares in (majority(votes), dawid_skene(votes).shares, mace(votes).shares):
        assert shares.argmax(axis=1).tolist() == [unit % 3 for unit in range(30)]
        assert shares.max(axis=1).min() > 0.95
