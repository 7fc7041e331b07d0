"""Files of our archives leave letters out of names: they come back all the same, and never to another recording."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.imports.recording_matches import KnownRecording, Recordings, Span
from tests.imports.import_lab import Lab

AND = "Öl & Käse – #1 (live).wav"


@pytest.fixture
def lab(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Lab:
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    return Lab(manager, anna, project, {"song": add_task(project, name=AND)})


@pytest.mark.parametrize("form", ["textgrid", "audacity", "lab", "beats", "webvtt", "srt", "elan", "raven"])
def test_an_export_of_names_with_other_letters_comes_back_and_adds_nothing(lab: Lab, form: str) -> None:
    row = "2\t2\tbeat\n" if form == "beats" else "1.5\t2.5\tspeech\n"
    lab.add(a__csv=f"file\tstart\tend\tlabel\tannotator\n{AND}\t{row.rstrip()}\tBen & Co.\n")
    lab.do("check")
    assert lab.do("apply")["new"] == 1
    data = b"".join(exports.open_export(lab.manager, lab.project, format_name=form).blocks)
    report = lab.bring(again__zip=data)
    assert lab.problems() == []
    assert report["authors"][0]["username"] == "ben-co@outside"
    if form not in ("webvtt", "srt"):  # where a label comes back as a text
        assert (report["new"], report["present"]) == (0, 1)


def known(*paths: str) -> Recordings:
    return Recordings(
        KnownRecording(number, path.rsplit("/")[-1], str(number), path, (Span(number, 0.0, 9.0),))
        for number, path in enumerate(paths, start=1)
    )


@pytest.mark.parametrize("paths", [("a&b.wav", "a#b.wav"), ("a&b.wav", "a_b.wav"), ("a b.wav", "a[b].wav", "a&b.flac")])
def test_a_name_that_may_stand_for_several_is_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match=r"2 recordings may be meant: .*; name the folder or the hash as well"):
        known(*paths).match("a_b")


def test_what_is_written_out_in_full_is_no_other_recording() -> None:
    recordings = known("a&b.wav", "a#b.wav", "a_b.wav", "x/c&d.wav", "y/c#d.wav")
    assert [recordings.match(name).id for name in ("a&b", "a#b.wav", "a_b.wav", "x/c_d", "y/c_d.wav")] == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip
    with pytest.raises(Invalid, match="No recording"):
        recordings.match("a%b")
