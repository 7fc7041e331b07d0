"""Models: what is declared and what each does; declaring another, trying one out, and using one in a project."""

from __future__ import annotations

import math

import streamlit as st

from labelbuddy_core.services.models import model_states, models
from pages._elements import empty_state, showing_errors
from pages._model_card import declare, model_card
from pages._model_state import state_parts
from pages._model_trial import trial_page, tried_model
from pages._session import require_actor

actor = require_actor()
PAGE = 10  # cards at once: each looks again by itself


def cards(found: list[dict]) -> None:
    """The cards of the models that the search leaves, some at a time."""
    words = ""
    if len(found) > PAGE:
        words = st.text_input("Search", placeholder="Words of name, description, labels or place", key="model-query")
    wanted = [one for one in found if all(word in _text(one) for word in words.casefold().split())]
    if not wanted:
        st.caption("No model fits the search.")
        return
    pages = math.ceil(len(wanted) / PAGE)
    number = st.pagination(pages, key=f"model-page-{pages}") if pages > 1 else 1
    shown = model_states.with_states(actor, wanted[(number - 1) * PAGE : number * PAGE])
    state_parts(shown)
    for model in shown:
        model_card(actor, model)


def _text(model: dict) -> str:
    return " ".join([model["name"], model["description"], model["place"], *model["labels"]]).casefold()


with showing_errors():
    found = models.list_models(actor)
    tried = next((one for one in found if one["id"] == tried_model()), None)
    if tried is not None:
        trial_page(actor, tried)
    else:
        head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        head.title("Models", width="content")
        if head.button("Declare a model", type="primary", icon=":material/add:"):
            declare(actor)
        if found:
            cards(found)
        else:
            empty_state("No models yet", "Declare one with its YAML file; it then helps annotators with suggestions.")
