"""What managers see and do on the tab of releases: choose, preview, make, compare, withdraw and delete."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem, Recording
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.services.releases import (
    release_comparisons,
    release_making,
    release_previews,
    releases,
)
from tests.imports.conftest import context

Make = Callable[..., Any]
PARTS = (":material/add: New release", ":material/difference: What changed between two")


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def project(manager: Actor, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> str:
    """Ten approved tasks with a region each, two of them of a band with words of its own, and one that nobody did."""
    anna = make_user("anna")
    number = make_project(managers=(manager,), annotators=(anna,))
    for _ in range(10):
        annotation = add_annotation(add_task(number, annotators=(anna,)), anna, state="approved")
        value = {"id": "r1", "start": 1.0, "end": 2.0, "label": "dog", "origin": {"kind": "human"}}
        with get_database().write() as session:
            session.add(
                AnnotationItem(
                    annotation_id=int(annotation), collection="regions", key="r1", label="dog", start=1.0, stop=2.0,
                    value=value,
                )
            )  # fmt: skip
    add_task(number, name="nobody.wav")
    with get_database().write() as session:
        for recording in session.query(Recording).order_by(Recording.id).limit(2):
            recording.attributes = {"artist": "A Band", "consent": "research only", "license": "CC BY 4.0"}
    return number


@pytest.fixture
def page(app: Make, manager: Actor, project: str) -> AppTest:
    at = app(manager).run()
    at.switch_page("project.py").run()
    assert not at.exception
    return at


def work(manager: Actor, project: str) -> dict[str, Any]:
    """Do the job of the newest release as the worker does; the release."""
    (newest, *_) = releases.list_releases(manager, project)["items"]
    job = newest["job"]["id"]
    DatabaseJobBoard().finish(job, "succeeded", release_making.run(context(job)), None)
    return releases.get_release(manager, newest["id"])


def open_part(at: AppTest, name: str) -> None:
    """Have the form, or the comparison, drawn."""
    (control,) = [one for one in at.segmented_control if (one.key or "").startswith("release-part-")]
    control.set_value(next(option for option in PARTS if option.endswith(name))).run()


def field(elements: Any, name: str) -> Any:
    """The element of this name in the form of a release, or of a comparison."""
    (found,) = [one for one in elements if re.fullmatch(rf"(release|compared-\d+)-\d+-{name}", one.key or "")]
    return found


def texts(at: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*at.markdown, *at.caption, *at.error, *at.success, *at.warning))


def test_the_preview_of_a_large_project_waits_for_its_job_and_goes_when_something_else_is_chosen(
    page: AppTest, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_previews, "MOST_AT_ONCE", 1)
    open_part(page, "New release")
    page.button(key="release-preview").click().run()
    assert not page.exception
    assert "its progress is at the top of the page" in texts(page)
    (job,) = jobs.list_jobs(manager, state=jobs.OPEN)["items"]
    DatabaseJobBoard().finish(job["id"], "succeeded", release_previews.run(context(job["id"])), None)
    page.run()
    assert "**3 tasks are left out**" in texts(page)
    field(page.multiselect, "consents").set_value(["research only"]).run()
    assert "are left out" not in texts(page)


def test_a_release_is_previewed_made_compared_withdrawn_and_deleted(
    page: AppTest, manager: Actor, project: str
) -> None:
    open_part(page, "New release")
    field(page.text_input, "version").set_value("1.0")
    field(page.multiselect, "formats").set_value(["csv"])
    page.button(key="release-preview").click().run()
    assert not page.exception
    assert "**3 tasks are left out**" in texts(page)
    (splits,) = [one.value for one in page.dataframe if "Split" in one.value.columns]
    assert all(re.fullmatch(r"\d+:\d\d", one) for one in splits["Length"])
    field(page.multiselect, "groups").set_value(["artist"])
    field(page.multiselect, "consents").set_value(["research only"])
    page.button(key="release-preview").click().run()
    assert "**1 task is left out**" in texts(page)
    page.button(key="release-make").click().run()
    assert "At work" in texts(page)
    made = work(manager, project)
    assert (made["version"], made["choices"]["formats"]) == ("1.0", ["csv"])

    with get_database().write() as session:
        item = session.query(AnnotationItem).order_by(AnnotationItem.annotation_id, AnnotationItem.key).limit(1).one()
        item.value = {**item.value, "end": 2.5}
    assert field(page.text_input, "version").value == "", "the next one has another version"
    field(page.text_input, "version").set_value("1.0").run()
    page.button(key="release-make").click().run()
    assert "choose another version" in texts(page)
    field(page.text_input, "version").set_value("1.1").run()
    page.button(key="release-make").click().run()
    work(manager, project)
    page.run()
    open_part(page, "What changed between two")
    assert not page.exception
    (changes,) = [one.value for one in page.dataframe if "Change" in one.value.columns]
    assert changes["Change"].tolist() == ["region: moved"]
    assert changes["Play"].tolist()[0].endswith("/audio#t=1.000,2.500")
    assert re.fullmatch(rf"insight\?project={project}&task=\d+&at=1\.000", changes["Open"].tolist()[0])

    page.button(key=f"withdraw-{made['id']}").click().run()
    page.button(key=f"withdraw-{made['id']}").click()  # AppTest runs the whole page, so the opener is pressed too
    page.text_input(key=f"reason-{made['id']}").set_value("A typo")
    page.button(key=f"really-withdraw-{made['id']}").click().run()
    assert releases.get_release(manager, made["id"])["state"] == "withdrawn"
    page.run()
    page.button(key=f"delete-release-{made['id']}").click().run()
    page.button(key=f"delete-release-{made['id']}").click()
    page.text_input(key=f"confirm-{made['id']}").set_value("1.0")
    page.button(key=f"really-delete-{made['id']}").click().run()
    assert releases.get_release(manager, made["id"])["state"] == "deleted"
    assert not page.run().exception


def test_a_release_of_nothing_is_told_once_and_what_failed_is_not_being_made(
    page: AppTest, manager: Actor, project: str
) -> None:
    open_part(page, "New release")
    field(page.pills, "kinds").set_value(["merged"])
    page.button(key="release-preview").click().run()
    assert [one.value for one in page.warning] == [
        r"Nothing would be in this release\. Below is why; approve, merge or adjudicate, or choose other labels\."
    ]
    begun = releases.begin(manager, project, name="Sounds", version="1.0", choices={"kinds": ["merged"]})
    page.run()
    assert ":blue-badge[Being made]" in texts(page)
    DatabaseJobBoard().finish(begun["job"]["id"], "failed", None, "Nothing would be in this release.")
    page.run()
    assert ":red-badge[Not finished]" in texts(page)
    assert "Being made" not in texts(page)


def test_a_release_that_was_cancelled_says_so_and_can_go_on(page: AppTest, manager: Actor, project: str) -> None:
    begun = releases.begin(manager, project, name="Sounds", version="1.0", choices={})
    jobs.cancel_job(manager, begun["job"]["id"])
    page.run()
    assert ":gray-badge[Cancelled]" in texts(page)
    assert "It was cancelled." in texts(page)
    assert "Not finished" not in texts(page)
    page.button(key=f"resume-release-{begun['id']}").click().run()
    assert ":blue-badge[Being made]" in texts(page)


def test_what_was_chosen_of_audio_is_there_again_after_a_look_at_a_release_without(page: AppTest) -> None:
    open_part(page, "New release")
    field(page.selectbox, "audio").set_value("clips").run()
    field(page.selectbox, "rate").set_value(16_000)
    field(page.selectbox, "channels").set_value(1)
    field(page.multiselect, "licenses").set_value(["CC BY 4.0"])
    field(page.checkbox, "license").check().run()
    field(page.selectbox, "audio").set_value("none").run()
    field(page.selectbox, "audio").set_value("clips").run()
    assert field(page.checkbox, "license").value
    assert field(page.multiselect, "licenses").value == ["CC BY 4.0"]
    assert [field(page.selectbox, name).value for name in ("rate", "channels")] == [16_000, 1]


def test_which_ground_truth_counts_is_there_again_after_a_look_at_other_labels(page: AppTest) -> None:
    open_part(page, "New release")
    field(page.pills, "kinds").set_value(["adjudicated", "approved"]).run()
    field(page.selectbox, "which").set_value("approved").run()
    field(page.selectbox, "which").set_value("consensus").run()
    assert field(page.pills, "kinds").value == ["adjudicated", "approved"]


@pytest.fixture
def two_releases(page: AppTest, manager: Actor, project: str) -> AppTest:
    """The page of a project that has two releases to compare."""
    for version in ("1.0", "1.1"):
        releases.begin(manager, project, name="Sounds", version=version, choices={"consents": ["research only"]})
        work(manager, project)
    return page.run()


def test_nothing_typed_is_lost_by_a_look_at_what_changed(two_releases: AppTest) -> None:
    page = two_releases
    open_part(page, "New release")
    field(page.text_input, "name").set_value("Street")
    field(page.text_input, "version").set_value("2.0")
    field(page.multiselect, "formats").set_value(["csv"])
    field(page.number_input, "test").set_value(0.25)
    field(page.checkbox, "consent").check().run()
    field(page.text_area, "note").set_value("Typed last")  # comes with the press that hides it
    open_part(page, "What changed between two")
    assert not [one for one in page.text_input if one.label == "Version"]
    open_part(page, "New release")
    assert [field(page.text_input, name).value for name in ("name", "version")] == ["Street", "2.0"]
    assert field(page.text_area, "note").value == "Typed last"
    assert field(page.multiselect, "formats").value == ["csv"]
    assert field(page.number_input, "test").value == 0.25
    assert field(page.checkbox, "consent").value


def test_which_releases_are_compared_is_there_again_after_a_look_at_the_form(
    two_releases: AppTest, manager: Actor, project: str
) -> None:
    page = two_releases
    open_part(page, "What changed between two")
    older, newer = field(page.selectbox, "before").value, field(page.selectbox, "after").value
    field(page.selectbox, "before").set_value(newer)
    field(page.selectbox, "after").set_value(older).run()
    open_part(page, "New release")
    open_part(page, "What changed between two")
    assert [field(page.selectbox, name).value for name in ("before", "after")] == [newer, older]
    releases.begin(manager, project, name="Sounds", version="1.2", choices={"consents": ["research only"]})
    newest = work(manager, project)["id"]
    page.run()
    assert [field(page.selectbox, name).value for name in ("before", "after")] == [newer, newest]


def test_every_project_has_a_form_of_its_own(app: Make, manager: Actor, project: str, make_project: Make) -> None:
    other = make_project(managers=(manager,), name="Other")
    at = app(manager).run()
    at.switch_page("project.py").run()

    def look_at(number: str) -> None:
        at.sidebar.selectbox[0].set_value(number).run()
        open_part(at, "New release")

    look_at(project)
    field(at.text_input, "version").set_value("3.0").run()
    look_at(other)
    assert field(at.text_input, "version").value == ""
    look_at(project)
    assert field(at.text_input, "version").value == "3.0"


def test_an_attribute_that_no_recording_has_any_more_is_chosen_no_more(page: AppTest) -> None:
    open_part(page, "New release")
    field(page.multiselect, "groups").set_value(["artist", "license"]).run()
    with get_database().write() as session:
        for recording in session.query(Recording):
            recording.attributes = {"license": "CC BY 4.0"} if recording.attributes else {}
    page.run()
    assert not page.exception
    assert field(page.multiselect, "groups").value == ["license"]


def test_licenses_are_asked_for_where_audio_is_given_away(page: AppTest) -> None:
    open_part(page, "New release")
    assert "Audio only with a license" not in [one.label for one in page.checkbox]
    field(page.selectbox, "audio").set_value("original").run()
    assert "Audio only with a license" in [one.label for one in page.checkbox]
    assert field(page.multiselect, "licenses").options == ["CC BY 4.0"]


def test_any_two_releases_are_compared_and_large_ones_by_a_job(
    page: AppTest, manager: Actor, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = {"formats": ["csv"], "consents": ["research only"]}
    for number in range(12):
        releases.begin(manager, project, name="Sounds", version=f"{number}.0", choices=choices)
        work(manager, project)
        with get_database().write() as session:
            items = session.query(AnnotationItem).order_by(AnnotationItem.annotation_id, AnnotationItem.key)
            item = items.limit(1).one()
            item.value = {**item.value, "end": 2.0 + number / 10}
    page.run()
    open_part(page, "What changed between two")
    choices = field(page.selectbox, "before")
    assert (len(choices.options), choices.options[0][:11], choices.options[-1][:10]) == (
        12,
        "Sounds 11.0",
        "Sounds 0.0",
    )
    monkeypatch.setattr(release_comparisons, "MOST_AT_ONCE", 1)
    oldest = releases.list_releases(manager, project, limit=12)["items"][-1]["id"]
    field(page.selectbox, "before").set_value(oldest).run()
    (button,) = [one for one in page.button if (one.key or "").startswith("compare-")]
    button.click().run()
    assert "the progress is at the top of the page" in texts(page)
    (job,) = jobs.list_jobs(manager, state=jobs.OPEN)["items"]
    DatabaseJobBoard().finish(job["id"], "succeeded", release_comparisons.run(context(job["id"])), None)
    page.run()
    assert not page.exception
    (changes,) = [one.value for one in page.dataframe if "Change" in one.value.columns]
    assert changes["Change"].tolist() == ["region: moved"]
    assert "1 to 1 of 1" in texts(page)
