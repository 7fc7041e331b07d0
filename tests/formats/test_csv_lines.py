"""Rows of CSV, written quickly, are those that Python's `csv` writes."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from labelbuddy_core.formats.csv_lines import row_writer

_CELLS = st.one_of(st.text(), st.text(alphabet='ab ,"\r\n\t'), st.sampled_from(["", " ", "'=1", "\u2028", "\x1c", "a"]))


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=6), max_size=6))
@example([["a,b", "c"], ["", ""], ['"', "\n"]])
def test_a_row_is_written_as_the_library_writes_it(rows: list[list[str]]) -> None:
    ours, library = io.StringIO(newline=""), io.StringIO(newline="")
    write_row, writer = row_writer(ours), csv.writer(library)
    for row in rows:
        write_row(row)
        writer.writerow(row)
    assert ours.getvalue() == library.getvalue()
