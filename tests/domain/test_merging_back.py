"""What two tasks have in their overlap counts once when the tasks of a recording are put together again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from labelbuddy_core.domain.documents import empty_document
from labelbuddy_core.domain.export_records import ExportedAnnotation, ExportedTask
from labelbuddy_core.domain.merged_marks import INSTANTS, REGION_DETAILS, REGIONS
from labelbuddy_core.domain.merging_back import (
    ANSWERS,
    CAPTIONS,
    TAGS,
    Part,
    merged_document,
    merged_task,
)


def region(name: str, start: float, end: float, label: str = "dog", **more: Any) -> dict[str, Any]:
    return {"id": name, "start": start, "end": end, "label": label, "tier": None, "channel": None, **more}


def part(start: float, stop: float, *regions: dict[str, Any], **more: Any) -> Part:
    return Part(start, stop, {**empty_document(), "regions": list(regions), **more})


def spans(document: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    return [(one["label"], one["start"], one["end"]) for one in document["regions"]]


def test_a_region_that_both_tasks_cut_off_becomes_whole() -> None:
    first = part(0, 10, region("r1", 5.0, 10.0, text="from the first"))
    second = part(8, 18, region("r1", 8.0, 13.0, text="from the second"))
    document = merged_document([first, second])
    assert spans(document) == [("dog", 5.0, 13.0)]
    assert document["regions"][0]["text"] == "from the first"


def test_a_region_inside_the_overlap_is_counted_once_by_the_start_of_the_one_and_the_end_of_the_other() -> None:
    document = merged_document([part(0, 10, region("a", 8.2, 9.4)), part(8, 18, region("b", 8.3, 9.5))])
    assert spans(document) == [("dog", 8.2, 9.5)]


def test_regions_that_hardly_agree_are_two_and_so_are_other_labels() -> None:
    one, other = part(0, 10, region("a", 8.0, 8.8)), part(8, 18, region("b", 8.6, 9.8))
    assert spans(merged_document([one, other])) == [("dog", 8.0, 8.8), ("dog", 8.6, 9.8)]
    cat = part(8, 18, region("b", 8.0, 8.8, "cat"))
    assert spans(merged_document([one, cat])) == [("dog", 8.0, 8.8), ("cat", 8.0, 8.8)]


def test_what_only_one_task_has_stays_and_ids_stay_apart() -> None:
    document = merged_document([part(0, 10, region("r1", 1.0, 2.0)), part(8, 18, region("r1", 8.5, 9.0))])
    assert [(one["id"], one["start"]) for one in document["regions"]] == [("r1", 1.0), ("r1-2", 8.5)]


def test_each_region_has_at_most_one_counterpart() -> None:
    first = part(0, 10, region("a", 8.0, 9.0))
    second = part(8, 18, region("b", 8.0, 9.0), region("c", 8.05, 9.05))
    assert spans(merged_document([first, second])) == [("dog", 8.0, 9.0), ("dog", 8.05, 9.05)]


def test_a_region_cut_by_the_border_of_two_tasks_that_touch_becomes_whole() -> None:
    changed: Counter[str] = Counter()
    first, second = part(0, 10, region("a", 9.0, 10.0, text="Wuff")), part(10, 20, region("b", 10.0, 11.0, text="Wuff"))
    assert spans(merged_document([first, second], changed)) == [("dog", 9.0, 11.0)]
    assert (changed[REGIONS], changed[REGION_DETAILS]) == (1, 0)


def test_at_the_border_of_two_tasks_that_touch_what_differs_in_anything_stays_two() -> None:
    first = part(0, 10, region("a", 9.0, 10.0, text="good mor"))
    for other in (
        region("b", 10.0, 11.0, text="ning"),
        region("b", 10.0, 11.0, "cat", text="good mor"),
        {**region("b", 10.0, 11.0, text="good mor"), "channel": 1},
        region("b", 10.002, 11.0, text="good mor"),
    ):
        assert len(merged_document([first, part(10, 20, other)])["regions"]) == 2


@pytest.mark.parametrize("overlap", [0.0, 1e-9, 5e-4])
def test_tasks_that_overlap_by_less_than_a_millisecond_touch(overlap: float) -> None:
    first = part(0, 10 + overlap, region("a", 9.0, 10.0))
    second = part(10, 20, region("b", 10.0, 11.0), region("c", 10.0, 12.0, text="other"))
    assert spans(merged_document([first, second])) == [("dog", 9.0, 11.0), ("dog", 10.0, 12.0)]
    halves = part(0, 10 + overlap, region("a", 9, 10, text="good mor")), part(10, 20, region("b", 10, 11, text="ning"))
    assert [one["text"] for one in merged_document(halves)["regions"]] == ["good mor", "ning"]


def test_what_a_person_and_a_model_marked_on_both_sides_of_a_border_stays_two() -> None:
    first = part(0, 10, region("a", 9.0, 10.0, origin={"kind": "human"}))
    second = part(10, 20, region("b", 10.0, 11.0, origin={"kind": "model", "model": "yoho", "prediction": "3"}))
    assert len(merged_document([first, second])["regions"]) == 2


def test_each_region_goes_on_at_most_once_beyond_a_border() -> None:
    first = part(0, 10, region("a", 9.0, 10.0))
    second = part(10, 20, region("b", 10.0, 11.0), region("c", 10.0, 12.0))
    assert spans(merged_document([first, second])) == [("dog", 9.0, 11.0), ("dog", 10.0, 12.0)]


def test_a_region_through_three_tasks_that_touch_becomes_one() -> None:
    parts = [part(0, 10, region("a", 4, 10)), part(10, 20, region("b", 10, 20)), part(20, 30, region("c", 20, 24))]
    assert spans(merged_document(parts)) == [("dog", 4, 24)]


def test_a_region_through_three_tasks_becomes_one() -> None:
    parts = [part(0, 10, region("a", 4, 10)), part(8, 18, region("b", 8, 18)), part(16, 26, region("c", 16, 20))]
    assert spans(merged_document(parts)) == [("dog", 4, 20)]


def test_instants_tags_and_captions() -> None:
    def beat(name: str, time: float) -> dict[str, Any]:
        return {"id": name, "time": time, "kind": "beat", "label": None}

    def tag(label: str, score: float) -> dict[str, Any]:
        return {"label": label, "score": score}

    def caption(text: str) -> dict[str, Any]:
        return {"text": text, "start": None, "end": None}

    first = part(0, 10, points=[beat("p1", 8.5)], tags=[tag("rock", 0.4)], caption=caption("It begins."))
    second = part(
        8, 18, points=[beat("p1", 8.53), beat("p2", 9.2)], tags=[tag("rock", 0.9)], caption=caption("It ends.")
    )
    document = merged_document([first, second])
    assert [one["time"] for one in document["points"]] == [8.5, 9.2]
    assert document["tags"] == [tag("rock", 0.9)]
    assert document["caption"] == {"text": "It begins.\nIt ends.", "start": 0, "end": 18}
    assert merged_document([first])["caption"] == {"text": "It begins.", "start": 0, "end": 10}


def test_what_is_joined_or_dropped_is_counted() -> None:
    def answered(value: str) -> list[dict[str, Any]]:
        return [{"question": "mood", "answer": value}]

    first = part(
        0, 10, region("a", 8.0, 9.0, text="Wuff"), region("b", 9.0, 9.9, low=None),
        points=[{"id": "p", "time": 8.5, "kind": "beat", "label": None}], tags=[{"label": "rock", "score": 0.4}],
        caption={"text": "It begins.", "start": None, "end": None}, answers=answered("sad"),
    )  # fmt: skip
    second = part(
        8, 18, region("c", 8.0, 9.0, text="Waff"), region("d", 9.0, 9.9), region("e", 12.0, 13.0),
        points=[{"id": "p", "time": 8.52, "kind": "beat", "label": None}], tags=[{"label": "rock", "score": 0.9}],
        caption={"text": "It ends.", "start": None, "end": None}, answers=answered("glad"),
    )  # fmt: skip
    changed: Counter[str] = Counter()
    merged_document([first, second], changed)
    assert +changed == {REGIONS: 2, REGION_DETAILS: 1, INSTANTS: 1, TAGS: 1, CAPTIONS: 1, ANSWERS: 1}
    again: Counter[str] = Counter()
    merged_document([part(0, 10, answers=answered("sad")), part(10, 20, answers=answered("sad"))], again)
    assert not +again


def task(number: str, start: float, stop: float, *found: ExportedAnnotation) -> ExportedTask:
    return ExportedTask(number, {"id": "7", "name": "a.wav"}, start, stop, "submitted", found)


def answer(number: str, who: str, state: str, *regions: dict[str, Any]) -> ExportedAnnotation:
    return ExportedAnnotation(number, who, state, 1, "2026", {**empty_document(), "regions": list(regions)})


def test_each_annotator_has_one_document_of_the_recording_and_single_tasks_stay_as_they_are() -> None:
    first = task("1", 0, 10, answer("11", "ada", "approved", region("a", 9, 10)), answer("12", "ben", "draft"))
    second = task("2", 8, 18, answer("21", "ada", "submitted", region("b", 9, 12)))
    merged = merged_task([second, first])
    assert (merged.id, merged.start, merged.stop) == ("recording-7", 0, 18)
    ada, ben = merged.annotations
    assert (ada.id, ada.annotator, ada.state) == ("recording-7-ada", "ada", "submitted")
    assert spans(ada.document) == [("dog", 9, 12)]
    assert (ben.id, ben.state) == ("12", "draft")
    assert merged_task([first]) is first
