"""ELAN's time slots without a time lie evenly between their neighbors; what has none is listed, and the rest read."""

from __future__ import annotations

from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import elan
from labelbuddy_core.formats.import_formats import SOURCES
from labelbuddy_core.formats.marks import Marked


def document(slots: dict[str, int | None], **tiers: list[tuple[str, str]]) -> str:
    order = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{name}"{"" if time is None else f""" TIME_VALUE="{time}" """}/>'
        for name, time in slots.items()
    )
    written = "".join(
        f'<TIER TIER_ID="{name}">'
        + "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}{number}" TIME_SLOT_REF1="{start}" '
            f'TIME_SLOT_REF2="{end}"><ANNOTATION_VALUE>v{number}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>'
            for number, (start, end) in enumerate(spans)
        )
        + "</TIER>"
        for name, spans in tiers.items()
    )
    return f"<ANNOTATION_DOCUMENT><TIME_ORDER>{order}</TIME_ORDER>{written}</ANNOTATION_DOCUMENT>"


WORDS = [("a", "b"), ("b", "c"), ("c", "d")]


def test_slots_without_a_time_lie_evenly_between_their_neighbors() -> None:
    text = document({"a": 1000, "b": None, "c": None, "d": 4000}, sentence=[("a", "d")], words=WORDS)
    assert [(one.start, one.end) for one in elan.read(text) if one.label == "words"] == [(1, 2), (2, 3), (3, 4)]


def test_slots_of_other_tiers_do_not_count() -> None:
    text = document({"a": 0, "b": None, "x": 900, "y": 950, "c": None, "d": 3000}, words=WORDS, noise=[("x", "y")])
    assert [one.end for one in elan.read(text) if one.label == "words"] == [1.0, 2.0, 3.0]


def test_an_annotation_without_a_neighbor_with_a_time_is_listed_and_the_others_are_read() -> None:
    problems: list[Invalid] = []
    text = document({"a": 1000, "b": 2000, "c": None}, words=[("a", "b"), ("b", "c")])
    (found,) = SOURCES["elan"].read(text, "song.eaf", problems.append)
    assert [(one.start, one.end, one.text) for one in found.marks] == [(1.0, 2.0, "v0")]
    assert [one.detail for one in problems] == [
        "Tier 'words': annotation words1 has no times, or ends before it starts."
    ]


def test_a_file_of_which_no_annotation_has_times_is_no_empty_answer() -> None:
    found: list[Marked] = list(SOURCES["elan"].read(document({"a": None}, w=[("a", "a")]), "s.eaf", lambda _: None))
    assert found == []
