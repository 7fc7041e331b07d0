"""Model files: three spellings are read, and mistakes are named by their place."""

from __future__ import annotations

import pytest

from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.inference.specification import Specification, parse_specification, specification_schema
from labelbuddy_core.settings import ROOT

PAPER = """image: "my-repo/music-flamingo:v1"
input_schema: { "audio": "wav" }
output_schema:
  - { "type": "text", "label": "Caption" }
resources: { "gpu": "true" }
"""
DIALECT_2022 = """actions:
  - action: "Run container"
    type: "RUN_DOCKER_CONTAINER"
    docker_image_name: "ioannisprokopiou/yoho-training"
    docker_image_tag: "repo-latest"
  - {action: "Make prediction", type: "MAKE_PREDICTION", route: "http://127.0.0.1:5000/predict"}
"""


def test_the_form_printed_in_the_paper_is_valid() -> None:
    found = parse_specification(PAPER)
    assert found.image == "my-repo/music-flamingo:v1"
    assert found.display_name == "music-flamingo"
    assert found.labels == ["Caption"]
    assert found.resources.gpu is True


def test_the_dialect_of_2022_is_converted() -> None:
    found = parse_specification(DIALECT_2022)
    assert (found.image, found.protocol) == ("ioannisprokopiou/yoho-training:repo-latest", "labelbuddy-2022")


@pytest.mark.parametrize("name", ["model.yaml", "model.process.yaml"])
def test_the_files_that_come_with_labelbuddy_are_valid(name: str) -> None:
    found = parse_specification((ROOT / "model_containers" / "musicnn" / name).read_text())
    assert len(found.labels) == 50
    assert found.license.startswith("ISC")


MISTAKES = [
    ("", 1, "empty"),
    ("[]", 1, "key: value"),
    ("hello", 1, "key: value"),
    ("{}", 1, "exactly one"),
    ("name: x", 1, "exactly one"),
    ("image: a\nprocess: b", 1, "exactly one"),
    ("image: a\nendpoint: http://x", 1, "exactly one"),
    ("imagee: a", 1, "Did you mean 'image'"),
    ("image: a\nresorces: {}", 2, "Did you mean 'resources'"),
    ("image: a\nresources:\n  memry: 2g", 3, "Did you mean 'memory'"),
    ("image: a\nresources: {memory: lots}", 2, "memory"),
    ("image: a\nresources: {memory: -1}", 2, "memory"),
    ("image: a\nresources: {memory: 0g}", 2, "memory"),
    ("image: a\nresources: {cpus: 0}", 2, "cpus"),
    ("image: a\nresources: {cpus: many}", 2, "cpus"),
    ("image: a\nresources: {gpu: perhaps}", 2, "gpu"),
    ("image: a\nresources: {timeout_seconds: 0}", 2, "timeout_seconds"),
    ("image: a\nresources: 5", 2, "resources"),
    ("image: a\nport: 99999", 2, "port"),
    ("image: a\nport: none", 2, "port"),
    ("image: a\ntransport: pigeon", 2, "transport"),
    ("image: a\nprotocol: morse", 2, "protocol"),
    ("image: a\ninput_schema: {audio: mp3}", 2, "audio"),
    ("image: a\ninput_schema: {sample_rate: 10}", 2, "sample_rate"),
    ("image: a\ninput_schema: {channels: 5}", 2, "channels"),
    ("image: a\ninput_schema: {max_seconds: -3}", 2, "max_seconds"),
    ("image: a\ninput_schema: {bits: 16}", 2, "bits"),
    ("image: a\noutput_schema: {type: region}", 2, "output_schema"),
    ("image: a\noutput_schema:\n  - {type: sound}", 3, "type"),
    ("image: a\noutput_schema:\n  - {label: x}", 3, "missing"),
    ("image: a\noutput_schema:\n  - {type: region, labels: x}", 3, "labels"),
    ("image: a\noutput_schema:\n  - {type: region, threshold: 2}", 3, "threshold"),
    ("image: a\noutput_schema:\n  - {type: region, threshhold: 0.5}", 3, "Did you mean 'threshold'"),
    ("image: a\nenvironment: [A=1]", 2, "environment"),
    ("image: a\nenvironment: {A: [1]}", 2, "environment"),
    ("image: a\ntraining: {supported: maybe}", 2, "supported"),
    ("image: a\ntraining: {parameters: {epochs: {default: 5}}}", 2, "missing"),
    ("image: [a]", 1, "image"),
    ("image: a\nname: ''", 2, "name"),
    ("image: a\nname: '<script>'", 2, "name"),
    ("image: a\nversion: [1]", 2, "version"),
    ("endpoint: ftp://x", 1, "http"),
    ("endpoint: localhost", 1, "http"),
    ("image: a\nimage: b", 2, "twice"),
    ("image: &x a", 1, "Anchors"),
    ("image: a\ndescription: *x", 2, "Anchors"),
    ("image: !!python/object/apply:os.system [ls]", 1, "tag"),
    ("image: !!str a", 1, "tag"),
    ("image: a\n---\nimage: b", 2, "several documents"),
    ("image: 'a", 1, "not valid YAML"),
    ("image: a\n\tname: b", 2, "not valid YAML"),
    ("image: a\n  name: b", 2, "not valid YAML"),
    ("? [a, b]\n: c", 1, "plain text"),
    ("actions: 5", 1, "list"),
    ("actions: []", 1, "RUN_DOCKER_CONTAINER"),
    ("actions:\n  - {type: RUN_DOCKER_CONTAINER}", 2, "docker_image_name"),
    ("actions: []\nimage: a", 1, "only key"),
    ("a: " + "[" * 40 + "]" * 40, 1, "nested"),
]


@pytest.mark.parametrize(("text", "line", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_a_remedy(text: str, line: int, message: str) -> None:
    with pytest.raises(SpecificationProblem) as caught:
        parse_specification(text)
    assert message in caught.value.detail
    assert caught.value.extra["line"] == line
    assert caught.value.extra["column"] >= 1


def test_there_are_at_least_fifty_mistakes() -> None:
    assert len(MISTAKES) >= 50


def test_a_file_that_is_too_large_or_no_text_is_refused() -> None:
    with pytest.raises(SpecificationProblem, match="65536"):
        parse_specification("image: a\n# " + "x" * 70_000)
    with pytest.raises(SpecificationProblem, match="UTF-8"):
        parse_specification(b"image: \xff\xfe")


def test_every_key_is_in_the_published_schema_and_in_the_documentation() -> None:
    schema = specification_schema()
    text = (ROOT / "docs" / "models.md").read_text()
    keys = set(Specification.model_fields)
    for part in schema["$defs"].values():
        keys |= set(part["properties"])
    missing = {key for key in keys if f"`{key}`" not in text}
    assert not missing


def test_a_bundled_process_takes_no_environment_which_could_run_code_on_this_machine() -> None:
    text = "process: musicnn\nenvironment: {PYTHONPATH: /data}\noutput_schema: [{type: tag, label: x}]"
    with pytest.raises(SpecificationProblem, match="environment is for images"):
        parse_specification(text)


@pytest.mark.parametrize("text", ["name: 2020-99-99", "a: " + "[" * 5000 + "]" * 5000, b"name: \xff\xfe"])
def test_strange_yaml_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(SpecificationProblem, match="Line 1"):
        parse_specification(text)
