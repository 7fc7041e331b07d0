"""What a researcher writes to serve a model: a class with `load` and `predict`; and the values that pass between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Mono samples, shape (frames,), full scale ±1."""


@dataclass(frozen=True)
class Information:
    """What a model is: shown by `/info`. `sample_rate` (Hz) is what `predict` receives. Times are in seconds."""

    name: str
    version: str
    labels: tuple[str, ...]
    sample_rate: int
    description: str = ""
    license: str = ""
    device: str = "cpu"


@dataclass(frozen=True)
class Options:
    """What the asker wants: scores from `threshold` on (None: the model's own), at most `top_k` tags."""

    threshold: float | None = None
    top_k: int | None = None
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Segment:
    """A stretch of sound with a label; seconds from the beginning of what was received."""

    start: float
    end: float
    label: str
    score: float


@dataclass(frozen=True)
class Caption(Segment):
    """A stretch of sound described in words."""

    text: str = ""


@dataclass(frozen=True)
class Tag:
    """A label of everything that was received."""

    label: str
    score: float


@dataclass(frozen=True)
class Answer:
    """What a model says about audio; `notes` are sentences for whoever asked, `reasoning` what it thought."""

    regions: tuple[Segment, ...] = ()
    tags: tuple[Tag, ...] = ()
    points: tuple[dict[str, Any], ...] = ()
    text: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    reasoning: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "regions": [asdict(region) for region in self.regions],
            "tags": [asdict(tag) for tag in self.tags],
            "points": list(self.points),
            "text": list(self.text),
            **({"notes": list(self.notes)} if self.notes else {}),
            **({"reasoning": self.reasoning} if self.reasoning else {}),
        }


@dataclass(frozen=True)
class Embedding:
    """Vectors, shape (stretches, dimensions); stretch n begins at n · `seconds`."""

    seconds: float
    vectors: npt.NDArray[np.float32]


class Model(Protocol):
    """A model to serve. `load` is called once, in the background, before the first `predict`."""

    @property
    def information(self) -> Information: ...

    def load(self) -> None:
        """Read the weights; an exception makes `/health` say `failed` with its message."""
        ...

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Answer for mono samples at `information.sample_rate`."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """What a model may offer besides: `/embed` exists for a model that has this method."""

    def embed(self, samples: Samples) -> Embedding:
        """Feature vectors over time of mono samples at `information.sample_rate`."""
        ...


@dataclass(frozen=True)
class ChatMessage:
    """One turn of a conversation: who speaks, the words, and sounds as mono samples."""

    role: str
    text: str
    sounds: tuple[Samples, ...] = ()


@dataclass(frozen=True)
class ChatOptions:
    """At most `max_tokens` pieces are taken; temperature 0 means the likeliest answer.

    The same question with the same `seed` has the same answer; None leaves the seed to the model.
    """

    max_tokens: int
    temperature: float
    top_p: float = 1.0
    seed: int | None = None


@runtime_checkable
class Talker(Protocol):
    """What an audio-language model offers besides: `/v1/chat/completions` exists for a model that has this method."""

    def chat(self, messages: Sequence[ChatMessage], options: ChatOptions) -> Iterator[str]:
        """The answer, a token a piece; it ends by itself or is no longer asked after `max_tokens` pieces.

        What the model thinks comes first, in `<think>` tags. A conversation that it cannot take is refused at once
        with `UnusableChatError`.
        """
        ...
