"""Sample projects on the pages: made from the dialog of a new project, and removed on their own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from page_buttons import button, in_dialog

from labelbuddy_core.services.first_steps import samples
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.projects import projects

Make = Callable[..., Any]


def labels(at: Any) -> list[str]:
    return [one.label for one in at.button]


def test_a_sample_of_the_chosen_template_is_made_from_the_dialog_of_a_new_project(app: Make, make_user: Make) -> None:
    manager = make_user(can_create_projects=True)
    at = app(manager).run()
    button(at, "New project").click().run()
    at.selectbox[0].set_value("beats")
    in_dialog(at, "New project", "Try it with sample recordings")
    assert not at.exception
    (project,) = projects.list_projects(manager)
    assert (project["template"], project["sample"]) == ("beats", True)
    (job,) = jobs.list_jobs(manager)["items"]
    assert (job["kind"], job["state"]) == ("sample", "queued")


def test_the_page_of_a_sample_says_while_it_is_being_made(app: Make, make_user: Make) -> None:
    manager = make_user(can_create_projects=True)
    begun = samples.begin_sample(manager, "beats")
    at = app(manager).run()
    at.query_params["project"] = begun["project"]
    at.switch_page("project.py").run()
    said = [one.value for one in at.markdown]
    assert sum("The sample is being made" in one for one in said) == 2
    assert not any("No tasks yet" in one or "No recordings yet" in one for one in said)
    jobs.cancel_job(manager, begun["job"])
    said = [one.value for one in at.run().markdown]
    assert any("No tasks yet" in one for one in said)


def test_a_sample_says_what_it_is_and_is_removed_in_one_go_and_a_real_project_has_no_such_button(
    app: Make, make_user: Make, make_project: Make
) -> None:
    manager = make_user(can_create_projects=True)
    real = make_project(managers=(manager,))
    sample = samples.begin_sample(manager, "beats")["project"]
    at = app(manager).run()
    at.query_params["project"] = real
    at.switch_page("project.py").run()
    assert "Remove this sample …" not in labels(at)
    at = app(manager).run()
    at.query_params["project"] = sample
    at.switch_page("project.py").run()
    button(at, "Remove this sample …").click().run()
    in_dialog(at, "Remove this sample …", "Remove it")
    assert not at.exception
    assert [one["id"] for one in projects.list_projects(manager)] == [real]
