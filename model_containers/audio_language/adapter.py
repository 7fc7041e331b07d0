"""The thinking adapter of Audio Flamingo 3 (`think/` of its repository), put into the weights of a loaded network.

It is LoRA (Hu et al., ICLR 2022) as the library peft writes it: a weight W becomes W + alpha / r · B A; and a few
tensors that replace others, in a file of their own. Libraries have renamed the parts of the network since, so that
names are compared without `base_model`, `model` and `language_model` in them; a tensor without a place is an error, for
a network with half an adapter says nonsense.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

FOLDER = "think"
CONFIGURATION = "adapter_config.json"
LOW_RANK = "adapter_model.safetensors"
REPLACING = "non_lora_trainables.bin"
ASKED = "Please think and reason about the input audio before you respond."
"""What the network was trained to be asked with (README of Audio Flamingo 3)."""

_RENAMED = {"base_model", "model", "language_model"}
_UNSUPPORTED = ("use_dora", "fan_in_fan_out", "rank_pattern", "alpha_pattern")

Tensors = Mapping[str, torch.Tensor]


class UnusableAdapterError(ValueError):
    """There is no adapter, or it does not fit the network; the message says why."""


def put_into(network: torch.nn.Module, checkpoint: Path) -> None:
    """Change the network's weights as the adapter in `checkpoint`/think says.

    Raises `UnusableAdapterError`, and then nothing is changed, when there is none or a tensor has no place.
    """
    folder = checkpoint / FOLDER
    lacking = [name for name in (CONFIGURATION, LOW_RANK) if not (folder / name).exists()]
    if lacking:
        raise UnusableAdapterError(
            f"LABELBUDDY_THINKING is on, but {folder} has no {' and no '.join(lacking)}: fetch the checkpoint again "
            "(`labelbuddy model fetch audio-flamingo-3`), or leave thinking off."
        )
    places = {_bare(name): parameter for name, parameter in network.named_parameters()}
    changes = _replaced(folder / REPLACING) | _added(folder, places)
    unknown = [name for name, tensor in changes.items() if name not in places or places[name].shape != tensor.shape]
    if unknown:
        raise UnusableAdapterError(
            f"The thinking adapter does not fit this network: {unknown[0]!r} and {len(unknown) - 1} others have no "
            "place in it, or another shape."
        )
    with torch.no_grad():
        for name, tensor in changes.items():
            places[name].copy_(tensor)


def _replaced(file: Path) -> dict[str, torch.Tensor]:
    """Tensors that stand for others; read without running what is in the file."""
    found: Tensors = torch.load(file, map_location="cpu", weights_only=True) if file.exists() else {}
    return {_bare(name): tensor for name, tensor in found.items()}


def _added(folder: Path, places: Mapping[str, torch.nn.Parameter]) -> dict[str, torch.Tensor]:
    """The weights that low-rank tensors belong to, with these added."""
    about: dict[str, Any] = json.loads((folder / CONFIGURATION).read_text(encoding="utf-8"))
    unsupported = [name for name in _UNSUPPORTED if about.get(name)]
    if unsupported or about.get("bias", "none") != "none":
        raise UnusableAdapterError(f"The thinking adapter uses {(unsupported or ['bias'])[0]}, which is not supported.")
    rank = float(about["r"])
    scale = float(about["lora_alpha"]) / (math.sqrt(rank) if about.get("use_rslora") else rank)
    tensors: Tensors = load_file(folder / LOW_RANK)
    found: dict[str, torch.Tensor] = {}
    for name, lower in tensors.items():
        if not name.endswith(".lora_A.weight"):
            if not name.endswith(".lora_B.weight"):
                raise UnusableAdapterError(f"The thinking adapter has a tensor {name!r}, which is not supported.")
            continue
        upper = tensors.get(name.replace(".lora_A.", ".lora_B."))
        bare = _bare(name.removesuffix(".lora_A.weight") + ".weight")
        if upper is None or bare not in places:
            raise UnusableAdapterError(f"The thinking adapter does not fit this network: {name!r} has no place in it.")
        added = scale * (upper.float() @ lower.float())
        found[bare] = places[bare].detach().cpu().float() + added
    return found


def _bare(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in _RENAMED)
