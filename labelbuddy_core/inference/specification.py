"""Model specifications: the YAML file in which a model is declared (docs/models.md describes every key).

Three spellings are read: the paper's form (image, input_schema, output_schema, resources), the same with the extended
keys, and the dialect of 2022 (`actions:` with RUN_DOCKER_CONTAINER), which is converted.
"""

from __future__ import annotations

import difflib
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.inference.yaml_reader import Path, Places, problem, read_yaml

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([kmg]?)i?b?\s*$", re.I)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


def _boolean(value: Any) -> Any:
    """The paper writes booleans as text: gpu: "true"."""
    if isinstance(value, str) and value.strip().lower() in ("true", "false", "yes", "no"):
        return value.strip().lower() in ("true", "yes")
    return value


def _bytes(value: Any) -> Any:
    if isinstance(value, str) and (match := _SIZE.match(value)):
        return int(float(match[1]) * _UNITS[match[2].lower()])
    return value


Boolean = Annotated[bool, BeforeValidator(_boolean)]
Bytes = Annotated[int, BeforeValidator(_bytes), Field(gt=0)]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\w][\w .:/+-]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSchema(_Part):
    """What audio the model receives."""

    audio: Literal["wav", "flac"] = Field("wav", description="File format of the audio that is sent.")
    sample_rate: int | None = Field(None, ge=1000, le=192_000, description="Hz; left out: the recording's own.")
    channels: Literal[1, 2] | None = Field(None, description="1 mixes to mono; left out: the recording's own.")
    max_seconds: float | None = Field(None, gt=0, description="Longest stretch the model takes, in seconds.")


class OutputItem(_Part):
    """One thing the model answers."""

    type: Literal["region", "point", "tag", "text", "embedding"] = Field(description="What kind of answer.")
    label: str | None = Field(None, max_length=80, description="The one label of this answer.")
    labels: list[str] = Field(default_factory=list, max_length=10_000, description="The labels it can have.")
    threshold: float | None = Field(None, ge=0, le=1, description="Suggested lowest score.")
    frequency: Boolean = Field(False, description="Whether regions have frequency bounds.")


class Resources(_Part):
    """What the container may use."""

    gpu: Boolean = Field(False, description="Whether the model needs a GPU.")
    memory: Bytes = Field(2 * 1024**3, description="Most memory, for example 2g.")
    cpus: float = Field(2.0, gt=0, le=256, description="Most processor cores.")
    shm: Bytes = Field(64 * 1024**2, description="Size of shared memory, for example 64m.")
    timeout_seconds: float = Field(600.0, gt=0, le=86_400, description="Longest time for one prediction.")


class TrainingParameter(_Part):
    """A number the manager may choose for training."""

    default: float
    min: float
    max: float


class Training(_Part):
    """Whether and how the model can be fine-tuned."""

    supported: Boolean = Field(False, description="Whether the container answers /train.")
    parameters: dict[str, TrainingParameter] = Field(
        default_factory=dict, description="Parameters with default, min and max."
    )


class Chat(_Part):
    """How an audio-language model is asked (only with `protocol: openai-chat`)."""

    model: str = Field("", max_length=200, description="The server's name of the model; empty: the first it lists.")
    system: str = Field("", max_length=8000, description="System message; empty: none.")
    prompt: str = Field(
        "Describe what is heard in this recording.",
        min_length=1,
        max_length=8000,
        description="What is asked about the audio.",
    )
    max_tokens: int = Field(512, ge=1, le=131_072, description="Longest answer, in tokens.")
    temperature: float = Field(0.0, ge=0, le=2, description="0 gives the likeliest answer; more gives more variety.")
    reasoning: Literal["none", "think-tags", "field", "harmony"] = Field(
        "none", description="How the model's reasoning is told from its answer."
    )
    stream: Boolean = Field(True, description="Whether the answer is read while it is made.")


