"""Annotations of other tools come into a project: matched, mapped, once, by their authors, and out again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from postgresql_server import on_both_databases
from sqlalchemy import func, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Assignment, Revision, Task, User
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.formats import praat_textgrid
from labelbuddy_core.formats.marks import Mark, Marked
from labelbuddy_core.services.accounts import accounts
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.imports import annotation_importing, annotation_imports, planned_annotations
from labelbuddy_core.services.imports.import_choices import ImportChoices
from labelbuddy_core.services.imports.import_outcomes import told_joined
from labelbuddy_core.services.imports.outside_authors import Authors
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import tasks
from tests.imports.import_lab import Lab, save


@pytest.fixture
def lab(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Lab:
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    made = {name: add_task(project, name=f"{name}.wav") for name in ("song", "street")}
    return Lab(manager, anna, project, made)


ROWS = "1.5\t2.5\tDog\n3\t3\tclick\n"


@on_both_databases
def test_a_dry_run_says_what_would_happen_and_changes_nothing(lab: Lab) -> None:
    lab.add(song__txt=ROWS, other__txt=ROWS, street__txt="1\t2\tmusic\n5\t4\tDog\n70\t80\tDog\n")
    report = lab.do("check")
    assert (report["files"], report["recordings"], report["new"], report["present"]) == (3, 2, 3, 0)
    assert {one["name"]: one["label"] for one in report["labels"]} == {"Dog": "dog", "click": None, "music": "music"}
    assert report["authors"] == [{"name": "imported", "count": 4, "username": None, "left_out": False}]
    assert lab.problems() == [
        ("other.txt", "other", "No recording of this project is called 'other'."),
        ("street.txt", "Line 2, end", "the end (4 s) lies before the start (5 s)."),
        ("street.txt", "Line 3", "70 to 80 s lies outside street.wav, which ends at 60 s."),
    ]
    with get_database().read() as session:
        assert session.scalar(select(func.count()).select_from(Annotation)) == 0
    assert [label["name"] for label in projects.get_project(lab.manager, lab.project)["labels"]] == [
        "Speech", "Music", "Dog",
    ]  # fmt: skip


@pytest.mark.parametrize("there", ["", "40\t41\tmusic\n"])
@pytest.mark.parametrize("at_once", [planned_annotations.AT_ONCE, 1])
def test_a_dry_run_counts_a_mark_of_two_files_once_as_the_import_does(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, there: str, at_once: int
) -> None:
    if there:
        lab.bring(song__txt=there)
    monkeypatch.setattr(planned_annotations, "AT_ONCE", at_once)
    lab.add(song__txt="1.5\t2.5\tDog\n", song__lab="1.5 2.5 Dog\n")
    said = [(report["new"], report["present"]) for report in (lab.do("check"), lab.do("apply"))]
    assert said == [(1, 1), (1, 1)]


def test_a_file_counts_towards_the_progress_of_a_dry_run_when_it_has_been_read(lab: Lab) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("song.txt", ROWS)
        archive.writestr("street.txt", ROWS)
    lab.add(song__txt=ROWS, more__zip=packed.getvalue())
    lab.do("check")
    told: list[tuple[float, str]] = []
    annotation_importing.check(int(lab.number), lambda fraction, message: told.append((fraction, message)))
    assert told == [
        (0.0, "song.txt: 0 marks so far"), (0.5, "song.txt: 2 marks so far"), (0.75, "street.txt: 4 marks so far"),
    ]  # fmt: skip


def test_an_import_brings_regions_instants_and_new_labels(lab: Lab) -> None:
    report = lab.bring(song__txt=ROWS)
    assert (report["new"], report["annotations"], report["new_labels"]) == (2, 1, ["click"])
    (found,) = lab.documents().values()
    assert (found["user"], found["state"]) == ("imported@outside", "submitted")
    (region,), (point,) = found["document"]["regions"], found["document"]["points"]
    assert (region["start"], region["end"], region["label"]) == (1.5, 2.5, "dog")
    assert region["origin"]["kind"] == "import"
    assert (point["time"], point["kind"], point["label"]) == (3.0, "event", "click")
    assert tasks.get_task(lab.manager, lab.tasks["song"])["state"] == "submitted"


@on_both_databases
def test_the_same_again_adds_nothing(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    first = lab.documents()
    report = lab.bring(song__txt=ROWS)
    assert (report["new"], report["present"], report["annotations"]) == (0, 2, 0)
    assert lab.documents() == first
    report = lab.do("apply")
    assert (report["new"], report["present"]) == (0, 2)


def test_what_was_added_to_a_file_since_is_added(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    report = lab.bring(song__txt=ROWS + "4\t5\tDog\n")
    assert (report["new"], report["present"]) == (1, 2)


def test_the_same_row_twice_is_two_regions_once(lab: Lab) -> None:
    assert lab.bring(song__txt="1\t2\tDog\n1\t2\tDog\n")["new"] == 2
    assert lab.bring(song__txt="1\t2\tDog\n1\t2\tDog\n")["new"] == 0


@on_both_databases
def test_undo_takes_back_everything_that_nobody_touched(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    report = lab.do("undo")
    assert report["undone"] == {"annotations": 1, "removed": 2, "kept": 0}
    with get_database().read() as session:
        for table in (Annotation, AnnotationItem, Revision, Assignment):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert session.scalar(select(User.id).where(User.username == "imported@outside")) is None
    assert tasks.get_task(lab.manager, lab.tasks["song"])["state"] == "new"
    assert lab.do("apply")["new"] == 2


@on_both_databases
def test_undo_keeps_what_people_changed_and_added(lab: Lab) -> None:
    lab.add(song__anna__txt="1\t2\tDog\n3\t4\tDog\n")
    lab.do("check", state="draft")
    lab.do("apply")
    mine = annotations.get_mine(lab.anna, lab.tasks["song"])
    first = mine["document"]["regions"][0]
    changed = {**first, "end": 2.5}
    new = {"id": "mine", "start": 10.0, "end": 11.0, "label": "music", "origin": {"kind": "human"}}
    save(lab.anna, lab.tasks["song"], mine["revision"], changed, new)
    assert lab.do("undo")["undone"] == {"annotations": 0, "removed": 1, "kept": 1}
    left = annotations.get_mine(lab.anna, lab.tasks["song"])["document"]["regions"]
    assert [(one["id"], one["end"]) for one in left] == [(first["id"], 2.5), ("mine", 11.0)]


def test_a_draft_that_an_approved_import_joins_stays_a_draft_and_dry_run_and_report_say_so(lab: Lab) -> None:
    lab.add(song__anna__txt="5\t6\tDog\n")
    assert told_joined(lab.do("check", state="draft")) == []
    lab.do("apply")
    lab.add(song__anna__txt=ROWS)
    told = ["1 annotation there already is in progress and stays so; what is imported becomes part of it."]
    assert told_joined(lab.do("check", state="approved")) == told
    assert told_joined(lab.do("apply")) == told
    assert annotations.get_mine(lab.anna, lab.tasks["song"])["state"] == "draft"
    assert told_joined(lab.do("check", state="draft")) == []


def test_a_member_is_found_by_the_name_of_the_file_and_goes_on_with_the_draft(lab: Lab) -> None:
    lab.add(song__anna__txt=ROWS)
    report = lab.do("check", state="draft")
    assert report["authors"] == [{"name": "anna", "count": 2, "username": "anna", "left_out": False}]
    lab.do("apply")
    mine = annotations.get_mine(lab.anna, lab.tasks["song"])
    assert (mine["state"], mine["revision"], len(mine["document"]["regions"])) == ("draft", 1, 1)
    save(lab.anna, lab.tasks["song"], 1, {**mine["document"]["regions"][0], "end": 2.25})


def _hand_in(lab: Lab) -> None:
    """Anna changes what was imported of the song in her name, and hands it in."""
    lab.add(song__anna__txt="21.5\t22.5\tDog\n")
    lab.do("check", state="draft")
    lab.do("apply")
    mine = annotations.get_mine(lab.anna, lab.tasks["song"])
    save(lab.anna, lab.tasks["song"], 1, {**mine["document"]["regions"][0], "end": 22.25})
    handing_in.submit(lab.anna, lab.tasks["song"], 2)


def test_nothing_is_added_to_what_a_person_handed_in(lab: Lab) -> None:
    _hand_in(lab)
    report = lab.bring(song__anna__txt="40\t41\tDog\n")
    assert report["new"] == 0
    assert lab.problems() == [
        ("song.anna.txt", "song.wav", "anna has handed this task in already; 1 item stays out. Withdraw it first.")
    ]


def test_which_task_of_a_cut_recording_was_handed_in_is_said_with_its_span(lab: Lab) -> None:
    with get_database().write() as session:
        session.get_one(Task, int(lab.tasks["song"])).start = 20.25
    _hand_in(lab)
    lab.bring(song__anna__txt="40\t41\tDog\n42\t43\tDog\n")
    ((_, place, reason),) = lab.problems()
    assert place == "song.wav, 20.25 to 60 s"
    assert reason == "anna has handed this task in already; 2 items stay out. Withdraw it first."


def test_labels_and_authors_are_as_the_manager_chose(lab: Lab) -> None:
    lab.add(song__Ben__txt="1\t2\twoof\n3\t4\tnoise\n5\t6\t\n", song__Cora__txt="1\t2\tDog\n")
    choices = {"labels": {"woof": "dog", "noise": None, "": "speech"}, "authors": {"Ben": "anna", "Cora": None}}
    lab.do("check", **choices)
    assert lab.do("apply", **choices)["new_labels"] == []
    (found,) = lab.documents().values()
    assert found["user"] == "anna"
    assert [(one["start"], one["label"]) for one in found["document"]["regions"]] == [(1.0, "dog"), (5.0, "speech")]


def test_a_new_label_may_be_made_though_one_of_the_project_fits(lab: Lab) -> None:
    lab.add(song__txt="1\t2\tdogs\n3\t4\tDog\n5\t6\tbark\n")
    choices = {"new_labels": {"dogs": "Pack of dogs", "bark": "Pack of dogs"}}
    report = lab.do("check", **choices)
    assert {one["name"]: (one["label"], one["new_name"]) for one in report["labels"]} == {
        "dogs": (None, "Pack of dogs"), "Dog": ("dog", ""), "bark": (None, "Pack of dogs"),
    }  # fmt: skip
    assert lab.do("apply", **choices)["new_labels"] == ["Pack of dogs"]
    (found,) = lab.documents().values()
    assert [one["label"] for one in found["document"]["regions"]] == ["pack-of-dogs", "dog", "pack-of-dogs"]
    assert lab.do("apply", **choices)["new"] == 0
    assert lab.do("undo")["undone_labels"]["removed"] == ["Pack of dogs"]


def test_a_new_label_needs_a_name_that_is_not_there(lab: Lab) -> None:
    lab.add(song__txt=ROWS)
    with pytest.raises(Invalid, match="There is a label 'Dog' already: give the new label of 'dogs' another name"):
        lab.do("check", new_labels={"dogs": "dog"})
    with pytest.raises(Invalid, match="needs a name"):
        lab.do("check", new_labels={"dogs": " "})
    with pytest.raises(Invalid, match="not both"):
        lab.do("check", new_labels={"dogs": "Pack"}, labels={"dogs": "dog"})


def test_an_author_may_be_kept_by_name_though_a_member_fits(lab: Lab) -> None:
    lab.add(song__anna__txt=ROWS)
    lab.do("check", authors={"anna": "@outside"})
    lab.do("apply")
    assert list(lab.documents()) == ["anna@outside"]
    assert lab.do("apply")["new"] == 0


def test_names_in_files_that_differ_in_case_become_one_new_label(lab: Lab) -> None:
    assert lab.bring(song__txt="1\t2\tclick\n3\t4\tClick\n")["new_labels"] == ["click"]
    (found,) = lab.documents().values()
    assert [one["label"] for one in found["document"]["regions"]] == ["click", "click"]


@pytest.mark.parametrize(
    "choices",
    [{"labels": {"x": "nope"}}, {"authors": {"x": "nobody"}}, {"state": "done"}, {"format": "docx"}, {"colour": 1}],
)
def test_choices_that_mean_nothing_are_refused(lab: Lab, choices: dict[str, Any]) -> None:
    lab.add(song__txt=ROWS)
    with pytest.raises(Invalid):
        lab.do("check", **choices)


def test_what_is_imported_as_approved_is_ground_truth(lab: Lab) -> None:
    lab.add(song__txt=ROWS)
    lab.do("check", state="approved")
    lab.do("apply")
    opened = exports.open_export(lab.manager, lab.project, format_name="audacity", which="consensus")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(opened.blocks)))
    assert archive.read("song.consensus.txt").decode() == "1.500000\t2.500000\tDog\n3.000000\t3.000000\tclick\n"


@pytest.mark.parametrize(
    "form",
    [
        "label-studio",
        "jams",
        "textgrid",
        "elan",
        "audacity",
        "raven",
        "lab",
        "dcase-strong",
        "rttm",
        "cvat",
        "csv",
        "labelbuddy-2022",
        "aoef",
    ],
)
def test_our_own_exports_come_back_as_they_were(lab: Lab, form: str) -> None:
    lab.bring(song__Ben__txt="1.5\t2.5\tDog\n2\t4\tSpeech\n", street__Ben__txt="1\t2\tMusic\n")
    before = regions_of(lab)
    opened = exports.open_export(lab.manager, lab.project, format_name=form)
    data = b"".join(opened.blocks)
    lab.do("undo")
    assert regions_of(lab) == set()
    name = {"label-studio": "x__json", "labelbuddy-2022": "x__json", "rttm": "x__rttm", "csv": "x__csv"}.get(
        form, "x__zip" if data[:2] == b"PK" else "x__tsv"
    )
    lab.bring(**{name: data})
    assert lab.problems() == []
    assert regions_of(lab) == before


def test_an_export_of_several_tasks_of_a_recording_comes_back(lab: Lab) -> None:
    report = lab.bring(song__Ben__txt="1\t2\tDog\n", **{"song__Ben__task-7__txt": "3\t4\tDog\n"})
    assert lab.problems() == []
    assert [one["name"] for one in report["authors"]] == ["Ben"]
    (found,) = lab.documents().values()
    assert [one["start"] for one in found["document"]["regions"]] == [1.0, 3.0]


def test_a_zip_may_hold_audio_and_notes_and_broken_files(lab: Lab) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("labels/song.txt", ROWS)
        archive.writestr("labels/street.TextGrid", "no grid")
        archive.writestr("audio/song.wav", b"RIFF\0\0")
        archive.writestr("__MACOSX/._song.txt", b"\0")
        archive.writestr("README.md", "notes")
    report = lab.bring(all__zip=buffer.getvalue())
    assert (report["files"], report["new"]) == (2, 2)
    ((file, place, reason),) = lab.problems()
    assert (file, place) == ("labels/street.TextGrid", "")
    assert "the TextGrid ends early" in reason


def test_words_on_tiers_may_be_texts(lab: Lab) -> None:
    grid = '"ooTextFile"\n"TextGrid"\n0\n9\n<exists>\n1\n"IntervalTier"\n"speech"\n0\n9\n1\n1\n2\n"so it is"\n'
    lab.add(song__TextGrid=grid)
    report = lab.do("check", contents="texts")
    assert [one["name"] for one in report["labels"]] == ["speech"]
    with pytest.raises(InvalidState, match="check the import again"):
        lab.do("apply", contents="labels")
    lab.do("apply")
    (found,) = lab.documents().values()
    assert [(one["label"], one["text"]) for one in found["document"]["regions"]] == [("speech", "so it is")]


def test_files_without_tiers_keep_their_labels_where_words_on_tiers_are_texts(lab: Lab) -> None:
    grid = '"ooTextFile"\n"TextGrid"\n0\n9\n<exists>\n1\n"IntervalTier"\n"speech"\n0\n9\n1\n1\n2\n"so it is"\n'
    lab.add(song__TextGrid=grid, odd__csv="recording,start,end,label\nsong.wav,3,4,Woof\n")
    lab.do("check", contents="texts")
    lab.do("apply")
    (found,) = lab.documents().values()
    assert [(one["label"], one["text"]) for one in found["document"]["regions"]] == [
        ("speech", "so it is"),
        ("woof", None),
    ]


def test_words_of_audacity_become_texts_where_words_are_texts(lab: Lab) -> None:
    lab.add(song__txt="1.0\t2.0\tso it is\n")
    lab.do("check", contents="texts", format="audacity")
    lab.do("apply")
    (found,) = lab.documents().values()
    assert [(one["label"], one["text"]) for one in found["document"]["regions"]] == [("speech", "so it is")]


def test_a_recording_without_marks_is_an_empty_answer(lab: Lab) -> None:
    lab.bring(x__tsv="filename\tonset\toffset\tevent_label\nsong.wav\t\t\t\n")
    (found,) = lab.documents().values()
    assert (found["state"], found["document"]["regions"]) == ("submitted", [])


@pytest.mark.parametrize(
    "files",
    [{"x__csv": "file,start,end,label\nsong.wav,5,3,Dog\n"}, {"song__txt": "5\t3\tDog\n"}],
    ids=["table", "file of a recording"],
)
def test_a_recording_of_which_every_row_is_wrong_gets_no_empty_answer(lab: Lab, files: dict[str, str]) -> None:
    lab.bring(**files)
    ((_, place, reason),) = lab.problems()
    assert place.startswith(("Line 1", "Line 2"))
    assert "lies before the start" in reason
    assert lab.documents() == {}


def test_only_managers_import_and_others_do_not_learn_of_it(lab: Lab, make_user: Callable[..., Actor]) -> None:
    number = lab.add(song__txt=ROWS)
    with pytest.raises(Forbidden):
        annotation_imports.begin(lab.anna, lab.project)
    for stranger in (lab.anna, make_user()):
        with pytest.raises(NotFound):
            annotation_imports.get(stranger, number)


def test_it_must_be_checked_first_and_files_must_be_of_labels(lab: Lab) -> None:
    lab.add(song__txt=ROWS)
    with pytest.raises(InvalidState, match="Check this import first"):
        annotation_imports.start(lab.manager, lab.number, "apply")
    with pytest.raises(InvalidState, match="nothing of this import"):
        annotation_imports.start(lab.manager, lab.number, "undo")
    with pytest.raises(Invalid, match="no file of labels"):
        annotation_imports.add_file(lab.manager, lab.number, "song.wav", b"")


def test_outside_authors_are_no_accounts(lab: Lab, make_user: Callable[..., Actor]) -> None:
    lab.bring(song__Ben__txt=ROWS)
    administrator = make_user(is_administrator=True)
    assert "ben@outside" not in {one["username"] for one in accounts.list_users(administrator)}


@on_both_databases
def test_two_imports_at_once_keep_one_person_of_a_name(lab: Lab) -> None:
    project, choices = int(lab.project), ImportChoices()
    with get_database().read() as session:
        first, second = (Authors(session, project, choices) for _ in range(2))
    with get_database().write() as session:
        kept = first.ensure(session, "Ben")
    with get_database().write() as session:
        assert second.ensure(session, "Ben") == kept
        assert second.username("Ben") == "ben@outside"


def regions_of(lab: Lab) -> set[tuple[str, float, float, str]]:
    found = set()
    for task in lab.tasks:
        for one in lab.documents(task).values():
            found |= {(task, x["start"], x["end"], x["label"]) for x in one["document"]["regions"]}
    return found


def test_recordings_of_which_nothing_is_taken_are_not_counted_but_listed_with_reasons(lab: Lab) -> None:
    lab.add(song__txt="1\t2\tDog\n", street__txt="5\t4\tDog\n7\t70\tDog\n")
    report = lab.do("check")
    assert (report["recordings"], report["untaken"]) == (
        1, [{"reason": "nothing in the files can be taken, see the problems", "count": 1, "names": ["street.wav"]}],
    )  # fmt: skip
    report = lab.do("check", labels={"Dog": None})
    assert (report["recordings"], [(one["reason"], one["count"]) for one in report["untaken"]]) == (
        0, [("all of its labels are left out", 1), ("nothing in the files can be taken, see the problems", 1)],
    )  # fmt: skip
    report = lab.do("check", authors={"imported": None})
    assert [(one["reason"], one["count"]) for one in report["untaken"]] == [("what imported annotated is left out", 2)]


def test_marks_without_a_label_are_counted_and_wait_for_one(lab: Lab) -> None:
    lab.add(song__txt="1\t2\t\n3\t4\t\n5\t6\tDog\n")
    report = lab.do("check")
    assert [(one["name"], one["count"], one["label"]) for one in report["labels"]] == [("", 2, None), ("Dog", 1, "dog")]
    assert [reason for _, _, reason in lab.problems()] == ["It has no label; choose one for marks without a label."] * 2
    assert lab.do("apply")["new_labels"] == []
    lab.do("check", labels={"": "music"})
    assert lab.do("apply")["new"] == 2


def test_a_label_that_is_no_line_of_text_is_listed_and_the_rest_comes_in(lab: Lab) -> None:
    report = lab.bring(song__txt="1\t2\tdo\x07g\n3\t4\tDog\n")
    assert (report["new"], [one["name"] for one in report["labels"]]) == (1, ["Dog"])
    assert ["control character" in reason for _, _, reason in lab.problems()] == [True]


def test_what_is_written_at_instants_stays_their_label_where_words_are_texts(lab: Lab) -> None:
    marks = (
        Mark(1.0, 2.0, "hello", tier="words"),
        Mark(1.5, 1.5, "H*", tier="tones"),
        Mark(1.9, 1.9, "L-L%", tier="tones"),
    )
    lab.add(song__TextGrid=praat_textgrid.write(Marked("song.wav", 8.0, marks)))
    lab.do("check", contents="texts")
    lab.do("apply", contents="texts")
    document = lab.documents()["imported@outside"]["document"]
    assert [(one["label"], one["text"]) for one in document["regions"]] == [("words", "hello")]
    labels = {one["id"]: one["name"] for one in projects.get_project(lab.manager, lab.project)["labels"]}
    assert [(labels[one["label"]], one["tier"]) for one in document["points"]] == [("H*", "tones"), ("L-L%", "tones")]
