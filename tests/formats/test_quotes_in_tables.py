"""A quote in a label, a text or the name of a file stays what it is, and takes nothing else with it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.formats import audacity, cvat, dcase, lab, labelbuddy_2022, raven, rttm, table
from labelbuddy_core.formats.marks import Mark, Marked

QUOTED = st.text("\"'a,;", min_size=1, max_size=6)
"""What begins and ends with quotes, doubles them or never closes them."""


@st.composite
def some_quotes(draw: Any) -> Marked:
    marks = [
        Mark(float(at), at + 0.5, draw(QUOTED), text=draw(st.one_of(st.just(""), QUOTED)))
        for at in range(draw(st.integers(0, 5)))
    ]
    return Marked('6" of "rain".wav', 10.0, tuple(marks), audio_path=f"{draw(QUOTED)}.wav")


def labels_of(marks: Sequence[Mark]) -> list[tuple[float, str]]:
    return [(one.start, one.label) for one in marks]


@given(some_quotes())
def test_cvat_gives_back_quotes_and_pandas_reads_the_same(marked: Marked) -> None:
    text = "".join(cvat.write([marked]))
    assert list(cvat.read(text)) == [(marked.file, mark) for mark in marked.marks]
    rows = pandas.read_csv(io.StringIO(text), sep="\t", keep_default_na=False)
    assert list(zip(rows["filename"], rows["label"], rows["text"], strict=True)) == [
        (marked.file, mark.label, mark.text) for mark in marked.marks
    ]


@given(some_quotes())
def test_dcase_gives_back_quotes_and_pandas_reads_the_same(marked: Marked) -> None:
    text = "".join(dcase.write_strong([marked]))
    found = list(dcase.read_strong(text))
    assert found == [(marked.file, replace(mark, text="")) for mark in marked.marks] or found == [(marked.file, None)]
    rows = pandas.read_csv(io.StringIO(text), sep="\t", keep_default_na=False)
    assert list(rows["event_label"]) == [mark.label for mark in marked.marks] or not marked.marks
    weak = "".join(dcase.write_weak([marked]))
    assert pandas.read_csv(io.StringIO(weak), sep="\t", keep_default_na=False)["filename"].tolist() == [marked.file]
    (clip,) = dcase.read_weak(weak)
    expected = dict.fromkeys(mark.label.replace(",", " ").strip() for mark in marked.marks)
    assert clip[0] == marked.file
    assert set(clip[1]) == set(expected) - {""}


@given(some_quotes())
def test_formats_that_know_no_quoting_give_back_quotes(marked: Marked) -> None:
    expected = labels_of(marked.marks)
    assert labels_of(audacity.read(audacity.write(marked))) == expected
    assert labels_of(lab.read_lab(lab.write_lab(marked))) == expected
    assert labels_of([mark for _, mark in rttm.read("".join(rttm.write([marked])))]) == expected
    found = raven.read(raven.write(marked))
    assert [(one.label, one.text) for one in found] == [(one.label, one.text) for one in marked.marks]
    (again,) = labelbuddy_2022.read("".join(labelbuddy_2022.write([marked])))
    assert labels_of(again.marks) == expected


@given(some_quotes())
def test_tables_give_back_quotes(marked: Marked) -> None:
    rows = pandas.DataFrame(
        [(marked.file, one.start, one.end, one.label, one.text) for one in marked.marks] or None,
        columns=["file", "start", "end", "label", "text"],
    )
    for separator in ",;\t":
        found = [mark for one in table.read(rows.to_csv(index=False, sep=separator), "x") for mark in one.marks]
        assert found == list(marked.marks)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('say "hi"', 'say "hi"'),
        ('"open', '"open'),
        ('"a" and "b"', '"a" and "b"'),
        ('"one\ttwo"', "one\ttwo"),
        ('"one\ntwo"', "one\ntwo"),
    ],
)
def test_what_others_wrote_with_or_without_quoting_is_read(cell: str, says: str) -> None:
    text = f"start\tstop\tlabel\n1\t2\t{cell}\n3\t4\t{cell}\n"
    assert [(one.start, one.label) for _, one in cvat.read(text)] == [(1.0, says), (3.0, says)]
