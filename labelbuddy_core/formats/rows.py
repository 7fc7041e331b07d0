"""Reading the rows of text files: lines with their numbers, cells, times; problems name the line and the field."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType

from labelbuddy_core.errors import Invalid

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


Refuse = Callable[[Invalid], None]
"""Hears of what is wrong in a row, which is passed over then."""


def raising(problem: Invalid) -> None:
    """Refuses the whole file at its first mistake."""
    raise problem


class Refusing(AbstractContextManager[None]):
    """What is `Invalid` within goes to `refuse`."""

    def __init__(self, refuse: Refuse) -> None:
        self._refuse = refuse

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, _: TracebackType | None
    ) -> bool:
        if not isinstance(problem, Invalid):
            return False
        self._refuse(problem)
        return True


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, with or without a byte order mark. Raises `Invalid` for anything else."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(
            f"The file is not {encoding.upper()} text (byte {error.start}); save it as UTF-8, or choose its encoding.",
            field="file",
        ) from None
    if "\0" in text:
        raise Invalid("The file is not text; save it as UTF-8.", field="file")
    return text


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers from 1."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line.strip():
            yield number, line


def number(cell: str, line: int, field: str, *, least: float | None = None) -> float:
    """A cell as a finite number. Raises `Invalid` that names line and field."""
    try:
        if "_" in cell:
            raise ValueError
        value = float(cell.strip().replace(",", "."))
    except ValueError:
        raise wrong(line, field, f"expected a number, found {cell.strip()[:40]!r}") from None
    if not math.isfinite(value):
        raise wrong(line, field, f"expected a finite number, found {cell.strip()!r}")
    if least is not None and value < least:
        raise wrong(line, field, f"expected {least:g} or more, found {value:g}")
    return value


def in_order(start: float, end: float, line: int) -> tuple[float, float]:
    """Onset and offset. Raises `Invalid` when the end lies before the start."""
    if end < start:
        raise wrong(line, "end", f"the end ({end:g} s) lies before the start ({start:g} s)")
    return start, end


def wrong(line: int, field: str, says: str) -> Invalid:
    """The problem of a line."""
    return Invalid(f"Line {line}, {field}: {says}.", field=field, line=line)


def one_line(text: str) -> str:
    """Text without line breaks and tabs, for formats whose rows end with them."""
    return " ".join(text.split())
