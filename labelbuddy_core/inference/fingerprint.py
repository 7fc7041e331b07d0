"""What of a specification decides about a model's answers, as one short name: when it changes, answers are stale."""

from __future__ import annotations

import hashlib

import orjson

from labelbuddy_core.inference.specification import Specification

_BESIDE_THE_POINT = frozenset(
    {
        *("name", "description", "license", "homepage", "token", "port", "transport", "resources", "training"),
        *("replicas", "further_endpoints"),
    }
)
"""What may change without another answer: words, and how the model is run."""


def fingerprint(specification: Specification) -> str:
    """64 hexadecimal digits."""
    deciding = specification.model_dump(mode="json", exclude=set(_BESIDE_THE_POINT))
    if deciding["embeddings"] is None:  # a key that older models' names were made without
        del deciding["embeddings"]
    return hashlib.sha256(orjson.dumps(deciding, option=orjson.OPT_SORT_KEYS)).hexdigest()
