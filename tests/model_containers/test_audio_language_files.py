"""The files that declare the audio-language models: valid, with their licenses, and pointed to vLLM by one line."""

from __future__ import annotations

import pytest
import yaml
from running_models import ROOT

from labelbuddy_core.domain.licenses import needs_confirmation
from labelbuddy_core.inference.specification import parse_specification
from labelbuddy_core.services.models.model_weights import SOURCES
from model_containers.audio_language.checkpoints import CHECKPOINTS

FOLDER = ROOT / "model_containers" / "audio_language"
FILES = {
    "model.yaml": ("music-flamingo", 1200.0, True),
    "model.audio-flamingo-3.yaml": ("audio-flamingo-3", 600.0, True),
    "model.qwen2-audio.yaml": ("qwen2-audio", 30.0, False),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_valid_and_names_a_checkpoint_that_can_be_fetched(name: str) -> None:
    checkpoint, seconds, restricted = FILES[name]
    found = parse_specification((FOLDER / name).read_text())
    assert (found.protocol, found.input_schema.max_seconds) == ("openai-chat", seconds)
    assert found.environment == {"LABELBUDDY_VARIANT": checkpoint}
    assert checkpoint in SOURCES
    assert needs_confirmation(found.license) == restricted
    assert found.license == next(one.license for one in CHECKPOINTS if one.name == checkpoint)


@pytest.mark.parametrize("name", FILES)
def test_it_points_to_a_chat_server_when_the_image_is_replaced_by_an_endpoint(name: str) -> None:
    text = (FOLDER / name).read_text()
    image = yaml.safe_load(text)["image"]
    moved = text.replace(f"image: {image}", "endpoint: http://gpu.lab:8000")
    assert parse_specification(moved).chat == parse_specification(text).chat


def test_every_published_checkpoint_can_be_fetched_by_name() -> None:
    assert {one.name for one in CHECKPOINTS} <= set(SOURCES)
