"""What a player is told of a recording, so that it can play it as loud as others."""

from __future__ import annotations

from labelbuddy_core.domain.leveling import measured_level


def test_a_measured_recording_tells_its_loudness_and_peaks_and_none_of_its_spans() -> None:
    told = {"loudness": -31.2, "peak": [-12.0, -13.5], "true_peak": [-11.4, -13.2]}
    assert measured_level({**told, "clipped": [(1.0, 1.1)], "silent": [], "tempo": 104.0}) == told


def test_what_was_measured_before_there_were_true_peaks_tells_those_of_its_samples() -> None:
    assert measured_level({"loudness": -31.2, "peak": [-12.0], "tempo": 104.0}) == {"loudness": -31.2, "peak": [-12.0]}


def test_a_recording_that_could_not_be_measured_tells_the_problem() -> None:
    assert measured_level({"problem": "It cannot be decoded."}) == {"problem": "It cannot be decoded."}


def test_before_it_is_measured_nothing_is_known() -> None:
    assert measured_level(None) is None