class Specification(_Part):
    """A declared model: exactly one of `image`, `process` and `endpoint` says where it runs."""

    name: Name | None = Field(None, description="Unique name; left out: taken from the image.")
    version: str = Field("1", min_length=1, max_length=40, description="Version of the model's weights.")
    description: str = Field("", max_length=2000, description="A sentence for the people who choose.")
    license: str = Field("", max_length=200, description="License of code and weights; carried into exports.")
    homepage: str = Field("", max_length=300, description="Where to read more.")
    image: str | None = Field(None, max_length=300, description="Container image.")
    process: str | None = Field(None, max_length=80, description="A model bundled with LabelBuddy, without Docker.")
    endpoint: str | None = Field(None, max_length=500, description="URL of a server that runs elsewhere.")
    token: str | None = Field(None, max_length=80, description="Name of the secret that holds the endpoint's token.")
    protocol: Literal["labelbuddy", "label-studio", "openai-chat", "labelbuddy-2022"] = Field(
        "labelbuddy", description="What the server speaks."
    )
    chat: Chat | None = Field(None, description="How an audio-language model is asked.")
    port: int = Field(8080, ge=1, le=65_535, description="TCP port inside the container.")
    transport: Literal["socket", "tcp"] | None = Field(None, description="Unix socket or TCP; left out: by the image.")
    input_schema: InputSchema = Field(default_factory=InputSchema.model_construct, description="What audio is sent.")
    output_schema: list[OutputItem] = Field(default_factory=list, description="What the model answers.")
    resources: Resources = Field(default_factory=Resources.model_construct, description="Limits.")
    environment: dict[str, str] = Field(default_factory=dict, description="Environment variables of the container.")
    training: Training = Field(default_factory=Training.model_construct, description="Fine-tuning.")

    @model_validator(mode="after")
    def _one_place(self) -> Specification:
        given = [name for name in ("image", "process", "endpoint") if getattr(self, name)]
        if len(given) != 1:
            what = " and ".join(given) if given else "none"
            raise ValueError(f"give exactly one of image, process and endpoint (found {what})")
        if self.endpoint and not re.match(r"^https?://[^/\s]+", self.endpoint):
            raise ValueError("endpoint must be a URL that begins with http:// or https://")
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
    def labels(self) -> list[str]:
        """Every label the model can answer, in order."""
        found = [
            label for item in self.output_schema for label in [*item.labels, *([item.label] if item.label else [])]
        ]
        return list(dict.fromkeys(found))


def parse_specification(text: str | bytes) -> Specification:
    """Read a specification. Raises `SpecificationProblem` with line, column, what was expected and what was found."""
    value, places = read_yaml(text)
    if not isinstance(value, dict):
        raise problem(
            "A model specification is a list of `key: value` lines.", 1, 1, expected="keys", found=_kind(value)
        )
    if "actions" in value:
        value = _from_2022(value, places)
    try:
        return Specification.model_validate(value)
    except ValidationError as error:
        raise _complaint(error, value, places) from None


def specification_schema() -> dict[str, Any]:
    """The JSON Schema of specifications, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Specification.model_json_schema()}


def _from_2022(value: dict[str, Any], places: Places) -> dict[str, Any]:
    """The dialect of 2022: a list of actions, of which running the container says everything."""
    line, column = places[("actions",)]
    actions = value["actions"]
    if set(value) != {"actions"} or not isinstance(actions, list):
        raise problem(
            "`actions` (the form of 2022) must be the only key and hold a list.", line, column, field="actions"
        )
    for position, action in enumerate(actions):
        if isinstance(action, dict) and action.get("type") == "RUN_DOCKER_CONTAINER":
            image, tag = action.get("docker_image_name"), action.get("docker_image_tag", "latest")
            if not isinstance(image, str) or not image:
                at = places[("actions", position)]
                raise problem("RUN_DOCKER_CONTAINER needs docker_image_name.", *at, field="docker_image_name")
            return {
                "image": f"{image}:{tag}",
                "protocol": "labelbuddy-2022",
                "port": 5000,
                "transport": "tcp",
                "output_schema": [{"type": "region"}],
            }
    raise problem("No action of type RUN_DOCKER_CONTAINER was found.", line, column, field="actions")


def _complaint(error: ValidationError, value: Any, places: Places) -> SpecificationProblem:
    first = error.errors(include_url=False)[0]
    path: Path = tuple(first["loc"])
    field = ".".join(str(part) for part in path)
    found = _kind(_at(value, path))
    if first["type"] == "extra_forbidden":
        line, column = places.get((*path, "__key__"), _nearest(path, places))
        near = difflib.get_close_matches(str(path[-1]), _keys_at(path[:-1]), 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return problem(f"The key {path[-1]!r} is not known here.{hint}", line, column, found=str(path[-1]), field=field)
    line, column = _nearest(path, places)
    if first["type"] == "missing":
        return problem(f"{field} is missing.", line, column, expected=str(path[-1]), field=field)
    message = first["msg"].removeprefix("Value error, ")
    where = f"{field}: " if field else ""
    return problem(f"{where}{message}; found {found}.", line, column, expected=message, found=found, field=field)


def _keys_at(path: Path) -> list[str]:
    parts: dict[str, type[_Part]] = {
        "input_schema": InputSchema,
        "output_schema": OutputItem,
        "resources": Resources,
        "training": Training,
        "chat": Chat,
    }
    return list((parts.get(str(path[0]), Specification) if path else Specification).model_fields)


def _nearest(path: Path, places: Places) -> tuple[int, int]:
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, 1))


def _at(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _kind(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a list" if isinstance(value, list) else "keys"
    return repr(value)[:80]
