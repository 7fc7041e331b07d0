"""True peaks: the signals of EBU Tech 3341 (tests 15 to 19), and that skipping and cutting changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import upfirdn

from labelbuddy_core.audio import true_peak
from labelbuddy_core.audio.true_peak import TruePeakMeter

RATE = 48_000


def measured(samples: np.ndarray, size: int, rate: int = RATE) -> np.ndarray:
    meter = TruePeakMeter(rate, samples.shape[0])
    for begin in range(0, samples.shape[1], size):
        meter.add(samples[:, begin : begin + size])
    return meter.peaks()


@pytest.mark.parametrize(
    ("divisor", "phase", "amplitude", "expected"),
    [(4, 0.0, 0.5, -6.0), (4, 45.0, 0.5, -6.0), (6, 60.0, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45.0, 1.41, 3.0)],
)
def test_the_signals_of_ebu_tech_3341_read_as_it_demands(
    divisor: int, phase: float, amplitude: float, expected: float
) -> None:
    at = np.arange(RATE)
    fade = np.minimum(1.0, np.minimum(at, at[::-1]) / 480)
    samples = (fade * amplitude * np.sin(2 * np.pi * at / divisor + np.radians(phase))).astype(np.float32)
    found = 20 * np.log10(measured(samples[np.newaxis], 4800)[0])
    assert expected - 0.4 <= found <= expected + 0.2


@given(
    seed=st.integers(0, 2**32 - 1),
    length=st.integers(0, 20_000),
    size=st.integers(1, 9000),
    loud=st.lists(st.integers(0, 19_999), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_passing_over_quiet_stretches_finds_what_looking_at_everything_finds(
    seed: int, length: int, size: int, loud: list[int]
) -> None:
    random = np.random.default_rng(seed)
    samples = random.uniform(-0.1, 0.1, (2, length)).astype(np.float32)
    for at in loud:
        samples[:, at : at + 2] *= 9.0
    size = max(size, 1 + length // 500)
    phases = true_peak._PHASES
    whole = np.abs(upfirdn(phases.T.ravel(), samples, up=len(phases), axis=1)).max(axis=1, initial=0.0)
    expected = np.maximum(whole, np.abs(samples).max(axis=1, initial=0.0))
    np.testing.assert_allclose(measured(samples, size), expected, rtol=1e-5)


def test_the_peak_between_samples_that_two_blocks_share_is_found() -> None:
    samples = np.zeros((1, 200), np.float32)
    samples[0, 99:101] = 0.8  # the highest point lies between the two
    assert measured(samples, 100)[0] == measured(samples, 200)[0] > 0.9


def test_at_192_khz_samples_are_close_enough() -> None:
    samples = np.zeros((1, 200), np.float32)
    samples[0, 99:101] = 0.8
    assert measured(samples, 50, 192_000)[0] == pytest.approx(0.8)
