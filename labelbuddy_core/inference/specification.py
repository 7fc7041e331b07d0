"""Model specifications: the YAML file in which a model is declared (docs/models.md describes every key).

Three spellings are read: the paper's form (image, input_schema, output_schema, resources), the same with the extended
keys, and the dialect of 2022 (`actions:` with RUN_DOCKER_CONTAINER), which is converted (`dialect_2022`).
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from labelbuddy_core.domain.label_trees import circle_in
from labelbuddy_core.inference.dialect_2022 import converted
from labelbuddy_core.inference.secret_names import checked_token_name, refuse_literal_secret
from labelbuddy_core.inference.specification_mistakes import all_in_one, as_mistake, mistakes_of
from labelbuddy_core.inference.specification_parts import (
    Chat,
    EnvironmentValue,
    InputSchema,
    Labels,
    Name,
    OutputItem,
    Part,
    Resources,
    TextEmbeddings,
    Training,
)
from labelbuddy_core.inference.yaml_reader import Places, problem, read_yaml

PART_OF = {"openai-chat": "chat", "openai-embeddings": "embeddings"}
"""The key that belongs to a protocol."""


class Specification(Part):
    """A declared model: exactly one of `image`, `process` and `endpoint` says where it runs."""

    name: Name | None = Field(None, description="Unique name; left out: taken from the image.")
    version: str = Field("1", min_length=1, max_length=40, description="Version of the model's weights.")
    description: str = Field("", max_length=2000, description="A sentence for the people who choose.")
    license: str = Field("", max_length=200, description="License of code and weights; carried into exports.")
    homepage: str = Field("", max_length=300, description="Where to read more.")
    image: str | None = Field(None, max_length=300, description="Container image.")
    process: str | None = Field(None, max_length=80, description="A model bundled with LabelBuddy, without Docker.")
    endpoint: str | None = Field(None, max_length=500, description="URL of a server that runs elsewhere.")
    further_endpoints: list[str] = Field(
        default_factory=list, max_length=15, description="URLs of further servers of the same model, asked in parallel."
    )
    replicas: int = Field(1, ge=1, le=16, description="How many containers or processes work in parallel.")
    token: Annotated[str, AfterValidator(checked_token_name)] | None = Field(
        None, max_length=80, description="Name of the secret that holds the endpoint's token."
    )
    protocol: Literal["labelbuddy", "label-studio", "openai-chat", "openai-embeddings", "labelbuddy-2022"] = Field(
        "labelbuddy", description="What the server speaks."
    )
    chat: Chat | None = Field(None, description="How an audio-language model is asked.")
    embeddings: TextEmbeddings | None = Field(None, description="How a model of text vectors is asked.")
    port: int = Field(8080, ge=1, le=65_535, description="TCP port inside the container.")
    transport: Literal["socket", "tcp"] | None = Field(None, description="Unix socket or TCP; left out: by the image.")
    input_schema: InputSchema = Field(default_factory=InputSchema.model_construct, description="What audio is sent.")
    output_schema: list[OutputItem] = Field(default_factory=list, description="What the model answers.")
    parents: dict[str, Labels] = Field(
        default_factory=dict, max_length=10_000, description="A tree of the labels: each with the label above it."
    )
    resources: Resources = Field(default_factory=Resources.model_construct, description="Limits.")
    environment: dict[str, EnvironmentValue] = Field(
        default_factory=dict, description="Environment variables of the container; secrets by name: {secret: NAME}."
    )
    training: Training = Field(default_factory=Training.model_construct, description="Fine-tuning.")

    @model_validator(mode="before")
    @classmethod
    def _part_of_the_protocol_by_default(cls, value: Any) -> Any:
        part = PART_OF.get(str(value.get("protocol"))) if isinstance(value, dict) else None
        if part is not None and value.get(part) is None:
            return {**value, part: {}}
        return value

    @field_validator("chat", "embeddings")
    @classmethod
    def _part_has_its_protocol(cls, part: Any, info: ValidationInfo) -> Any:
        wanted = next(protocol for protocol, name in PART_OF.items() if name == info.field_name)
        if part is not None and info.data.get("protocol", wanted) != wanted:
            raise ValueError(
                f"{info.field_name} is only for `protocol: {wanted}`; add that, or remove {info.field_name}"
            )
        return part

    @field_validator("output_schema")
    @classmethod
    def _text_vectors_are_all(cls, items: list[OutputItem], info: ValidationInfo) -> list[OutputItem]:
        if items and info.data.get("protocol") == "openai-embeddings":
            raise ValueError("with `protocol: openai-embeddings` nothing is answered about audio; remove output_schema")
        return items

    @field_validator("output_schema")
    @classmethod
    def _time_stamps_have_one_label(cls, items: list[OutputItem], info: ValidationInfo) -> list[OutputItem]:
        chat = info.data.get("chat")
        if chat is not None and chat.regions == "time-stamps":
            regions = [label for item in items if item.type == "region" for label in item.all_labels]
            if len(regions) != 1:
                raise ValueError(
                    "with `chat.regions: time-stamps` give one region with one label, for what is described"
                )
        return items

    @field_validator("parents")
    @classmethod
    def _labels_in_a_tree(cls, parents: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
        if "output_schema" not in info.data:  # it is wrong, and told
            return parents
        known = {label for item in info.data["output_schema"] for label in item.all_labels}
        for label, above in parents.items():
            for name in (label, *above):
                if name not in known:
                    raise ValueError(f"{name!r} is not among the labels of output_schema")
        if (label := circle_in(parents)) is not None:
            raise ValueError(f"{label!r} is above itself")
        return parents

    @field_validator("environment")
    @classmethod
    def _secrets_by_name(cls, environment: dict[str, EnvironmentValue]) -> dict[str, EnvironmentValue]:
        for key, value in environment.items():
            if isinstance(value, str):
                refuse_literal_secret(key, value)
        return environment

    @field_validator("output_schema")
    @classmethod
    def _embeddings_have_their_protocol(cls, items: list[OutputItem], info: ValidationInfo) -> list[OutputItem]:
        if any(item.type == "embedding" for item in items) and info.data.get("protocol", "labelbuddy") != "labelbuddy":
            raise ValueError("embeddings are asked for by POST /embed: they need `protocol: labelbuddy`")
        return items

    @model_validator(mode="after")
    def _one_place(self) -> Specification:
        given = [name for name in ("image", "process", "endpoint") if getattr(self, name)]
        if len(given) != 1:
            what = " and ".join(given) if given else "none"
            raise ValueError(f"give exactly one of image, process and endpoint (found {what})")
        for url in self.endpoints:
            if not re.match(r"^https?://[^/\s]+", url):
                raise ValueError("endpoint must be a URL that begins with http:// or https://")
        if self.further_endpoints and not self.endpoint:
            raise ValueError("further_endpoints are for a model with an endpoint")
        if self.replicas > 1 and self.endpoint:
            raise ValueError("replicas are for images and processes; name further_endpoints instead")
        if self.process and self.environment:
            # Python and the dynamic loader obey variables; the manager's would run code on this machine.
            raise ValueError("environment is for images; a bundled process has none of yours")
        return self

    @property
    def display_name(self) -> str:
        """The name, or what the image, process or endpoint is called."""
        if self.name:
            return self.name
        place = self.image or self.process or self.endpoint or ""
        last = place.removeprefix("https://").removeprefix("http://").rsplit("/", 1)[-1]
        return last.split("@")[0].split(":")[0] or "model"

    @property
    def endpoints(self) -> list[str]:
        """Every URL at which the model answers."""
        return [self.endpoint, *self.further_endpoints] if self.endpoint else []

    @property
    def lanes(self) -> list[Specification]:
        """The model once for each of its replicas or endpoints, all of which can be asked at the same time."""
        if len(self.endpoints) > 1:
            return [self.model_copy(update={"endpoint": url, "further_endpoints": []}) for url in self.endpoints]
        return [self.model_copy(update={"replicas": 1})] * self.replicas

    @property
    def embeds(self) -> bool:
        """Whether the model is asked for feature vectors."""
        return any(item.type == "embedding" for item in self.output_schema)

    @property
    def embeds_text(self) -> bool:
        """Whether the model gives vectors of texts: it never hears audio."""
        return self.protocol == "openai-embeddings"

    @property
    def predicts(self) -> bool:
        """Whether the model is asked about audio for more than feature vectors."""
        if self.embeds_text:
            return False
        return not self.output_schema or any(item.type != "embedding" for item in self.output_schema)

    @property
    def needs_labels(self) -> bool:
        """Whether a project that takes none of its labels gets nothing of it: no text, no vectors, no labels that the
        file does not name."""
        return bool(self.labels) and all(item.type not in ("text", "embedding") for item in self.output_schema)

    @property
    def labels(self) -> list[str]:
        """Every label the model can answer, in order."""
        return list(dict.fromkeys(label for item in self.output_schema for label in item.all_labels))


def parse_specification(text: str | bytes) -> Specification:
    """Read a specification. Raises `SpecificationProblem` with line, column, what was expected and what was found, and
    every mistake of the file in `extra["mistakes"]`."""
    return read_specification(text)[0]


def read_specification(text: str | bytes) -> tuple[Specification, list[str]]:
    """A specification and notes on how it was read. Raises as `parse_specification` does."""
    value, places = read_yaml(text)
    notes: list[str] = []
    if not isinstance(value, dict):
        found = "a list" if isinstance(value, list) else repr(value)[:80]
        raise problem("A model specification is a list of `key: value` lines.", 1, 1, expected="keys", found=found)
    if "actions" in value:
        value, notes = converted(value, places)
    plain = _secrets_in_plain_text(value, places)
    try:
        if not plain:
            return Specification.model_validate(value), notes
        environment = {key: one for key, one in value["environment"].items() if not _in(plain, key)}
        Specification.model_validate({**value, "environment": environment})
    except ValidationError as error:
        mistakes = mistakes_of(error, Specification, value, places)
        raise all_in_one(plain + mistakes + _of_the_whole(error, value, places)) from None
    raise all_in_one(plain)


def specification_schema() -> dict[str, Any]:
    """The JSON Schema of specifications, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Specification.model_json_schema()}


