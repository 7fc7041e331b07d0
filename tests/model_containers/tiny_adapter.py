"""A thinking adapter in the layout of Audio Flamingo 3's `think/`, with the names that parts had back then."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

RANK, ALPHA = 4, 8
LAYER = "language_model.model.layers.0.self_attn.q_proj"
WORDS = "language_model.model.embed_tokens.weight"


def write(checkpoint: Path, network: torch.nn.Module) -> None:
    """Write `think/` beside a checkpoint: one weight changed by low rank, one tensor replaced."""
    folder = checkpoint / "think"
    folder.mkdir()
    weights = dict(network.named_parameters())
    (size,) = {tuple(one.shape) for name, one in weights.items() if name.endswith("layers.0.self_attn.q_proj.weight")
               and "audio_tower" not in name}  # fmt: skip
    torch.manual_seed(5)
    changed = {"lora_A": torch.randn(RANK, size[1]), "lora_B": torch.randn(size[0], RANK)}
    save_file(
        {f"base_model.model.{LAYER}.{name}.weight": one for name, one in changed.items()},
        folder / "adapter_model.safetensors",
    )
    (embedded,) = [one for name, one in weights.items() if name.endswith("embed_tokens.weight")]
    torch.save({WORDS: embedded.detach() + 0.25}, folder / "non_lora_trainables.bin")
    about = {"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "bias": "none", "target_modules": ["q_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(about))
