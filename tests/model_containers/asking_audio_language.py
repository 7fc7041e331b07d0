"""Asks tiny checkpoints in one process and prints what they say as JSON; run where transformers is installed."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file, save_file

from model_containers.audio_language.adapter import LOW_RANK
from model_containers.audio_language.app import AudioLanguageModel
from model_containers.audio_language.configuration import Configuration
from model_containers.serving import ChatMessage, ChatOptions, Options

NOISE = (0.1 * np.random.default_rng(1).standard_normal(16_000 * 9)).astype(np.float32)
TONE = (0.5 * np.sin(np.arange(16_000 * 9) / 5)).astype(np.float32)


def loaded(folder: Path, kind: str, **options: Any) -> AudioLanguageModel:
    model = AudioLanguageModel(Configuration(folder, kind, max_tokens=12, **options))
    model.load()
    return model


def said(model: AudioLanguageModel, sound: Any, temperature: float = 0.0, seed: int | None = None) -> list[str]:
    question = [ChatMessage("user", "What is heard?", (sound,))]
    return list(model.chat(question, ChatOptions(12, temperature, 1.0, seed)))


def refusal(call: Any) -> str:
    try:
        call()
    except (ValueError, RuntimeError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def asked(folder: Path, kind: str) -> dict[str, Any]:
    model = loaded(folder, kind)
    network = model._loaded()
    probabilities = [
        [piece.probability for piece in network.answer([ChatMessage("user", "Hm?", (sound,))], ChatOptions(3, 0.0), 0)]
        for sound in (NOISE[:48_000], TONE[:48_000])
    ]
    interrupted = iter(model.chat([ChatMessage("user", "Hm?")], ChatOptions(4000, 0.0)))
    next(interrupted)
    interrupted.close()
    answer = model.predict(NOISE, Options())
    return {
        "device": model.information.device,
        "version": model.information.version,
        "sampled": [said(model, NOISE[:48_000], 1.0, seed) for seed in (7, 7, 8)],
        "unseeded": [said(model, NOISE[:48_000], 1.0) for _ in range(2)],
        "heard": probabilities,
        "without_sound": len(list(model.chat([ChatMessage("user", "Hm?")], ChatOptions(5, 0.0)))),
        "several_turns": len(
            list(
                model.chat(
                    [
                        ChatMessage("system", "Be short."),
                        ChatMessage("user", "Hm?", (NOISE[:8000],)),
                        ChatMessage("assistant", "A hiss."),
                        ChatMessage("user", "Loud?"),
                    ],
                    ChatOptions(5, 0.0),
                )
            )
        ),
        "two_sounds": refusal(lambda: model.chat([ChatMessage("user", "", (NOISE[:8000],) * 2)], ChatOptions(5, 0.0))),
        "long": refusal(lambda: said(model, np.zeros(16_000 * 1300, np.float32))),
        "notes": answer.notes,
        "memory": network.model.get_memory_footprint(),
    }


def thinking(folder: Path) -> dict[str, Any]:
    """What the adapter changed, of tiny_adapter.py, and what is refused."""
    kind = "audioflamingo3"
    plain, model = loaded(folder, kind), loaded(folder, kind, thinking=True)
    before, after = (dict(one._loaded().model.named_parameters()) for one in (plain, model))
    changed = {name: float((after[name] - before[name]).detach().abs().mean()) for name in before}
    low_rank = load_file(folder / kind / "think" / "adapter_model.safetensors")
    lower, upper = (next(one for name, one in low_rank.items() if part in name) for part in ("lora_A", "lora_B"))
    (layer,) = [name for name, by in changed.items() if by > 0.0 and "q_proj" in name]
    difference = (after[layer] - before[layer]).detach()
    prompts: list[str] = []
    network = model._loaded()
    network.answer = lambda messages, *_: prompts.append(messages[-1].text) or (one for one in ())  # type: ignore[method-assign]
    list(model.chat([ChatMessage("user", "What is heard?", (NOISE[:8000],))], ChatOptions(5, 0.0)))
    broken = folder / "broken"
    shutil.copytree(folder / kind, broken)
    save_file({"elsewhere.lora_A.weight": lower, "elsewhere.lora_B.weight": upper}, broken / "think" / LOW_RANK)
    lacking = folder / "lacking"
    shutil.copytree(folder / kind, lacking, ignore=shutil.ignore_patterns("think"))
    return {
        "changed": sorted(name for name, by in changed.items() if by > 0.0),
        "replaced": [by for name, by in changed.items() if "embed_tokens" in name],
        "off_by": float((difference - 2.0 * upper @ lower).abs().max()),
        "prompt": prompts,
        "version": model.information.version,
        "4bit": refusal(lambda: loaded(folder, kind, precision="4bit", thinking=True)),
        "other_family": refusal(lambda: loaded(folder, "musicflamingo", thinking=True)),
        "misnamed": refusal(lambda: loaded(folder, "broken", thinking=True)),
        "lacking": refusal(lambda: loaded(folder, "lacking", thinking=True)),
    }


def main(folder: Path) -> None:
    found: dict[str, Any] = {kind: asked(folder, kind) for kind in ("musicflamingo", "audioflamingo3", "qwen2_audio")}
    for precision in ("bfloat16", "8bit", "4bit"):
        model = loaded(folder, "musicflamingo", precision=precision)
        answers = [said(model, TONE[:48_000]) for _ in range(2)]
        found[precision] = {"answers": answers, "memory": model._loaded().model.get_memory_footprint()}
    found["thinking"] = thinking(folder)
    found["cuda"] = refusal(lambda: loaded(folder, "musicflamingo", device="cuda"))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
