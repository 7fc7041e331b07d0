"""The account page: what a person sets for themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from streamlit.testing.v1 import AppTest

from labelbuddy_core.domain.preferences import Language
from labelbuddy_core.services.accounts import preferences
from labelbuddy_core.services.actors import Actor


def test_the_language_of_the_editor_is_chosen_and_kept(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    ada = make_user("ada")
    at = app(ada).run().switch_page("account.py").run()
    choice = next(one for one in at.selectbox if one.label == "Language of the editor")
    assert len(choice.options) == len(get_args(Language))
    choice.set_value("de").run()
    assert not at.exception
    assert preferences.get_preferences(ada).language == "de"


def test_the_loudness_of_recordings_is_chosen_and_kept(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    ada = make_user("ada")
    at = app(ada).run().switch_page("account.py").run()
    next(one for one in at.number_input if one.label == "Loudness (LUFS)").set_value(-18.0).run()
    assert preferences.get_preferences(ada).loudness == -18.0
    next(one for one in at.toggle if one.label == "Play all recordings equally loud").set_value(False).run()
    assert not at.exception
    kept = preferences.get_preferences(ada)
    assert (kept.leveling, kept.loudness, kept.language) == ("off", -18.0, "auto")
