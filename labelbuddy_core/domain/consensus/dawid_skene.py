"""Dawid–Skene: true answers and each rater's confusions together, by expectation maximization.

Source: A. P. Dawid, A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm",
Applied Statistics 28 (1979). The M step adds a small count to every confusion, so that an answer never seen does not
rule anything out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelbuddy_core.domain.consensus.votes import Array, Votes, majority

SMOOTHING = 0.01
_MOST_STEPS = 500
_STILL = 1e-7


@dataclass(frozen=True)
class DawidSkene:
    """`shares[unit, answer]` is how likely each answer is true, `confusions[rater, true, said]`, `prior[answer]`."""

    shares: Array
    confusions: Array
    prior: Array
    steps: int

    def reliability(self) -> Array:
        """For each rater the mean over true answers of how often they are said."""
        return np.trace(self.confusions, axis1=1, axis2=2) / self.confusions.shape[1]


def dawid_skene(votes: Votes) -> DawidSkene:
    """Fit from the shares of the majority until they no longer change."""
    cast, shares = votes.cast, majority(votes)
    confusions, prior = _maximized(cast, shares, votes.weights)
    steps, still = 0, False
    while not still and steps < _MOST_STEPS:
        steps += 1
        before, shares = shares, expected_shares(cast, confusions, prior)
        confusions, prior = _maximized(cast, shares, votes.weights)
        still = bool(np.abs(shares - before).max(initial=0.0) < _STILL)
    return DawidSkene(shares, confusions, prior, steps)


def expected_shares(cast: Array, confusions: Array, prior: Array) -> Array:
    """The E step: how likely each answer is true, from what each rater said (`Votes.cast`)."""
    logs = np.log(prior) + np.einsum("urs,rts->ut", cast, np.log(confusions))
    likely = np.exp(logs - logs.max(axis=1, keepdims=True))
    return likely / likely.sum(axis=1, keepdims=True)


def _maximized(cast: Array, shares: Array, weights: Array) -> tuple[Array, Array]:
    counted = shares * weights[:, None]
    counts = np.einsum("ut,urs->rts", counted, cast) + SMOOTHING
    prior = counted.sum(axis=0) + SMOOTHING
    return counts / counts.sum(axis=2, keepdims=True), prior / prior.sum()
