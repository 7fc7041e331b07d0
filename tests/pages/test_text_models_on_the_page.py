"""A model of text vectors in the tab of a project's models, and what the review says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.reviews import caption_embedding
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]
YAML = "name: meaning\nendpoint: http://127.0.0.1:9\nprotocol: openai-embeddings\n"


def test_a_manager_has_captions_compared_and_the_review_says_that_they_wait(
    app: Make,
    make_user: Make,
    make_project: Make,
    add_task: Make,
    add_annotation: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    get_settings.cache_clear()
    manager, people, reviewer = make_user(), (make_user("ada"), make_user("ben")), make_user("rita")
    project = make_project(managers=(manager,), annotators=people, reviewers=(reviewer,), annotators_per_task=2)
    task = add_task(project, annotators=people)
    for person, text in zip(people, ("A slow piano.", "A piano."), strict=True):
        annotation = add_annotation(task, person, state="submitted")
        value = {"text": text, "origin": {"kind": "human"}}
        with get_database().write() as session:
            session.add(AnnotationItem(annotation_id=int(annotation), collection="caption", key="caption", value=value))
    model = models.create_model(manager, YAML)["id"]
    model_links.link_model(manager, project, model)
    at = app(manager).run()
    at.switch_page("project.py").run()
    assert any("No caption has a vector yet" in one.value for one in at.markdown)
    at.button(key=f"embed-{model}").click().run()
    assert any("**0** of 2 different captions" in one.value for one in at.markdown)
    at.button(key=f"embed-{model}").click()  # AppTest runs the whole page, so what opened the dialog is pressed too
    next(one for one in at.button if one.label == "Compare").click().run()
    assert not at.exception
    shown = [one.proto.text for one in at.run().get("progress")]  # type: ignore[attr-defined]
    assert "Comparing captions: Waiting" in shown
    assert [one["kind"] for one in jobs.list_jobs(manager)["items"]] == [caption_embedding.KIND]
    at = app(reviewer).run()
    at.switch_page("review.py").run()
    assert any("It has not been asked about all of these captions yet" in one.value for one in at.caption)
