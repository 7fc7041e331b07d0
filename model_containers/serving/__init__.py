"""What every model container shares: the contract, its server and the check that a server keeps it."""

from model_containers.serving.chat import UnusableChatError
from model_containers.serving.dataset import Dataset, Example, Stretch
from model_containers.serving.model import (
    Answer,
    Caption,
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
from model_containers.serving.run import Cancelled, Run, Trainer
from model_containers.serving.runner import serve
from model_containers.serving.server import create_app
from model_containers.serving.versions import Tunable

__all__ = [
    "Answer",
    "Cancelled",
    "Caption",
    "ChatMessage",
    "ChatOptions",
    "Dataset",
    "Embedder",
    "Embedding",
    "Example",
    "Information",
    "Model",
    "Options",
    "Run",
    "Segment",
    "Stretch",
    "Tag",
    "Talker",
    "Trainer",
    "Tunable",
    "UnusableChatError",
    "create_app",
    "serve",
]
