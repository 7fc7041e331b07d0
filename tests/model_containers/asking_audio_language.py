"""Asks tiny checkpoints in one process and prints what they say as JSON; run where transformers is installed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

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


def main(folder: Path) -> None:
    found: dict[str, Any] = {kind: asked(folder, kind) for kind in ("musicflamingo", "audioflamingo3", "qwen2_audio")}
    for precision in ("bfloat16", "8bit", "4bit"):
        model = loaded(folder, "musicflamingo", precision=precision)
        answers = [said(model, TONE[:48_000]) for _ in range(2)]
        found[precision] = {"answers": answers, "memory": model._loaded().model.get_memory_footprint()}
    found["cuda"] = refusal(lambda: loaded(folder, "musicflamingo", device="cuda"))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
