"""Model files: three spellings are read, and mistakes are named by their place."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.inference.specification import (
    Specification,
    parse_specification,
    read_specification,
    schema_file,
    specification_schema,
)
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
    ("image: a\noutput_schema: [{type: tag, labels: [x, y]}]\nparents: {x: z}", 3, "'z' is not among the labels"),
    ("image: a\noutput_schema: [{type: tag, labels: [x, y]}]\nparents: {x: y, y: x}", 3, "is above itself"),
    ("image: a\noutput_schema: [{type: tag, labels: [x, y]}]\nparents: {x: 3}", 3, "parents"),
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
    ("actions:\n  - {type: FORMAT_DISK}", 2, "must be one of RUN_DOCKER_CONTAINER"),
    ("actions:\n  - RUN_DOCKER_CONTAINER", 2, "written as `type"),
    ("actions:\n  - {type: MAKE_PREDICTION}", 2, "needs a route such as http://127.0.0.1:5000/predict"),
    (
        "actions: [{type: RUN_DOCKER_CONTAINER, docker_image_name: a},\n  {type: TRAINING, route: 'http://x:5000/fit'}]",
        2,
        "TRAINING at /train",
    ),
    ("actions:\n  - {type: MAKE_PREDICTION, route: 'http://x:99999/predict'}", 2, "needs a route"),
    ("actions:\n  - {type: TRAINING, rout: x}", 2, "'rout' is not known in an action"),
    ("actions:\n  - {type: TRAINING}\n  - {type: TRAINING}", 3, "two actions"),
    ("actions:\n  - {type: TRAINING, route: 'http://x/train'}", 2, "RUN_DOCKER_CONTAINER or MAKE_PREDICTION"),
    ("image: a\nchat: {prompt: x}", 2, "only for `protocol: openai-chat`"),
    ("endpoint: http://x\nprotocol: openai-chat\nchat: {reasoning: deep}", 3, "'think-tags'"),
    ("endpoint: http://x\nprotocol: openai-chat\nchat: {modle: x}", 3, "Did you mean 'model'"),
    ("endpoint: http://x\nprotocol: openai-chat\nchat: {temperature: 5}", 3, "temperature"),
    ("endpoint: http://x\ntoken: hf_abcdefghijklmnopqrst", 2, "labelbuddy secret set"),
    ("endpoint: http://x\ntoken: 'two words'", 2, "the name of a secret"),
    ("image: a\nenvironment:\n  HF_TOKEN: abc", 3, "HF_TOKEN: {secret: NAME}"),
    ("image: a\nenvironment:\n  DB_PASSWORD: abc", 3, "labelbuddy secret set"),
    ("image: a\nenvironment:\n  API_KEY: 1234", 3, "labelbuddy secret set"),
    ("image: a\nenvironment:\n  MODE: sk-abcdefghijklmnop", 3, "labelbuddy secret set"),
    ("image: a\nenvironment:\n  HF_TOKEN: {secrt: hf}", 3, "missing"),
    ("image: a\nenvironment:\n  HF_TOKEN: {secret: 'a b'}", 3, "environment.HF_TOKEN.secret"),
    ("image: a\nenvironment: {WORKERS: 2}", 2, "put it in quotes"),
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


def test_every_mistake_of_a_file_is_told_at_once_each_with_its_line() -> None:
    text = "image: a\nimge: b\nendpoint: http://c\nport: 0\nenvironment:\n  A_KEY: x\n  B: 3\nresources: {memry: 1g}"
    with pytest.raises(SpecificationProblem) as caught:
        parse_specification(text)
    found = [(one["line"], one["field"]) for one in caught.value.extra["mistakes"]]
    lines = [(2, "imge"), (4, "port"), (6, "environment.A_KEY"), (7, "environment.B"), (8, "resources.memry")]
    assert found == [(1, None), *lines]
    assert caught.value.detail.endswith("5 more mistakes: lines 2, 4, 6, 7, 8.")
    assert all(one["expected"] and one["column"] >= 1 for one in caught.value.extra["mistakes"])


def test_a_secret_that_was_put_into_the_file_is_not_repeated() -> None:
    for text in ("image: a\nenvironment: {HF_TOKEN: verysecret}", "endpoint: http://x\ntoken: hf_verysecretverysecret"):
        with pytest.raises(SpecificationProblem) as caught:
            parse_specification(text)
        assert "verysecret" not in caught.value.detail + str(caught.value.extra)


def test_environment_variables_may_name_secrets() -> None:
    found = parse_specification("image: a\nenvironment: {HF_TOKEN: {secret: hf}, TOKENIZERS_PARALLELISM: 'no'}")
    dumped = found.model_dump(mode="json")
    assert dumped["environment"]["HF_TOKEN"] == {"secret": "hf"}
    assert Specification.model_validate(dumped) == found


def test_a_language_model_is_asked_by_default_without_reasoning_and_streaming() -> None:
    found = parse_specification("endpoint: http://x\nprotocol: openai-chat")
    assert found.chat is not None
    assert (found.chat.reasoning, found.chat.stream, found.chat.temperature) == ("none", True, 0.0)
    assert Specification.model_validate(found.model_dump(mode="json")) == found
    assert parse_specification("image: a").chat is None


YOHO_2022 = """actions:
  - {action: "Run", type: "RUN_DOCKER_CONTAINER", docker_image_name: "lab/yoho"}
  - {action: "Make prediction", type: "MAKE_PREDICTION", route: "http://127.0.0.1:5001/predict"}
  - {action: "Training", type: "TRAINING", route: "http://127.0.0.1:5001/train"}
  - {action: "Get Training Data", type: "GET_TRAINING_DATA", route: "http://127.0.0.1:5001/get_training_data"}
  - {action: "Validation", type: "GET_VALIDATION_DATA", route: "http://127.0.0.1:5001/get_validation_data"}
  - {action: "x", type: "GET_APPROVED_DATA_ANNOTATIONS", route: "http://127.0.0.1:5001/get_approved_data_annotations"}
  - {action: "Send model weights", type: "SEND_MODEL_WEIGHTS", route: "http://127.0.0.1:5001/send_model_weights"}
