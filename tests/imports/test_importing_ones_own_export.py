"""An export of a project that is imported into it again: what people drew there is not doubled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from postgresql_server import on_both_databases

from labelbuddy_core.domain.operations import Operation, Save
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.projects import projects
from tests.imports.import_lab import Lab, save

Make = Callable[..., Any]
FORMATS = {
    "csv": "x__csv",
    "jams": "x__zip",
    "label-studio": "x__json",
    "textgrid": "x__zip",
    "audacity": "x__zip",
    "aoef": "x__zip",
    "raven": "x__zip",
    "json": "x__json",
    "jsonl": "x__jsonl",
    "parquet": "x__parquet",
}


@pytest.fixture
def make_lab(make_user: Make, make_project: Make, add_task: Make) -> Callable[[], Lab]:
    people: list[Actor] = []  # a project an example, the same people in all

    def make() -> Lab:
        people[:] = people or [make_user("manager"), make_user("anna")]
        manager, anna = people
        project = make_project(managers=(manager,), annotators=(anna,))
        labels = projects.get_project(manager, project)["labels"]
        asking = [{**label, "attributes": ASKED} for label in labels]
        projects.update_project(manager, project, {"labels": asking})
        return Lab(manager, anna, project, {"song": add_task(project, name="song.wav", annotators=(anna,))})

    return make


@pytest.fixture
def lab(make_lab: Callable[[], Lab]) -> Lab:
    return make_lab()


def region(key: str = "mine", **what: Any) -> dict[str, Any]:
    return {"id": key, "start": 1.0, "end": 2.0, "label": "dog", "origin": {"kind": "human"}, **what}


def exported(lab: Lab, form: str) -> bytes:
    return b"".join(exports.open_export(lab.manager, lab.project, format_name=form).blocks)


WORDS = st.text("aeé n,;\"'=\t\n", max_size=12).map(str.strip)
TIMES = st.integers(0, 59_000_000).map(lambda millionths: millionths / 1e6)
LENGTHS = st.integers(5_000, 1_000_000).map(lambda millionths: millionths / 1e6)
HERTZ = st.none() | st.integers(1, 20_000_000).map(lambda thousandths: thousandths / 1e3)
LABELS = st.sampled_from(["speech", "music", "dog"])
TIERS = st.sampled_from([None, None, "birds", "mic 2", "Dog"])
ASKED = [
    {"id": "sex", "name": "Sex", "kind": "choice", "choices": ["f", "m"]},
    {"id": "level", "name": "Level", "kind": "number"},
    {"id": "near", "name": "Near", "kind": "yes-no"},
]
ATTRIBUTES = st.fixed_dictionaries(
    {}, optional={"sex": st.sampled_from(["f", "m"]), "level": st.just(2.5), "near": st.booleans()}
)


@st.composite
def regions(draw: st.DrawFn) -> dict[str, Any]:
    low, high = draw(HERTZ), draw(HERTZ)
    if low is not None and high is not None and high < low:
        low, high = high, low
    start = draw(TIMES)
    return {
        "start": start, "end": round(start + draw(LENGTHS), 6), "low": low, "high": high, "label": draw(LABELS),
        "channel": draw(st.sampled_from([None, 0, 1])), "text": draw(WORDS) or None, "tier": draw(TIERS),
        "attributes": draw(ATTRIBUTES), "origin": {"kind": "human"},
    }  # fmt: skip


POINTS = st.fixed_dictionaries(
    {
        "time": TIMES,
        "kind": st.just("beat"),
        "position": st.none() | st.integers(1, 4),
        "label": st.none() | LABELS,
        "tier": TIERS,
    }
)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(regions(), max_size=5), st.lists(POINTS, max_size=3), st.sets(LABELS, max_size=2), WORDS, st.booleans())
def test_an_export_that_comes_back_adds_nothing_in_any_format(
    make_lab: Callable[[], Lab],
    drawn: list[dict[str, Any]],
    points: list[dict[str, Any]],
    tags: set[str],
    caption: str,
    twice: bool,
) -> None:
    lab = make_lab()
    items = [("regions", f"r{number}", one) for number, one in enumerate([*drawn, *(drawn if twice else ())])]
    items += [("points", f"p{number}", one) for number, one in enumerate(points)]
    items += [("tags", label, {"label": label, "origin": {"kind": "human"}}) for label in tags]
    items += [("caption", "caption", {"text": caption, "origin": {"kind": "human"}})] if caption else []
    puts = [
        Operation(
            op="put",
            collection=collection,  # type: ignore[arg-type]
            id=key,
            value={**value, "id": key} if collection in ("regions", "points") else value,
        )
        for collection, key, value in items
    ]
    if not puts:
        return
    annotations.save(lab.anna, lab.tasks["song"], Save(client=uuid4(), sequence=1, base_revision=0, operations=puts))
    before = lab.documents()
    for form, name in FORMATS.items():
        data = exported(lab, form)
        lab.add(**{name: data})
        checked = lab.do("check")
        assert (form, lab.problems(), checked["new"], checked["annotations"]) == (form, [], 0, 0)
        done = lab.do("apply")
        assert (form, lab.problems(), done["new"], done["annotations"]) == (form, [], 0, 0)
        assert lab.documents() == before


@on_both_databases
@pytest.mark.parametrize("form", ["csv", "textgrid"])
def test_the_dry_run_says_that_what_people_drew_is_there_already(lab: Lab, form: str) -> None:
    save(lab.anna, lab.tasks["song"], 0, region(low=500.0, text="bark"), region("other", start=5.0, end=6.0))
    lab.add(**{FORMATS[form]: exported(lab, form)})
    report = lab.do("check")
    assert (report["new"], report["present"], report["recordings"]) == (0, 2, 0)
    assert report["untaken"] == [{"reason": "everything is there already", "count": 1, "names": ["song.wav"]}]


def test_what_was_handed_in_comes_back_without_a_problem(lab: Lab) -> None:
    save(lab.anna, lab.tasks["song"], 0, region())
    handing_in.submit(lab.anna, lab.tasks["song"], 1)
    assert lab.bring(x__csv=exported(lab, "csv"))["present"] == 1
    assert lab.problems() == []


def test_each_region_answers_for_one_of_the_file(lab: Lab) -> None:
    save(lab.anna, lab.tasks["song"], 0, region())
    report = lab.bring(song__anna__txt="1\t2\tDog\n1\t2\tDog\n")
    assert (report["new"], report["present"]) == (1, 1)
    report = lab.bring(song__anna__txt="1\t2\tDog\n1\t2\tDog\n")
    assert (report["new"], report["present"]) == (0, 2)


def test_what_somebody_else_drew_is_no_answer(lab: Lab) -> None:
    save(lab.anna, lab.tasks["song"], 0, region())
    assert lab.bring(song__Ben__txt="1\t2\tDog\n")["new"] == 1


@pytest.mark.parametrize(
    "row",
    [
        "song.wav,anna,1,2,Music,500,,bark",
        "song.wav,anna,1,2.001,Dog,500,,bark",
        "song.wav,anna,1,2,Dog,600,,bark",
        "song.wav,anna,1,2,Dog,,,bark",
        "song.wav,anna,1,2,Dog,500,900,bark",
        "song.wav,anna,1,2,Dog,500,,howl",
        "song.wav,anna,1,2,Dog,500,,",
    ],
    ids=["label", "time", "bound", "no bound", "another bound", "text", "no text"],
)
def test_what_differs_in_anything_that_the_file_says_is_new(lab: Lab, row: str) -> None:
    save(lab.anna, lab.tasks["song"], 0, region(low=500.0, text="bark"))
    head = "file,annotator,start,end,label,low,high,text\n"
    assert lab.bring(x__csv=head + "song.wav,anna,1,2,Dog,500,,bark\n")["present"] == 1
    assert lab.bring(x__csv=head + row + "\n")["new"] == 1


def test_what_a_table_has_no_column_for_is_no_difference(lab: Lab) -> None:
    save(lab.anna, lab.tasks["song"], 0, region(low=500.0, text="bark"))
    assert lab.bring(x__csv="file,annotator,start,end,label\nsong.wav,anna,1,2,Dog\n")["new"] == 0


def test_another_caption_stays_and_the_report_says_so(lab: Lab) -> None:
    lab.bring(song__anna__txt="1\t2\tDog\n")
    head = "file,annotator,kind,start,text\n"
    lab.bring(x__csv=head + "song.wav,anna,caption,,A dog barks\n")
    assert lab.bring(x__csv=head + "song.wav,anna,caption,,A dog  barks\n")["problems"] == 0
    report = lab.bring(x__csv=head + "song.wav,anna,caption,,A cat\n")
    assert (report["new"], lab.problems()) == (
        0, [("x.csv", "Caption of song.wav", "anna has another caption here; it stays.")],
    )  # fmt: skip
