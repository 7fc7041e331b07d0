"""Files of heads: safetensors with `weight` and `bias`, and in the header what they belong to and their labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from model_containers.serving.head import Head

FORMAT = "labelbuddy-head-1"


def save(path: Path, head: Head, labels: tuple[str, ...], version: str, model: str) -> None:
    """Write a head for the network that `model` names."""
    from safetensors.numpy import save_file

    about = {"format": FORMAT, "model": model, "labels": json.dumps(labels), "version": version}
    tensors = {"weight": np.ascontiguousarray(head.weight), "bias": np.ascontiguousarray(head.bias)}
    partial = path.with_name(path.name + ".partial")
    save_file(tensors, partial, metadata=about)
    partial.replace(path)


def load(path: Path, model: str, dimensions: int) -> tuple[Head, tuple[str, ...], str]:
    """A head with its labels and version. Raises ValueError when it is none, or of another network."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            about = file.metadata() or {}
            if about.get("format") != FORMAT:
                raise ValueError("the file holds no head of ours")
            if about.get("model") != model:
                raise ValueError(f"the head is of {about.get('model')!r}, not of {model!r}")
            head = Head(file.get_tensor("weight"), file.get_tensor("bias"))
            labels = tuple(str(label) for label in json.loads(about["labels"]))
    except (OSError, KeyError, SafetensorError) as error:
        raise ValueError(f"the file cannot be read as safetensors ({type(error).__name__})") from None
    if head.weight.shape != (len(labels), dimensions) or head.bias.shape != (len(labels),) or not labels:
        raise ValueError(f"the head has {head.weight.shape}, {(len(labels), dimensions)} was expected")
    if not (np.isfinite(head.weight).all() and np.isfinite(head.bias).all()):
        raise ValueError("the head has weights that are not numbers")
    return head, labels, about.get("version", "")
