"""Releases of a project with real audio: the same bytes, nothing that may not go, nothing that changes later."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import soundfile
import yaml
from sqlalchemy import event
from studio import RATE, Studio

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem, ProjectLabel, Recording, Release, Task
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.jobs.context import JobCancelled
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import recordings
from labelbuddy_core.services.releases import (
    release_differences,
    release_files,
    release_making,
    release_previews,
    releases,
    releases_at_once,
)
from labelbuddy_core.settings import get_settings

EVERYTHING: dict[str, Any] = {
    "formats": ["jsonl", "json", "csv", "textgrid", "jams", "dcase-strong", "audiofolder", "croissant", "parquet"],
    "audio": "clips",
    "sample_rate": 16_000,
    "validation": 0.25,
    "test": 0.25,
    "group_by": ["artist"],
}


def forget_release(release: str) -> None:
    with get_database().write() as session:
        session.delete(session.get_one(Release, int(release)))


def test_the_same_choices_over_the_same_state_give_the_same_bytes(studio: Studio) -> None:
    first = studio.make(**EVERYTHING)
    data = studio.archive_bytes(first["id"])
    assert hashlib.sha256(data).hexdigest() == first["sha256"]
    forget_release(first["id"])
    shutil.rmtree(get_settings().data / "storage" / "releases")
    second = studio.make(**EVERYTHING)
    assert studio.archive_bytes(second["id"]) == data
    third = studio.make("2.0", **EVERYTHING)
    assert third["content_sha256"] == first["content_sha256"]
    assert third["sha256"] != first["sha256"], "the card says another version"


def test_another_label_gives_another_hash(studio: Studio) -> None:
    first = studio.make()
    with get_database().write() as session:
        item = session.query(AnnotationItem).limit(1).one()
        item.value = {**item.value, "end": item.value["end"] + 0.001}
    assert studio.make("2.0")["content_sha256"] != first["content_sha256"]


def test_every_file_is_in_the_checksums_and_damage_is_found(studio: Studio, tmp_path: Path) -> None:
    made = studio.make(**EVERYTHING)
    file = tmp_path / "release.zip"
    size = releases_at_once.download_at_once("maria", made["id"], file)
    assert size == made["size"]
    assert releases_at_once.verify(file) == []
    whole = file.read_bytes()
    at = whole.index(b"fLaC") + 500
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    (problem,) = releases_at_once.verify(file)
    assert problem.endswith(".flac has changed.")
    file.write_bytes(whole[: len(whole) // 2])
    assert releases_at_once.verify(file) == ["release.zip is damaged, or is no release."]


def test_clips_are_cut_and_resampled_and_labels_are_on_their_time_line(studio: Studio) -> None:
    made = studio.make(formats=["jsonl", "csv"], audio="clips", sample_rate=16_000, validation=0.0, test=0.0)
    archive = studio.archive(made["id"])
    lines = [orjson.loads(line) for line in archive.read("labels/jsonl/all.jsonl").splitlines()]
    assert len(lines) == 16
    for line in lines:
        sound, rate = soundfile.read(io.BytesIO(archive.read(line["audio_path"])))
        assert (rate, len(sound)) == (16_000, 32_000)
        assert (line["task"]["start"], line["task"]["stop"]) == (0.0, 2.0)
        assert [(one["start"], one["end"]) for one in line["document"]["regions"]] == [(0.25, 1.0), (1.25, 1.5)]
    rows = list(csv.DictReader(io.StringIO(archive.read("splits.csv").decode())))
    assert [(row["start"], row["stop"]) for row in rows[:2]] == [("0.0", "2.0"), ("2.0", "4.0")]
    assert {row["split"] for row in rows} == {"all"}


def test_originals_are_in_it_once_and_byte_for_byte(studio: Studio) -> None:
    archive = studio.archive(studio.make(audio="original", test=0.25)["id"])
    sounds = [name for name in archive.namelist() if name.endswith(".wav")]
    assert len(sounds) == 8
    rows = {row["file"]: row for row in csv.DictReader(io.StringIO(archive.read("splits.csv").decode()))}
    for name in sounds:
        assert hashlib.sha256(archive.read(name)).hexdigest() == rows[name]["recording_sha256"]
        assert name.startswith(rows[name]["split"] + "/")


def test_no_artist_is_in_two_splits_and_an_audiofolder_has_its_table_beside_the_audio(studio: Studio) -> None:
    archive = studio.archive(studio.make(**EVERYTHING)["id"])
    where: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(archive.read("splits.csv").decode())):
        where.setdefault(str(int(row["recording"].split()[1].split(".")[0]) // 2), set()).add(row["split"])
    assert all(len(splits) == 1 for splits in where.values())
    assert set.union(*where.values()) == {"train", "validation", "test"}
    for split in ("train", "validation", "test"):
        for line in archive.read(f"{split}/metadata.jsonl").splitlines():
            assert f"{split}/{orjson.loads(line)['file_name']}" in archive.namelist()
    head = yaml.safe_load(archive.read("README.md").decode().split("---")[1])
    (config,) = head["configs"]
    assert config["data_files"][2] == {"split": "test", "path": "test/**"}


def test_the_preview_of_a_large_project_is_a_job_that_can_be_cancelled(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.record("nobody.wav")
    at_once = release_previews.preview(studio.manager, studio.project, {"validation": 0.3})
    monkeypatch.setattr(release_previews, "MOST_AT_ONCE", 1)
    begun = release_previews.preview(studio.manager, studio.project, {"validation": 0.3})
    studio.work(begun["job"]["id"], run=release_previews.run)
    assert jobs.get_job(studio.manager, begun["job"]["id"])["result"] == at_once
    with pytest.raises(Invalid, match="which"):
        release_previews.preview(studio.manager, studio.project, {"which": "some"})
    begun = release_previews.preview(studio.manager, studio.project, {})
    jobs.cancel_job(studio.manager, begun["job"]["id"])
    assert jobs.list_jobs(studio.manager, state=jobs.OPEN)["items"] == []


def test_what_may_not_go_is_left_out_listed_for_managers_and_not_named_outside(studio: Studio) -> None:
    for name, attribute, text in (
        ("secret.wav", "consent", "withdrawn"),
        ("maybe.wav", "consent", "research only"),
        ("label.wav", "license", "All rights reserved"),
    ):
        (task,) = studio.record(name, 1, **{attribute: text})
        studio.annotate(task, ("r1", 1.0, 2.0, "dog"))
    studio.record("nobody.wav")
    choices = {"audio": "original", "formats": ["json"]}
    shown = release_previews.preview(studio.manager, studio.project, choices)
    assert {one["reason"]: one["recordings"] for one in shown["left_out"]} == {
        "consent is refused, withdrawn or pending": ["secret.wav"],
        "consent says 'research only', which is not accepted": ["maybe.wav"],
        "the license 'All rights reserved' does not let audio be passed on": ["label.wav"],
        "nothing approved or merged": ["nobody.wav"],
    }
    made = studio.make(**choices)
    assert made["figures"] == shown["figures"]
    assert [one["recording"] for one in release_files.left_out(studio.manager, made["id"])] == [
        "secret.wav", "maybe.wav", "label.wav", "nobody.wav",
    ]  # fmt: skip
    archive = studio.archive(made["id"])
    for name in archive.namelist():
        for hidden in (b"secret.wav", b"maybe.wav", b"label.wav", b"research only", b"All rights reserved"):
            assert hidden not in archive.read(name), name
    card = archive.read("README.md").decode()
    for line in (
        "- 1 task: consent is refused, withdrawn or pending",
        "- 1 task: consent says something which is not accepted",
        "- 1 task: the license does not let audio be passed on",
    ):
        assert line in card
    accepted = studio.make("2", **choices, consents=["Research only"], licenses=["all rights reserved"])
    assert accepted["figures"]["recordings"] == 10


def test_people_inside_are_only_named_when_somebody_chose_so(studio: Studio) -> None:
    hidden = studio.archive(studio.make(which="approved")["id"])
    assert all(b"anna" not in hidden.read(name) for name in hidden.namelist())
    assert f"annotator-{studio.annotator.id}".encode() in hidden.read("labels/csv/train.csv")
    named = studio.archive(studio.make("2", which="approved", fields=["regions", "annotators"])["id"])
    assert b"anna" in named.read("labels/csv/train.csv")


def test_an_old_release_stays_as_it_was_when_labels_and_recordings_change(studio: Studio) -> None:
    first = studio.make(audio="original")
    before = studio.archive_bytes(first["id"])
    with get_database().write() as session:
        session.query(ProjectLabel).filter_by(id="dog").one().name = "Hound"
        number = session.query(Recording.id).limit(1).scalar()
    recordings.delete_recording(studio.manager, number)
    assert studio.archive_bytes(first["id"]) == before
    second = studio.make("2.0")
    found = release_differences.differences(studio.manager, second["id"], first["id"])
    assert found["labels"] == [{"label": "dog", "before": "Dog", "after": "Hound"}]
    assert found["counts"]["task removed"] == 2
    assert all(one["task"] is None for one in found["items"] if one["kind"] == "task removed")


def test_every_change_between_two_releases_is_listed_with_where_it_is_heard(studio: Studio) -> None:
    whole: dict[str, Any] = {"validation": 0.0, "test": 0.0}
    first = studio.make(**whole)
    one, two, three, four = [str(number) for number in range(1, 5)]
    studio.annotate(one, ("r1", 0.5, 1.0, "speech"), ("r2", 1.25, 1.5, "music"))
    studio.annotate(two, ("r1", 2.25, 3.0, "dog"), ("r2", 3.25, 3.5, "music"))
    studio.annotate(three, ("r2", 1.25, 1.5, "music"), ("r9", 1.75, 1.9, "music"))
    studio.annotate(four, ("r1", 2.25, 3.0, "dog"), ("r2", 3.25, 3.5, "music"), state="rejected")
    second = studio.make("2.0", **whole)
    found = release_differences.differences(studio.manager, second["id"], first["id"])
    assert found["counts"] == {"task removed": 1, "added": 1, "removed": 1, "moved": 1, "relabeled": 1}
    seen = {item["kind"]: (item["task"], item["start"], item["stop"]) for item in found["items"]}
    assert seen["moved"] == (one, 0.25, 1.0)
    assert seen["relabeled"] == (two, 2.25, 3.0)
    assert seen["added"] == (three, 1.75, 1.9)
    (relabeled,) = release_differences.differences(studio.manager, second["id"], first["id"], kind="relabeled")["items"]
    assert (relabeled["before"]["label"], relabeled["after"]["label"]) == ("Speech", "Dog")


def test_a_task_in_another_split_is_told(studio: Studio) -> None:
    first, second = studio.make(seed=1, test=0.4), studio.make("2.0", seed=5, test=0.4)
    found = release_differences.differences(studio.manager, second["id"], first["id"])
    assert set(found["counts"]) == {"split changed"}
    assert {found["items"][0]["before"], found["items"][0]["after"]} <= {"train", "validation", "test"}


def test_a_cancelled_release_goes_on_with_what_was_frozen_and_the_clips_that_are_there(studio: Studio) -> None:
    whole = studio.make(**EVERYTHING)
    forget_release(whole["id"])
    begun = studio.begin(**EVERYTHING)

    def cancel(_fraction: float, message: str) -> None:
        if message.startswith("Writing the archive"):
            jobs.cancel_job(studio.manager, begun["job"]["id"])

    with pytest.raises(JobCancelled):
        studio.work(begun["job"]["id"], cancel)
    with get_database().write() as session:  # what changes now comes too late
        session.query(ProjectLabel).filter_by(id="dog").one().name = "Hound"
        session.query(AnnotationItem).delete()
    resumed = releases.resume(studio.manager, begun["id"])
    studio.work(resumed["job"]["id"])
    assert releases.get_release(studio.manager, begun["id"])["sha256"] == whole["sha256"]
    assert not (get_settings().data / "work" / f"release-{begun['id']}").exists()


def test_a_job_that_is_done_twice_publishes_the_same_once(studio: Studio) -> None:
    begun = studio.begin()
    for _ in range(2):
        release_making.make(int(begun["id"]), lambda *_: None)
    made = releases.get_release(studio.manager, begun["id"])
    assert made["state"] == "published"
    assert hashlib.sha256(studio.archive_bytes(begun["id"])).hexdigest() == made["sha256"]


def test_a_version_never_stands_for_two_things(studio: Studio) -> None:
    studio.make()
    with pytest.raises(InvalidState, match="choose another version"):
        studio.begin()


def test_withdrawing_deletes_nothing_and_deleting_wants_the_version(studio: Studio) -> None:
    made = studio.make()
    with pytest.raises(InvalidState, match="Withdraw the release first"):
        releases.remove(studio.manager, made["id"], "1.0")
    releases.withdraw(studio.manager, made["id"], "Wrong labels")
    with pytest.raises(InvalidState, match="withdrawn: Wrong labels"):
        release_files.archive(studio.manager, made["id"])
    releases.put_back(studio.manager, made["id"])
    assert studio.archive_bytes(made["id"])
    releases.withdraw(studio.manager, made["id"], "Wrong labels")
    with pytest.raises(Invalid, match="Confirm with the version"):
        releases.remove(studio.manager, made["id"], "yes")
    releases.remove(studio.manager, made["id"], "1.0")
    left = releases.get_release(studio.manager, made["id"])
    assert (left["state"], left["sha256"]) == ("deleted", made["sha256"])
    assert not list(open_store(get_settings()).keys("releases/"))


def test_deleting_the_project_deletes_what_its_releases_hold(studio: Studio) -> None:
    studio.make(audio="original")
    projects.delete_project(studio.manager, studio.project)
    assert not list(open_store(get_settings()).keys("releases/"))


def test_an_empty_release_is_refused_with_the_reason(empty_studio: Studio) -> None:
    empty_studio.record("a.wav")
    begun = empty_studio.begin()
    with pytest.raises(InvalidState, match=r"Nothing would be in this release \(1 task: [a-z ]+\)\. Approve, "):
        empty_studio.work(begun["job"]["id"])


def test_single_files_are_read_from_the_archive_and_nothing_else(studio: Studio) -> None:
    made = studio.make(audio="original")
    name, card = release_files.one_file(studio.manager, made["id"], "README.md")
    assert (name, card) == ("README.md", studio.archive(made["id"]).read("README.md"))
    with pytest.raises(NotFound):
        release_files.one_file(studio.manager, made["id"], "../labelbuddy.sqlite")


def test_the_card_tells_counts_hours_labels_licenses_and_splits(studio: Studio) -> None:
    with get_database().write() as session:
        for recording in session.query(Recording):
            recording.attributes = {**recording.attributes, "license": "CC BY 4.0"}
    card = studio.archive(studio.make(test=0.25, validation=0.0)["id"]).read("README.md").decode()
    assert "16 tasks of 8 recordings, 0.00889 hours; 32 events" in card
    assert "| Music | 12 | 4 | 16 | 0 |" in card
    assert "- recordings: CC BY 4.0: 16 tasks" in card
    assert "(16 approved)" in card


def test_an_attribute_that_no_recording_has_keeps_nothing_together_and_is_refused(studio: Studio) -> None:
    for ask in (studio.begin, lambda **choices: release_previews.preview(studio.manager, studio.project, choices)):
        with pytest.raises(Invalid, match=r"No recording has the attribute 'artst'.*they have artist\.") as refused:
            ask(group_by=["artst"])
        assert refused.value.field == "group_by"
    found = release_previews.preview(studio.manager, studio.project, {"group_by": ["Artist"]})
    assert (found["figures"]["ungrouped"], "a group of its own" in str(found["warnings"])) == ({"artist": 0}, False)


def test_an_attribute_that_only_recordings_which_are_left_out_have_is_refused_for_that_reason(studio: Studio) -> None:
    studio.record("take.wav", session="monday")  # which nobody annotated, so it does not go in
    told = r"^No recording that goes into the release has the attribute 'session'.*they have artist\."
    with pytest.raises(Invalid, match=told) as refused:
        release_previews.preview(studio.manager, studio.project, {"group_by": ["session"]})
    assert refused.value.field == "group_by"


def test_preview_and_card_say_how_many_recordings_are_kept_together_with_no_other(studio: Studio) -> None:
    with get_database().write() as session:
        for recording in session.query(Recording).limit(3):
            recording.attributes = {"session": "monday"}
    found = release_previews.preview(studio.manager, studio.project, {"group_by": ["artist"]})
    told = "3 of 8 recordings have no artist; each that has no artist is a group of its own."
    assert (found["figures"]["ungrouped"], told in found["warnings"]) == ({"artist": 3}, True)
    card = studio.archive(studio.make(group_by=["artist"])["id"]).read("README.md").decode()
    assert f"so are those that share artist. {told} Seed 0." in card
    both = release_previews.preview(studio.manager, studio.project, {"group_by": ["artist", "session"]})
    assert both["warnings"][0] == (
        "3 of 8 recordings have no artist, 5 of 8 recordings have no session; "
        "each that has none of these attributes is a group of its own."
    )


def test_the_head_of_the_card_names_the_license_as_the_hub_does(studio: Studio) -> None:
    def give(*licenses: str) -> None:
        with get_database().write() as session:
            for number, recording in enumerate(session.query(Recording)):
                recording.attributes = {"license": licenses[number % len(licenses)]}

    def head(version: str) -> tuple[dict[str, Any], list[str]]:
        archive = studio.archive(studio.make(version, audio="original")["id"])
        return yaml.safe_load(archive.read("README.md").decode().split("---")[1]), archive.namelist()

    give("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
    one, files = head("1")
    assert (one["license"], "license_name" in one, "LICENSE.md" in files) == ("cc-by-4.0", False, False)
    give("CC BY 4.0", "CC0")
    assert head("2")[0]["license"] == ["cc-by-4.0", "cc0-1.0"]
    give("For studies of the station")
    own, files = head("3")
    assert [own[name] for name in ("license", "license_name", "license_link")] == [
        "other", "for-studies-of-the-station", "LICENSE.md",
    ]  # fmt: skip
    assert "LICENSE.md" in files


def test_a_region_beyond_the_stretch_of_its_task_does_not_leave_the_clip(studio: Studio) -> None:
    with get_database().write() as session:
        task = session.query(Task).limit(1).one()
        task.stop = 0.9
    made = studio.make(formats=["jsonl"], audio="clips", test=0.0, validation=0.0)
    first = orjson.loads(studio.archive(made["id"]).read("labels/jsonl/all.jsonl").splitlines()[0])
    sound, rate = soundfile.read(io.BytesIO(studio.archive(made["id"]).read(first["audio_path"])))
    assert (rate, len(sound)) == (RATE, 7200)
    assert max(one["end"] for one in first["document"]["regions"]) == 0.9


def test_a_merged_consensus_keeps_its_soft_labels_but_no_names_and_stays_out_when_it_is_stale(studio: Studio) -> None:
    studio.merge("1", (1, 2))
    studio.merge("2", (2, 1))  # the annotation has a newer revision
    made = studio.make(formats=["jsonl"], test=0.0, validation=0.0)
    assert made["figures"]["kinds"] == {"approved": 14, "merged": 1}
    assert made["figures"]["left_out"] == {"a consensus merged from older annotations; merge again": 1}
    archive = studio.archive(made["id"])
    first = orjson.loads(archive.read("labels/jsonl/all.jsonl").splitlines()[0])
    (soft,) = first["consensus"]["soft"]["regions"].values()
    assert (soft["onset_spread"], soft["annotators"]) == (0.01, [f"annotator-{studio.annotator.id}"])
    assert all(b"anna" not in archive.read(name) for name in archive.namelist())
    only = studio.make("2", kinds=["merged"])
    assert only["figures"]["left_out"]["its ground truth is approved, which was not chosen"] == 14


def test_a_list_of_releases_takes_the_same_queries_however_many_there_are(studio: Studio) -> None:
    def queries() -> int:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        engine = get_database().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            releases.list_releases(studio.manager, studio.project)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len([one for one in statements if one.startswith("SELECT")])

    studio.begin("1")
    one = queries()
    for number in range(2, 6):
        studio.begin(str(number))
    assert queries() == one


def test_the_card_tells_how_far_people_agree_and_two_approved_annotations_need_a_consensus(
    studio: Studio, make_user: Callable[..., Actor]
) -> None:
    assert "so it was not measured" in studio.archive(studio.make()["id"]).read("README.md").decode()
    studio.annotator = make_user("ben")
    for task in range(1, 5):
        begin = 0.0 if task % 2 else 2.0
        studio.annotate(
            str(task), ("r1", begin + 0.25, begin + 1.0, "speech"), ("r2", begin + 1.2, begin + 1.5, "music")
        )
    made = studio.make("2")
    assert made["figures"]["left_out"] == {"several approved annotations and no consensus": 4}
    card = studio.archive(made["id"]).read("README.md").decode()
    agreement = card.split("## Agreement\n\n")[1].split("\n\n## ")[0].splitlines()
    assert any(line.startswith("- ") and "Music" in line for line in agreement)
    told = "\n".join(agreement).split("### ")[1:]
    assert [part.splitlines()[0].split(":")[0] for part in told] == ["Time", "Events"]
    for part in told:
        figures = [line.split(": ")[0] for line in part.splitlines() if line.startswith("- ")]
        assert figures
        assert len(set(figures)) == len(figures), "no figure is told twice under a heading"
    assert "ben" not in card
