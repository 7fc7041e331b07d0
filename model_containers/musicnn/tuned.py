"""Files of whole networks that were taught: safetensors with what they belong to and their labels in the header."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from model_containers.musicnn.network import Musicnn

FORMAT = "labelbuddy-musicnn-tuned-1"


def save(path: Path, network: Musicnn, labels: tuple[str, ...], version: str, model: str) -> None:
    """Write a network that was taught from the weights that `model` names."""
    about = {"format": FORMAT, "model": model, "labels": json.dumps(labels), "version": version}
    tensors = {
        name: tensor.detach().contiguous()
        for name, tensor in network.state_dict().items()
        if tensor.is_floating_point()  # not the counters of learning
    }
    partial = path.with_name(path.name + ".partial")
    save_file(tensors, partial, metadata=about)
    partial.replace(path)


def is_whole(path: Path) -> bool:
    """Whether a file holds a whole network of ours, not an output layer alone."""
    try:
        with safe_open(path, "pt") as file:
            return (file.metadata() or {}).get("format") == FORMAT
    except (OSError, SafetensorError):
        return False


def load(path: Path, model: str) -> tuple[Musicnn, tuple[str, ...], str]:
    """The network in a file with its labels and version. Raises ValueError when it is of something else."""
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
        if about.get("model") != model:
            raise ValueError(f"the network is of {about.get('model')!r}, not of {model!r}")
        labels = tuple(str(label) for label in json.loads(about["labels"]))
        network = Musicnn(len(labels))
        missing, unexpected = network.load_state_dict(load_file(path), strict=False)
    except (OSError, KeyError, RuntimeError, SafetensorError) as error:
        raise ValueError(f"the file does not hold a musicnn ({type(error).__name__})") from None
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ValueError("the file does not hold a musicnn: tensors are missing")
    if not all(bool(torch.isfinite(one).all()) for one in network.parameters()):
        raise ValueError("the network has weights that are not numbers")
    return network.eval(), labels, about.get("version", "")
