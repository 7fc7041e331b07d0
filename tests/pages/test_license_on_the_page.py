"""A manager reads and confirms the license of a model where it is about to be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.models import models

Make = Callable[..., Any]
YAML = 'image: "lab/flamingo:1"\noutput_schema: [{type: tag, label: dog}]\nlicense: Research only\n'


def said(at: AppTest) -> str:
    return "\n".join(str(one.value).replace("\\", "") for one in [*at.caption, *at.warning])


def test_a_license_is_shown_and_confirmed_before_the_model_is_tried_or_linked(
    app: Make, make_user: Make, make_project: Make
) -> None:
    manager = make_user("manager", can_create_projects=True)
    model = models.create_model(manager, YAML)["id"]
    make_project(managers=(manager,), labels=("dog",))
    at = app(manager).run()
    at.switch_page("model_management.py").run()
    assert "license: Research only, to be confirmed before use" in said(at)

    at.button(key=f"link-{model}").click().run()
    assert "has a license that restricts its use: Research only" in said(at)
    assert not [one for one in at.button if one.label == "Use the model"]

    at.button(key=f"try-{model}").click().run()
    assert at.button(key=f"trial-license-{model}").disabled
    at.checkbox(key=f"trial-license-{model}-read").check().run()
    at.button(key=f"trial-license-{model}").click().run()
    assert models.get_model(manager, model)["license_state"]["confirmed_by"] == "manager"
    assert "License: Research only · confirmed by manager" in said(at)
