"""What every model container shares: the contract, its server and the check that a server keeps it."""

from model_containers.serving.model import (
    Answer,
    ChatMessage,
    ChatOptions,
    Embedder,
    Embedding,
    Information,
    Model,
    Options,
    Segment,
    Tag,
    Talker,
)
from model_containers.serving.runner import serve
from model_containers.serving.server import create_app

__all__ = [
    "Answer",
    "ChatMessage",
    "ChatOptions",
    "Embedder",
    "Embedding",
    "Information",
    "Model",
    "Options",
    "Segment",
    "Tag",
    "Talker",
    "create_app",
    "serve",
]
