"""The parts of a model specification, and how the paper's way of writing numbers and booleans is read."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from labelbuddy_core.inference.secret_names import SecretReference
from labelbuddy_core.inference.specification_mistakes import TAGS

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([kmg]?)i?b?\s*$", re.I)
_SIZES = r"^\d+(\.\d+)?\s*[kKmMgG]?i?[bB]?$"
_WORDS = "^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO)$"
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


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _environment_value(value: Any) -> str:
    return TAGS[1] if isinstance(value, (dict, SecretReference)) else TAGS[0]


Boolean = Annotated[
    bool,
    BeforeValidator(_boolean),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": _WORDS}]}),
]
Bytes = Annotated[
    int,
    BeforeValidator(_bytes),
    Field(gt=0),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": r"^\d+(\.\d+)?\s*[kKmMgG]?i?[bB]?$"},
            ]
        }
    ),
]
EnvironmentValue = Annotated[
    Annotated[str, Tag(TAGS[0])] | Annotated[SecretReference, Tag(TAGS[1])], Discriminator(_environment_value)
]
Labels = Annotated[
    list[str],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One label, or a list of them."""
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\w][\w .:/+-]*$")]


class Part(BaseModel):
    """A part of a specification; keys that it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSchema(Part):
    """What audio the model receives."""

    audio: Literal["wav", "flac"] = Field("wav", description="File format of the audio that is sent.")
    sample_rate: int | None = Field(None, ge=1000, le=192_000, description="Hz; left out: the recording's own.")
    channels: Literal[1, 2] | None = Field(None, description="1 mixes to mono; left out: the recording's own.")
    max_seconds: float | None = Field(None, gt=0, description="Longest stretch the model takes, in seconds.")


class OutputItem(Part):
    """One thing the model answers."""

    type: Literal["region", "point", "tag", "text", "embedding"] = Field(description="What kind of answer.")
    label: str | None = Field(None, max_length=80, description="The one label of this answer.")
    labels: list[str] = Field(default_factory=list, max_length=10_000, description="The labels it can have.")
    threshold: float | None = Field(None, ge=0, le=1, description="Suggested lowest score.")
    frequency: Boolean = Field(False, description="Whether regions have frequency bounds.")

    @property
    def all_labels(self) -> list[str]:
        """`labels`, and `label` if there is one."""
        return [*self.labels, *([self.label] if self.label else [])]


class Resources(Part):
    """What the container may use."""

    gpu: Boolean = Field(False, description="Whether the model needs a GPU.")
    memory: Bytes = Field(2 * 1024**3, description="Most memory, for example 2g.")
    cpus: float = Field(2.0, gt=0, le=256, description="Most processor cores.")
    shm: Bytes = Field(64 * 1024**2, description="Size of shared memory, for example 64m.")
    timeout_seconds: float = Field(600.0, gt=0, le=86_400, description="Longest time for one prediction.")
    keep_warm: Boolean = Field(False, description="Whether the model runs all the time, not only while it is used.")


class TrainingParameter(Part):
    """A number the manager may choose for training."""

    default: float = Field(description="The value that is suggested.")
    min: float = Field(description="The least that may be chosen.")
    max: float = Field(description="The most that may be chosen.")


class Training(Part):
    """Whether and how the model can be fine-tuned."""

    supported: Boolean = Field(False, description="Whether the container answers /train.")
    parameters: dict[str, TrainingParameter] = Field(
        default_factory=dict, description="Parameters with default, min and max."
    )


class Chat(Part):
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
    seed: int | None = Field(
        None, ge=0, le=2**63 - 1, description="Sent with every question: the same seed, the same answer."
    )
    regions: Literal["json", "time-stamps"] = Field(
        "json",
        description="How regions are asked for: as JSON with labels, or as words with time stamps "
        "(regions with text, of the one label that there is).",
    )
    reasoning: Literal["none", "think-tags", "field", "harmony"] = Field(
        "none", description="How the model's reasoning is told from its answer."
    )
    stream: Boolean = Field(True, description="Whether the answer is read while it is made.")


class TextEmbeddings(Part):
    """How a model of text vectors is asked (only with `protocol: openai-embeddings`)."""

    model: str = Field("", max_length=200, description="The server's name of the model; empty: the first it lists.")
    prefix: str = Field("", max_length=400, description="Put before every text, as some models want it: `query: `.")
    dimensions: int | None = Field(
        None, ge=8, le=8192, description="Length of the vectors, where the model can shorten them; left out: its own."
    )
    batch: int = Field(32, ge=1, le=1024, description="Most texts in one request.")
