"""What managers do on the Models page: write, check, fill in and take back a model's file, and link it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.inference.specification import parse_specification
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.models.written_specifications import read_specification, write_specification
from pages._model_form_fields import fields_of, specification_of
from pages._model_links import ADD, IGNORE, link_from

Make = Callable[..., Any]
FIRST = 'image: "lab/tagger:1"\noutput_schema: [{type: region, labels: [dogs, loud dog barking, violin]}]\n'


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager", can_create_projects=True)


@pytest.fixture
def models_page(app: Make, manager: Actor) -> Callable[[], AppTest]:
    def open_page() -> AppTest:
        at = app(manager).run()
        at.switch_page("model_management.py").run()
        assert not at.exception
        return at

    return open_page


def one(elements: Any, label: str) -> Any:
    (found,) = [element for element in elements if element.label == label]
    return found


def test_all_mistakes_are_listed_with_their_lines_and_nothing_is_saved(
    models_page: Callable[[], AppTest], manager: Actor
) -> None:
    at = models_page()
    one(at.button, "Declare a model").click().run()
    one(at.text_area, "YAML").set_value("image: a\nport: 0\nresources: {memry: 2g}")
    one(at.button, "Declare a model").click().run()
    said = [error.value for error in at.error]
    assert said[0].startswith("Line 2, column 7")
    assert said[1].startswith("Line 3, column 13")
    assert at.code[0].value == "2: port: 0\n         ^"
    assert one(at.button, "Save").disabled
    assert models.list_models(manager) == []


def test_a_valid_file_is_saved(models_page: Callable[[], AppTest], manager: Actor) -> None:
    at = models_page()
    one(at.button, "Declare a model").click().run()
    one(at.text_area, "YAML").set_value(FIRST)
    one(at.button, "Declare a model").click()
    one(at.button, "Save").click().run()
    assert [model["name"] for model in models.list_models(manager)] == ["tagger"]


def test_the_form_writes_the_file(models_page: Callable[[], AppTest], manager: Actor) -> None:
    at = models_page()
    one(at.button, "Declare a model").click().run()
    one(at.text_input, "Image, URL or name").set_value("lab/new:2")
    one(at.text_area, "Labels, one a line").set_value("speech\nmusic")
    one(at.button, "Declare a model").click()
    one(at.button, "Write the YAML").click().run()
    written = parse_specification(one(at.text_area, "YAML").value)
    assert (written.image, written.labels) == ("lab/new:2", ["speech", "music"])


def test_the_form_says_what_becomes_of_a_model_without_labels(models_page: Callable[[], AppTest]) -> None:
    at = models_page()
    one(at.button, "Declare a model").click().run()
    one(at.text_area, "Labels, one a line").set_value("")
    one(at.button, "Declare a model").click().run()
    assert any(text.value.startswith("Without labels here") for text in at.caption)


def test_the_form_begins_with_what_is_declared(models_page: Callable[[], AppTest], manager: Actor) -> None:
    models.create_model(manager, FIRST + "port: 9000\nresources: {memory: 512m}\n")
    at = models_page()
    one(at.button, "YAML").click().run()
    assert one(at.text_input, "Memory").value == "512m"
    one(at.text_input, "Description").set_value("It hears dogs.")
    one(at.button, "YAML").click()
    one(at.button, "Write the YAML").click().run()
    before = parse_specification(FIRST + "port: 9000\nresources: {memory: 512m}\n")
    written = parse_specification(one(at.text_area, "YAML").value)
    assert written == before.model_copy(update={"description": "It hears dogs."})


FULL = """name: full
version: "2"
license: MIT
image: lab/full:2
protocol: labelbuddy
replicas: 2
transport: tcp
input_schema: {audio: flac, sample_rate: 16000, channels: 1, max_seconds: 30}
output_schema:
  - {type: region, labels: [dog, cat], threshold: 0.4}
  - {type: tag, label: calm}
