"""From a conversation to what the network takes: sounds as log-mel windows of 30 s, words as tokens.

The checkpoint's own processor does both, so that a conversation has the form that the network was trained on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from model_containers.serving import ChatMessage
from model_containers.serving.model import Samples

SAMPLE_RATE = 16_000
_LEAST_SECONDS = 0.1
"""Shorter sounds are followed by silence: the networks' convolutions need some frames."""


def conversation(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Messages as chat templates take them; in a turn the sounds come before the words, as in training."""
    return [
        {
            "role": "system" if message.role == "developer" else message.role,
            "content": [
                *({"type": "audio", "audio": _long_enough(sound)} for sound in message.sounds),
                *([{"type": "text", "text": message.text}] if message.text else []),
            ],
        }
        for message in messages
    ]


def inputs(processor: Any, messages: Sequence[ChatMessage]) -> Any:
    """The tensors of a conversation, up to where the answer begins."""
    return processor.apply_chat_template(
        conversation(messages), tokenize=True, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )


def windows(samples: Samples, longest: float) -> list[tuple[float, Samples]]:
    """A sound in parts of equal length, none above `longest` seconds, each with the second at which it begins."""
    count = max(1, math.ceil(len(samples) / (longest * SAMPLE_RATE) - 1e-9))
    edges = [round(len(samples) * number / count) for number in range(count + 1)]
    return [(first / SAMPLE_RATE, samples[first:last]) for first, last in pairwise(edges)]


def _long_enough(sound: Samples) -> Samples:
    lacking = round(_LEAST_SECONDS * SAMPLE_RATE) - len(sound)
    return np.pad(sound, (0, lacking)) if lacking > 0 else sound
