"""MACE: which raters answer with care, and which put down anything.

Source: D. Hovy, T. Berg-Kirkpatrick, A. Vaswani, E. Hovy, "Learning whom to trust with MACE", NAACL-HLT 2013. A rater
either gives the true answer, with a probability of one's own, or one drawn from one's own habits. All answers are
equally likely to be true before anybody says anything. Expectation maximization from several seeded beginnings, with
small counts added (0.1 by the number of answers, as in the authors' program); the likeliest result is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelbuddy_core.domain.consensus.votes import NO_VOTE, Array, Votes

RESTARTS = 10
STEPS = 50
SMOOTHING = 0.1


@dataclass(frozen=True)
class Mace:
    """`shares[unit, answer]`, `competence[rater]` (how often with care), `habits[rater, answer]` when without."""

    shares: Array
    competence: Array
    habits: Array
    log_likelihood: float


def mace(votes: Votes, *, seed: int = 1, restarts: int = RESTARTS, steps: int = STEPS) -> Mace:
    """The likeliest fit of several."""
    random = np.random.default_rng(seed)
    raters = votes.said.shape[1]
    fits = []
    for _ in range(restarts):
        competence = random.uniform(0.5, 0.95, size=raters)
        habits = random.dirichlet(np.full(votes.answers, 10.0), size=raters)
        fits.append(fitted_from(votes, competence, habits, steps))
    return max(fits, key=lambda fit: fit.log_likelihood)


def fitted_from(votes: Votes, competence: Array, habits: Array, steps: int) -> Mace:
    """Expectation maximization from one beginning."""
    smoothing = SMOOTHING / votes.answers
    cast, voted = votes.cast, votes.said != NO_VOTE
    for _ in range(steps):
        shares, _ = expected_shares(cast, competence, habits)
        spread = np.einsum("urs,rs->ur", cast, habits)
        true = np.einsum("ut,urt->ur", shares, cast)
        careful = competence / np.maximum(competence + (1.0 - competence) * spread, 1e-300)
        with_care = true * careful * votes.weights[:, None]
        without = (voted * votes.weights[:, None] - with_care) * voted
        said = np.einsum("ur,urs->rs", without, cast) + smoothing
        caring = with_care.sum(axis=0) + smoothing
        competence = caring / (caring + without.sum(axis=0) + smoothing)
        habits = said / said.sum(axis=1, keepdims=True)
    shares, evidence = expected_shares(cast, competence, habits)
    return Mace(shares, competence, habits, float(votes.weights @ evidence))


def expected_shares(cast: Array, competence: Array, habits: Array) -> tuple[Array, Array]:
    """How likely each answer is true in each unit, and the log likelihood of what was said there."""
    answers = habits.shape[1]
    likely = competence[:, None, None] * np.eye(answers) + (1.0 - competence)[:, None, None] * habits[:, None, :]
    logs = np.einsum("urs,rts->ut", cast, np.log(np.maximum(likely, 1e-300))) - np.log(answers)
    highest = logs.max(axis=1, keepdims=True)
    scaled = np.exp(logs - highest)
    total = scaled.sum(axis=1, keepdims=True)
    return scaled / total, (highest + np.log(total))[:, 0]
