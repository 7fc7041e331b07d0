"""What a player is told of a recording, so that it can play it as loud as others."""

from __future__ import annotations

from labelbuddy_core.domain.leveling import measured_level


def test_a_measured_recording_tells_its_loudness_and_peaks_and_none_of_its_spans() -> None:
    statistics = {"loudness": -31.2, "peak": [-12.0, -13.5], "clipped": [(1.0, 1.1)], "silent": [], "tempo": 104.0}
    assert measured_level(statistics) == {"loudness": -31.2, "peak": [-12.0, -13.5]}


def test_a_recording_that_could_not_be_measured_tells_the_problem() -> None:
    assert measured_level({"problem": "It cannot be decoded."}) == {"problem": "It cannot be decoded."}


def test_before_it_is_measured_nothing_is_known() -> None:
    assert measured_level(None) is None
