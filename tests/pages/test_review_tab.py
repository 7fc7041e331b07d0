"""The tab of a project about its reviews, and what the review page says of the sampling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.reviews import review_claims, review_sampling

Make = Callable[..., Any]


def test_a_manager_sets_the_rules_and_names_reviewers_for_what_waits(
    app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    manager, annotator, reviewer = make_user("maria"), make_user("ada"), make_user("rita")
    project = make_project(managers=(manager,), annotators=(annotator,), reviewers=(reviewer,))
    add_annotation(add_task(project, annotators=(annotator,)), annotator, state="submitted")
    at = app(manager).run()
    at.switch_page("project.py").run()
    assert not at.exception
    next(one for one in at.button if one.label == "Name reviewers for 1 task").click().run()
    assert not at.exception
    assert next(one for one in at.button if one.label == "Name reviewers for 0 tasks").disabled
    next(one for one in at.selectbox if one.label == "What comes first?").set_value("disagreement")
    next(one for one in at.number_input if one.label == "Share that is reviewed (%)").set_value(20.0)
    next(one for one in at.button if one.label == "Save rules").click().run()
    assert not at.exception
    kept = projects.get_project(manager, project)["reviewing"]
    assert (kept["order"], kept["share"], kept["below_confidence"]) == ("disagreement", 20.0, None)


def test_the_review_page_tells_what_is_not_reviewed(
    app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    manager, annotator, reviewer = make_user("maria"), make_user("ada"), make_user("rita")
    project = make_project(managers=(manager,), annotators=(annotator,), reviewers=(reviewer,))
    add_annotation(add_task(project, annotators=(annotator,)), annotator, state="submitted")
    projects.update_project(manager, project, {"reviewing": {"share": 0}})
    review_sampling.apply_rules(int(project))
    at = app(reviewer).run()
    at.switch_page("review.py").run()
    assert not at.exception
    assert any("1 is not in the sample and stays submitted" in one.value for one in at.markdown)


def test_captions_that_contradict_each_other_are_told_under_the_review(
    app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    people, reviewer = (make_user("ada"), make_user("ben")), make_user("rita")
    project = make_project(annotators=people, reviewers=(reviewer,), annotators_per_task=2)
    task = add_task(project, annotators=people)
    for person, text in zip(people, ("A slow piano.", "A fast piano."), strict=True):
        annotation = add_annotation(task, person, state="submitted")
        with get_database().write() as session:
            value = {"text": text, "origin": {"kind": "human"}}
            session.add(AnnotationItem(annotation_id=int(annotation), collection="caption", key="caption", value=value))
    at = app(reviewer).run()
    at.switch_page("review.py").run()
    assert not at.exception
    assert any(one.value.startswith("**ada**: A :red-background[slow] piano") for one in at.markdown)
    assert any("“slow” (tempo) is contradicted by ben" in one.value for one in at.caption)


def test_a_second_reviewer_is_given_the_next_one_and_a_manager_releases_what_is_open(
    app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    manager, annotator = make_user("maria"), make_user("ada")
    rita, rolf = make_user("rita"), make_user("rolf")
    project = make_project(managers=(manager,), annotators=(annotator,), reviewers=(rita, rolf))
    first, second = (
        add_annotation(add_task(project, annotators=(annotator,)), annotator, state="submitted") for _ in range(2)
    )
    at = app(rita).run()
    at.switch_page("review.py").run()
    assert not at.exception
    at = app(rolf).run()
    at.query_params["annotation"] = first
    at.switch_page("review.py").run()
    assert "Rita is reviewing this annotation now" in at.info[0].value
    assert any("being reviewed by Rita" in one.value for one in at.caption)
    assert [one["annotation"] for one in review_claims.claims(manager, project)] == [first, second]
    at = app(manager).run()
    at.switch_page("project.py").run()
    at.button(key=f"release-{first}").click().run()
    assert not at.exception
    assert [one["annotation"] for one in review_claims.claims(manager, project)] == [second]
