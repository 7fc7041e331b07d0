"""Tables with a row a recording are imported as tags of whole recordings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.errors import InvalidState
from tests.imports.import_lab import Lab

Make = Callable[..., Any]
ESC_50 = (  # the first rows of meta/esc50.csv, github.com/karolpiczak/ESC-50
    "filename,fold,target,category,esc10,src_file,take\n"
    "1-100032-A-0.wav,1,0,dog,True,100032,A\n"
    "1-100038-A-14.wav,1,14,chirping_birds,False,100038,A\n"
)
FSD50K = (  # the layout of FSD50K.ground_truth/dev.csv, zenodo.org/records/4060432
    'fname,labels,mids,split\n1-100032-A-0,"Electric_guitar,Guitar,Music","/m/02sgy,/m/0342h,/m/04rlf",train\n'
)
MTAT = "".join(  # annotations_final.csv, mirg.city.ac.uk/codeapps/the-magnatagatune-dataset, with 5 of the 188 tags
    "\t".join(f'"{cell}"' for cell in row) + "\n"
    for row in (
        ("clip_id", "no voice", "singer", "80s", "low", "guitar", "mp3_path"),
        ("2", "0", "1", "0", "0", "1", "f/american_bach_soloists-j_s_bach-01-gleich_wie-30-59.mp3"),
        ("6", "0", "0", "0", "1", "0", "f/american_bach_soloists-j_s_bach-01-gleich_wie-146-175.mp3"),
        ("10", "0", "0", "0", "0", "0", "f/somebody-else-0-29.mp3"),
    )
)


@pytest.fixture
def lab_of(make_user: Make, make_project: Make, add_task: Make) -> Callable[..., Lab]:
    def make(*names: str) -> Lab:
        manager, anna = make_user("manager"), make_user("anna")
        project = make_project(managers=(manager,), annotators=(anna,))
        return Lab(manager, anna, project, {name: add_task(project, name=name) for name in names})

    return make


def tags(lab: Lab, task: str, user: str = "imported@outside") -> list[str]:
    return [one["label"] for one in lab.documents(task)[user]["document"]["tags"]]


def test_the_category_of_esc_50_is_the_tag_of_a_clip(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("1-100032-A-0.wav", "1-100038-A-14.wav")
    report = lab.bring(esc50__csv=ESC_50)
    assert (report["rows"], report["new"], report["recordings"], report["problems"]) == ("tags", 2, 2, 0)
    assert [one["count"] for one in report["authors"]] == [2]
    assert (tags(lab, "1-100032-A-0.wav"), tags(lab, "1-100038-A-14.wav")) == (["dog"], ["chirping_birds"])
    assert lab.bring(esc50__csv=ESC_50)["new"] == 0


def test_several_tags_of_fsd50k_stand_in_one_column_with_commas(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("1-100032-A-0.wav")
    assert lab.bring(dev__csv=FSD50K)["problems"] == 0
    assert tags(lab, "1-100032-A-0.wav") == ["electric_guitar", "guitar", "music"]


@pytest.mark.parametrize(
    "table",
    [
        "file,tags\na.wav,Dog;Wind chimes; \n",
        "file,tags\na.wav,Dog|Wind chimes\n",
        'file,tags\na.wav,"Dog, Wind chimes"\n',
        "file,tags\na.wav,Dog, Wind chimes\n",
        "file\ttags\na.wav\tDog;Wind chimes\n",
        "file,tag\na.wav,Dog\na.wav,Wind chimes\n",
    ],
    ids=["semicolon", "bar", "quoted comma", "bare comma", "tabs", "a row a tag"],
)
def test_tags_are_separated_in_any_usual_way(lab_of: Callable[..., Lab], table: str) -> None:
    lab = lab_of("a.wav")
    assert lab.bring(x__csv=table)["problems"] == 0
    assert tags(lab, "a.wav") == ["dog", "wind-chimes"]


def test_a_comma_stays_in_tags_that_are_separated_otherwise(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("a.wav", "b.wav")
    report = lab.bring(x__csv='file,tags\na.wav,"Guitar, acoustic;Dog"\nb.wav,"Guitar, acoustic"\n')
    assert report["new_labels"] == ["Guitar, acoustic"]
    assert len(tags(lab, "a.wav")) == 2


def test_magnatagatune_has_a_column_a_tag(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("american_bach_soloists-j_s_bach-01-gleich_wie-30-59.mp3", "somebody-else-0-29.mp3")
    report = lab.bring(annotations_final__csv=MTAT)
    assert (report["rows"], report["tag_columns"]) == (
        "tag-columns", ["no voice", "singer", "80s", "low", "guitar"],
    )  # fmt: skip
    assert tags(lab, "american_bach_soloists-j_s_bach-01-gleich_wie-30-59.mp3") == ["guitar", "singer"]
    assert tags(lab, "somebody-else-0-29.mp3") == []
    (problem,) = lab.problems()
    assert "No recording of this project is called" in problem[2]


def test_the_manager_says_what_the_rows_and_columns_are(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("a.wav")
    table = "clip,start,mood,loud,noisy,checked\na.wav,1,calm/sad,1,0,1\n"
    lab.add(x__csv=table)
    columns = {"recording": "clip", "tags": "mood"}
    assert lab.do("check", columns=columns)["rows"] == "marks"
    assert lab.do("check", columns=columns, rows="tags")["new"] == 1
    with pytest.raises(InvalidState, match="check the import again"):
        lab.do("apply", columns=columns, rows="tag-columns")
    report = lab.do("check", columns=columns, rows="tag-columns", tag_columns=["loud", "noisy"])
    assert [one["name"] for one in report["labels"]] == ["loud"]
    lab.do("apply")
    assert tags(lab, "a.wav") == ["loud"]


def test_rows_that_are_neither_yes_nor_no_are_listed(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("a.wav", "b.wav")
    lab.add(x__csv="file,loud,noisy\na.wav,1,0.7\nb.wav,1,no\n,1,1\n")
    lab.do("check", rows="tag-columns", tag_columns=["loud", "noisy"])
    assert lab.problems() == [
        ("x.csv", "Line 2, noisy", "expected 0 or 1, found '0.7'."),
        ("x.csv", "Line 4, recording", "it does not say which recording it is about."),
    ]


def test_annotators_and_captions_of_a_clip_are_kept(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("a.wav")
    lab.bring(x__csv="file,tags,annotator,caption\na.wav,Dog,anna,A dog barks\na.wav,Music,Ben,\n")
    assert (tags(lab, "a.wav", "anna"), tags(lab, "a.wav", "ben@outside")) == (["dog"], ["music"])
    assert lab.documents("a.wav")["anna"]["document"]["caption"]["text"] == "A dog barks"


def test_without_columns_of_tags_or_recordings_the_problem_names_what_to_choose(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("a.wav")
    lab.add(x__csv="clip,what\na.wav,bark\n")
    lab.do("check")
    assert lab.problems() == [
        ("x.csv", "", "Line 1: no column of starts; say which of clip, what it is, or that rows are tags.")
    ]
    for rows, says in (("tags", "no column says which recording"), ("tag-columns", "no column says which recording")):
        lab.do("check", rows=rows)
        assert says in lab.problems()[0][2]
    lab.do("check", rows="tags", columns={"recording": "clip"})
    assert "no column of tags; say which it is" in lab.problems()[0][2]


def test_a_table_with_starts_stays_one_of_regions_whatever_its_numbers(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("a.wav")
    report = lab.bring(x__csv="file,start,end,label\na.wav,0,1,Dog\n")
    assert report["rows"] == "marks"
    assert len(lab.documents("a.wav")["imported@outside"]["document"]["regions"]) == 1
