"""Tags and segments out of probabilities over time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from running_models import ROOT

from model_containers.musicnn.decode import HYSTERESIS, clip_tags, segments
from model_containers.musicnn.features import PATCH_SECONDS, patches
from model_containers.musicnn.labels import MSD, MTT

LABELS = ("guitar", "drums")


def _track(*values: float) -> np.ndarray:
    return np.array([values, np.zeros(len(values))], np.float32).T


def test_neighboring_patches_become_one_segment_with_the_mean_score() -> None:
    found = segments(_track(0.0, 0.4, 0.6, 0.0), LABELS, 0.3, 4 * PATCH_SECONDS)
    assert [(segment.label, segment.start, segment.end) for segment in found] == [
        ("guitar", PATCH_SECONDS, 3 * PATCH_SECONDS)
    ]
    assert found[0].score == pytest.approx(0.5)


def test_a_segment_goes_on_through_a_slight_dip_and_ends_at_a_deep_one() -> None:
    dip = HYSTERESIS * 0.3 + 0.01
    assert len(segments(_track(0.4, dip, 0.4), LABELS, 0.3, 9.0)) == 1
    assert len(segments(_track(0.4, dip - 0.05, 0.4), LABELS, 0.3, 9.0)) == 2


def test_what_never_reaches_the_threshold_is_no_segment() -> None:
    assert segments(_track(0.29, 0.29, 0.29), LABELS, 0.3, 9.0) == ()


def test_the_last_segment_ends_with_the_audio() -> None:
    assert segments(_track(0.0, 0.5), LABELS, 0.3, 4.0)[0].end == 4.0


def test_a_remainder_of_a_few_milliseconds_is_no_segment_of_its_own() -> None:
    assert segments(_track(0.0, 0.5), LABELS, 0.3, PATCH_SECONDS + 0.02) == ()


def test_the_mean_of_a_clip_counts_a_short_last_patch_by_its_length() -> None:
    tags = clip_tags(_track(0.2, 0.8), LABELS, 0.0, None, 1.5 * PATCH_SECONDS)
    assert tags[0].score == pytest.approx((0.2 + 0.8 / 2) / 1.5)


def test_tags_are_sorted_and_limited() -> None:
    probabilities = np.array([[0.3, 0.6]], np.float32)
    assert [tag.label for tag in clip_tags(probabilities, LABELS, 0.1, None, 2.0)] == ["drums", "guitar"]
    assert [tag.label for tag in clip_tags(probabilities, LABELS, 0.1, 1, 2.0)] == ["drums"]
    assert [tag.label for tag in clip_tags(probabilities, LABELS, 0.5, None, 2.0)] == ["drums"]


@given(
    arrays(np.float32, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(0, 1, width=32)),
    st.floats(0, 1),
    st.floats(0.01, 1.0),
)
def test_segments_lie_in_the_audio_apart_from_each_other_and_score_within_the_track(
    probabilities: np.ndarray, threshold: float, share: float
) -> None:
    duration = (len(probabilities) - 1 + share) * PATCH_SECONDS
    for label in LABELS:
        found = [segment for segment in segments(probabilities, LABELS, threshold, duration) if segment.label == label]
        assert all(0 <= segment.start < segment.end <= duration for segment in found)
        assert all(HYSTERESIS * threshold - 1e-6 <= segment.score <= 1 + 1e-6 for segment in found)
        assert all(before.end < after.start for before, after in pairwise(found))


@given(st.integers(1, 150_000))
def test_patches_cover_the_audio_and_the_last_ends_with_it(length: int) -> None:
    ramp = np.zeros(length, np.float32)
    count = sum(len(batch) for batch in patches(ramp, 3))
    frames = 1 + length // 256
    assert count == -(-frames // 187)


def test_the_last_patch_hears_the_end_of_the_audio_and_no_silence() -> None:
    noise = np.random.default_rng(1).standard_normal(16_000 * 5).astype(np.float32) * 0.1
    last = list(patches(noise, 8))[-1][-1]
    assert last.mean(axis=1).min() > 0.5


@pytest.mark.parametrize("seconds", [1.0, 100.0, 1795.0])
def test_times_do_not_drift_in_a_long_recording(seconds: float) -> None:
    """A patch lasts 2.992 s, not 3: after half an hour the difference would be 5 s."""
    samples = np.zeros(16_000 * 1800, np.float32)
    samples[round(16_000 * seconds)] = 1.0
    loud = np.concatenate([batch.max(axis=(1, 2)) for batch in patches(samples, 64)]) > 0
    probabilities = np.array([loud, np.zeros_like(loud)], np.float32).T
    (found,) = segments(probabilities, LABELS, 0.5, 1800.0)
    assert found.start - 0.02 <= seconds <= found.end + 0.02
    assert found.end - found.start <= PATCH_SECONDS + 1e-9


@pytest.mark.parametrize(
    ("name", "labels"), [("model.yaml", MTT), ("model.process.yaml", MTT), ("model.msd.yaml", MSD)]
)
def test_its_files_declare_the_tags_of_what_it_was_trained_on(name: str, labels: tuple[str, ...]) -> None:
    declared = yaml.safe_load((ROOT / "model_containers/musicnn" / name).read_text())
    assert [tuple(item["labels"]) for item in declared["output_schema"]] == [labels, labels]