resources: {gpu: true, memory: 1500m, cpus: 3, shm: 128m, keep_warm: true, timeout_seconds: 30}
environment: {MODE: fast, HF_TOKEN: {secret: hf}}
training: {supported: true, parameters: {epochs: {default: 5, min: 1, max: 9}}}
"""


def test_a_file_goes_through_the_form_unchanged() -> None:
    present = read_specification(FULL)
    assert parse_specification(write_specification(specification_of(fields_of(present), present))) == (
        parse_specification(FULL)
    )


def test_how_texts_are_asked_about_goes_only_with_the_protocol_of_text_vectors() -> None:
    present = read_specification("endpoint: http://lab\nprotocol: openai-embeddings\nembeddings: {model: small}\n")
    assert specification_of(fields_of(present), present)["embeddings"] == {"model": "small"}
    other = {**fields_of(present), "protocol": "openai-chat", "types": ["text"]}
    assert parse_specification(write_specification(specification_of(other, present))).embeddings is None


def test_changed_labels_of_the_form_replace_the_outputs() -> None:
    present = read_specification(FULL)
    written = specification_of({**fields_of(present), "labels": "dog"}, present)
    assert written["output_schema"] == [{"type": "region", "labels": ["dog"]}, {"type": "tag", "labels": ["dog"]}]
    assert written["replicas"] == 2


def test_a_file_with_mistakes_leaves_the_form_as_by_default() -> None:
    assert read_specification("image: [1") == {}


def test_an_earlier_file_is_taken_back_on_the_page(models_page: Callable[[], AppTest], manager: Actor) -> None:
    model = models.create_model(manager, FIRST)["id"]
    models.update_model(manager, model, FIRST + "port: 9000\n")
    at = models_page()
    one(at.button, "History").click().run()
    assert any("+port: 9000" in code.value for code in at.code)
    at.button(key=f"history-{model}").click()
    at.button(key=f"restore-{model}-1").click().run()
    assert not at.exception
    assert models.get_model(manager, model)["source"] == FIRST


def test_a_model_is_linked_with_the_labels_that_are_proposed(
    models_page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    project = make_project(managers=(manager,), labels=("Dog",))
    model = models.create_model(manager, FIRST)["id"]
    at = models_page()
    at.button(key=f"link-{model}").click().run()
    at.button(key=f"link-{model}").click()
    one(at.button, "Use the model").click().run()
    assert not at.exception
    (link,) = model_links.project_models(manager, project)
    assert link["label_map"] == {"dogs": "dog", "loud dog barking": "dog"}


@pytest.mark.parametrize(
    ("outputs", "can"),
    [
        ("[{type: text, label: Caption}]", True),
        ("[{type: embedding}]", True),
        ("[{type: region}]", True),
        ("[{type: region, labels: [violin]}]", False),
    ],
)
def test_a_model_without_labels_of_the_project_can_be_used_where_it_says_more_than_labels(
    outputs: str, can: bool, models_page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    project = make_project(managers=(manager,), labels=("Dog",))
    model = models.create_model(manager, f"image: lab/writer:1\noutput_schema: {outputs}\n")["id"]
    at = models_page()
    at.button(key=f"link-{model}").click().run()
    use = one(at.button, "Use the model")
    assert use.disabled is not can
    assert any("what it means here" in one.value for one in at.caption) is not can
    if can:
        at.button(key=f"link-{model}").click()
        use.click().run()
        assert not at.exception
        assert [link["label_map"] for link in model_links.project_models(manager, project)] == [{}]


def test_a_model_that_gives_nothing_but_vectors_is_not_tried_out(
    models_page: Callable[[], AppTest], manager: Actor
) -> None:
    model = models.create_model(manager, "image: lab/vectors:1\noutput_schema: [{type: embedding}]\n")["id"]
    at = models_page()
    assert [button.label for button in at.button if button.key and button.key.endswith(f"-{model}")].count(
        "Try it out"
    ) == 0
    assert at.button(key=f"link-{model}").label == "Use in a project"


def test_labels_that_the_model_does_not_have_are_not_linked(manager: Actor, make_project: Make) -> None:
    project = make_project(managers=(manager,), labels=("Dog", "violin", "cello"))
    model = models.create_model(manager, FIRST)["id"]
    link = model_links.link_model(manager, project, model, add_labels=["violin", "cello"])
    assert sorted(link["label_map"]) == ["dogs", "violin"]


def test_the_table_says_what_is_ignored_added_and_from_which_score_on() -> None:
    rows = pd.DataFrame(
        [
            {"theirs": "dogs", "means": "Dog", "lowest": 0.8},
            {"theirs": "puppy", "means": "Dog", "lowest": 0.7},
            {"theirs": "violin", "means": ADD, "lowest": None},
            {"theirs": "car", "means": IGNORE, "lowest": 0.5},
        ]
    )
    assert link_from(rows, {"dog": "Dog"}) == ({"dogs": "dog", "puppy": "dog"}, {"dog": 0.7}, ["violin"])


def test_everything_in_the_form_becomes_a_valid_file() -> None:
    texts = dict.fromkeys(("name", "description", "license", "homepage"), "word")
    values = {
        **texts,
        "where": "endpoint",
        "place": "https://x.example.org",
        "version": "3",
        "token": "lab",
        "protocol": "openai-chat",
        "prompt": "What is heard?",
        "audio": "flac",
        "rate": 16_000,
        "channels": "mono",
        "seconds": 30.0,
        "types": ["text", "tag"],
        "labels": "a\nb",
        "gpu": True,
        "memory": "4g",
        "cpus": 1.5,
        "timeout": 60.0,
        "environment": "MODE=fast\nHF_TOKEN=secret:hf",
        "training": True,
    }
    found = parse_specification(write_specification(specification_of(values)))
    assert found.chat is not None
    assert (found.token, found.chat.prompt, found.input_schema.channels) == ("lab", "What is heard?", 1)
    assert (found.resources.memory, found.resources.gpu, found.training.supported) == (4 * 1024**3, True, True)
    assert found.labels == ["a", "b"]
