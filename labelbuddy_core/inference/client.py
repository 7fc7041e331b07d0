"""The client that fits a model's protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.protocols.label_studio import LabelStudioClient
from labelbuddy_core.inference.protocols.labelbuddy import ModelClient
from labelbuddy_core.inference.protocols.labelbuddy_2022 import Client2022
from labelbuddy_core.inference.protocols.openai_chat import ChatClient
from labelbuddy_core.inference.protocols.openai_embeddings import TextEmbeddingClient
from labelbuddy_core.inference.specification import Specification

__all__ = ["Client", "ModelClient", "client_for"]


class Client(Protocol):
    """Asks one running model, in whatever it speaks; every method raises `ModelProblem` with what was wrong."""

    def health(self) -> dict[str, Any]:
        """{status, detail} with status starting, ready or failed."""
        ...

    def info(self) -> dict[str, Any]:
        """What the model says about itself; empty where the protocol has no such question."""
        ...

    def predict(self, audio: Path, options: dict[str, Any]) -> dict[str, Any]:
        """The answer in our own form, not checked yet; times in seconds from the beginning of `audio`.

        `options`: `threshold`; for Label Studio's backends also `audio_url` and `labels`.
        """
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


def protocol_notes(raw: dict[str, Any]) -> list[str]:
    """What a client noted about an answer besides: what it left out, how much was used, and what the model thought."""
    notes = raw.get("notes")
    told = [one[:2000] for one in notes if isinstance(one, str)] if isinstance(notes, list) else []
    thought = raw.get("reasoning")
    return [*told[:20], *([f"Reasoning: {thought[:4000]}"] if isinstance(thought, str) and thought else [])]


def client_for(specification: Specification, endpoint: Endpoint) -> Client:
    """A client that speaks the protocol of the specification."""
    match specification.protocol:
        case "labelbuddy-2022":
            return Client2022(endpoint)
        case "label-studio":
            return LabelStudioClient(endpoint, specification)
        case "openai-chat":
            return ChatClient(endpoint, specification)
        case "openai-embeddings":
            return TextEmbeddingClient(endpoint, specification)
        case _:
            return ModelClient(endpoint)
