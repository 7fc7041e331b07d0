"""Files of weights: safetensors with the labels, the version and how events are smoothed beside the tensors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from model_containers.yoho.decode import Smoothing
from model_containers.yoho.network import Yoho

FORMAT = "labelbuddy-yoho-1"
FILE = "yoho.safetensors"
HOW = (
    "convert the published file with `python -m model_containers.yoho.convert YOHO-music-speech.h5 --to FOLDER`, "
    "or train with model_containers.yoho.train_from_scratch (experimental)"
)
"""Where weights come from."""

PUBLISHED = {"speech": Smoothing(0.8, 0.8), "music": Smoothing(0.8, 3.4)}
"""Of the example notebook of Venkatesh et al. (2022), in seconds."""
USUAL = Smoothing(0.3, 0.1)


@dataclass(frozen=True)
class Loaded:
    """A network with what belongs to it; `smoothing` is by label."""

    network: Yoho
    labels: tuple[str, ...]
    version: str
    smoothing: tuple[Smoothing, ...]


class WeightsError(ValueError):
    """The file does not hold weights of YOHO."""


def load(path: Path) -> Loaded:
    """The network in a file, ready to predict. Raises `WeightsError`."""
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
        if about.get("format") != FORMAT:
            raise WeightsError(f"{path.name} does not hold weights of YOHO")
        labels = tuple(json.loads(about["labels"]))
        network = Yoho(len(labels))
        missing, unexpected = network.load_state_dict(load_file(path), strict=False)
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"{path.name} cannot be read: {error}") from None
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise WeightsError(f"{path.name} does not hold weights of YOHO: {[*unexpected, *missing][:3]}")
    return Loaded(network.eval(), labels, about["version"], smoothing_of(labels))


def save(path: Path, network: Yoho, labels: tuple[str, ...], version: str) -> None:
    """Keep a network: what it learned, not the counters of learning."""
    about = {"format": FORMAT, "labels": json.dumps(labels), "version": version}
    tensors = {
        name: tensor.detach().cpu().contiguous()
        for name, tensor in network.state_dict().items()
        if tensor.is_floating_point()
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata=about)
    partial.replace(path)


def smoothing_of(labels: tuple[str, ...]) -> tuple[Smoothing, ...]:
    """The published smoothing for speech and music, a lighter one for other labels."""
    return tuple(PUBLISHED.get(label, USUAL) for label in labels)
