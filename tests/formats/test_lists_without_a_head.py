"""CSV without a head, as mir_eval reads it with `delimiter=","`: intervals, labeled events and times."""

from __future__ import annotations

from pathlib import Path

import mir_eval
import pytest

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.import_formats import SOURCES, detected
from labelbuddy_core.formats.lab import read_beats, read_lab
from labelbuddy_core.formats.marks import Mark
from labelbuddy_core.formats.rows import raising

INTERVALS = "# sections\n0.0,1.0,verse\n1.0,2.5,the chorus, again\n"
EVENTS = "0.5,click\n1,another click\n"
BEATS = "0.5,1\n1.0,2\n1.5,1\n"


def marks(name: str, text: str) -> tuple[Mark, ...]:
    (found,) = SOURCES[detected(name, text)].read(text, name, raising)
    assert found.recording == "song"
    return found.marks


def test_intervals_are_what_mir_eval_reads(tmp_path: Path) -> None:
    path = tmp_path / "song.csv"
    path.write_text(INTERVALS)
    times, labels = mir_eval.io.load_labeled_intervals(str(path), delimiter=",")
    assert [((one.start, one.end), one.label) for one in marks("song.csv", INTERVALS)] == [
        ((start, end), label) for (start, end), label in zip(times.tolist(), labels, strict=True)
    ]


@pytest.mark.parametrize("name", ["song.csv", "song.txt"])
def test_labeled_events_are_what_mir_eval_reads(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(EVENTS)
    times, labels = mir_eval.io.load_labeled_events(str(path), delimiter=",")
    found = marks(name, EVENTS)
    assert [(one.start, one.label) for one in found] == list(zip(times.tolist(), labels, strict=True))
    assert all(one.instant for one in found)


def test_times_with_positions_are_beats() -> None:
    assert [(one.start, one.position) for one in marks("song.csv", BEATS)] == [(0.5, 1), (1.0, 2), (1.5, 1)]


@pytest.mark.parametrize("text", ["0;1,5;verse\n", "0, 1.5, verse\n", "0,1.5,verse\n", '0.0,1.5,"verse"\n'])
def test_semicolons_spaces_and_quotes_are_read_too(text: str) -> None:
    assert marks("song.csv", text) == (Mark(0.0, 1.5, "verse"),)


def test_a_comma_may_still_be_one_of_decimals() -> None:
    assert read_lab("0,5 1,5 dog\n") == [Mark(0.5, 1.5, "dog")]
    assert [one.start for one in read_beats("0,5\n1,25\n")] == [0.5, 1.25]


def test_a_table_with_other_columns_is_no_such_list() -> None:
    with pytest.raises(Invalid, match="cannot be told"):
        detected("song.csv", "0.0,1.0,verse,song.wav\n")
    assert detected("song.csv", "start,end,label\n0,1,verse\n") == "table"
    assert detected("song.txt", "0.0\t1.0\tverse\n") == "audacity"


def test_a_wrong_row_is_named() -> None:
    with pytest.raises(Invalid, match="Line 2, end: expected a number, found 'late'"):
        read_lab("0.0,1.0,verse\n1.0,late,chorus\n")
