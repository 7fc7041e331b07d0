"""A chat model that is asked for time stamps: described stretches, tags and a caption out of its words."""

from __future__ import annotations

from typing import Any

import pytest

from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.inference.answer import check_answer
from labelbuddy_core.inference.protocols.chat_questions import answer_of, question
from labelbuddy_core.inference.specification import Specification, parse_specification

OUTPUTS = [{"type": "text"}, {"type": "region", "label": "Caption"}, {"type": "tag", "labels": ["calm", "loud"]}]


def specification(outputs: list[Any]) -> Specification:
    chat = {"regions": "time-stamps"}
    about = {"endpoint": "http://gpu.lab", "protocol": "openai-chat", "chat": chat}
    return Specification.model_validate({**about, "output_schema": outputs})


def test_it_is_asked_for_lines_with_times_and_for_tags_at_the_end() -> None:
    asked = question(specification(OUTPUTS), "Describe it.")
    assert asked.startswith("Describe it.\n\n")
    assert "[0:00 - 0:15] words" in asked
    assert asked.endswith("calm, loud.")
    assert "Tags:" not in question(specification(OUTPUTS[:2]), "Describe it.")


def test_lines_become_regions_with_text_and_the_rest_caption_and_tags() -> None:
    said = "A quiet piece.\n[0:00 - 0:04] Piano.\n[0:04] Rain.\nTags: calm, gloomy"
    raw = answer_of(specification(OUTPUTS), said)
    found = check_answer(raw, offset=100.0, duration=10.0)
    regions = [(one.start, one.end, one.label, one.text) for one in found.regions]
    assert regions == [(100.0, 104.0, "Caption", "Piano."), (104.0, 110.0, "Caption", "Rain.")]
    assert (found.text, found.tags) == (["A quiet piece."], [("calm", None)])
    assert raw["notes"] == ["Not in the model's vocabulary and left out: gloomy."]


def test_words_without_time_stamps_are_a_caption_and_a_note() -> None:
    raw = answer_of(specification(OUTPUTS[:2]), "A quiet piece.")
    assert (raw["regions"], raw["text"]) == ([], [{"text": "A quiet piece."}])
    assert raw["notes"] == ["The model's words have no time stamps: no region could be taken from them."]


def test_time_stamps_need_one_label_for_what_is_described() -> None:
    text = "endpoint: http://gpu.lab\nprotocol: openai-chat\nchat: {regions: time-stamps}\noutput_schema: "
    for outputs in ("[{type: region, labels: [a, b]}]", "[{type: text}]"):
        with pytest.raises(SpecificationProblem, match="give one region with one label"):
            parse_specification(text + outputs)