def schema_file() -> str:
    """The text of docs/model-specification.schema.json."""
    return json.dumps(specification_schema(), indent=2, ensure_ascii=False) + "\n"


def _secrets_in_plain_text(value: dict[str, Any], places: Places) -> list[dict[str, Any]]:
    """Each environment variable that would hold a secret; the secret itself is not repeated."""
    environment = value.get("environment")
    found = []
    for key, one in environment.items() if isinstance(environment, dict) else ():
        try:
            refuse_literal_secret(str(key), str(one) if isinstance(one, (str, int, float)) else "")
        except ValueError as error:
            at = places[("environment", key)]
            field = f"environment.{key}"
            found.append(as_mistake(f"{field}: {error}.", at, field, f"{key}: {{secret: NAME}}", None))
    return found


def _in(mistakes: list[dict[str, Any]], key: Any) -> bool:
    return any(one["field"] == f"environment.{key}" for one in mistakes)


def _of_the_whole(error: ValidationError, value: dict[str, Any], places: Places) -> list[dict[str, Any]]:
    """Mistakes of keys that do not go together, which pydantic looks for only where each key is right by itself."""
    wrong: set[Any] = {one["loc"][0] for one in error.errors() if one["loc"]}
    if not wrong or wrong & {"image", "process", "endpoint"}:
        return []
    try:
        Specification.model_validate({key: one for key, one in value.items() if key not in wrong})
    except ValidationError as whole:
        return [one for one in mistakes_of(whole, Specification, value, places) if one["field"] is None]
    return []