"""


def test_all_actions_of_2022_are_read_and_what_has_no_counterpart_is_said() -> None:
    found, notes = read_specification(YOHO_2022)
    assert (found.image, found.port, found.training.supported) == ("lab/yoho:latest", 5001, True)
    assert set(found.training.parameters) == {"epochs", "patience", "lr"}
    assert "training data, validation data, approved annotations, model weights" in notes[1]


def test_a_server_of_2022_that_runs_already_becomes_an_endpoint() -> None:
    found = parse_specification("actions: [{type: MAKE_PREDICTION, route: 'http://gpu.lab:5000/predict'}]")
    assert (found.endpoint, found.protocol) == ("http://gpu.lab:5000", "labelbuddy-2022")


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = (ROOT / "docs" / "model-specification.schema.json").read_text()
    assert published == schema_file(), "run: bin/labelbuddy model schema > docs/model-specification.schema.json"


@pytest.mark.parametrize(
    "text", [PAPER, "image: a\nresources: {memory: 2g, gpu: true}\nenvironment: {A_KEY: {secret: x}}"]
)
def test_editors_that_use_the_schema_accept_what_is_accepted_here(text: str) -> None:
    jsonschema.Draft202012Validator(specification_schema()).validate(yaml.safe_load(text))


def test_every_key_of_the_schema_says_what_it_means() -> None:
    schema = specification_schema()
    parts = [schema, *schema["$defs"].values()]
    silent = [key for part in parts for key, one in part["properties"].items() if not one.get("description")]
    assert silent == []


def test_a_label_has_one_parent_or_a_list_of_them() -> None:
    text = "image: a\noutput_schema: [{type: tag, labels: [x, y, z]}]\nparents: {x: y, y: z, z: []}"
    assert parse_specification(text).parents == {"x": ["y"], "y": ["z"], "z": []}


def test_what_is_wrong_with_the_whole_file_is_said_once() -> None:
    with pytest.raises(SpecificationProblem) as refused:
        parse_specification("output_schema:\n  - {type: region, label: music}\n")
    assert "(found none)." in refused.value.detail
    assert "found keys" not in refused.value.detail
