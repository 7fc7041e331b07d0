"""How the model is set up, from the environment of its container; docs/audio-language.md describes every variable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEVICES = ("auto", "cpu", "cuda")
SWITCH = ("off", "on")
PRECISIONS = ("auto", "float32", "bfloat16", "float16", "8bit", "4bit")
CAPTION_PROMPT = "Describe this recording in detail."


@dataclass(frozen=True)
class Configuration:
    """`weights` is a checkpoint's folder, or one with several of which `checkpoint` names one.

    `labels` is the vocabulary of tags (none: no tags are asked for), `timed_label` the label of stretches that are
    described in words (empty: none are asked for), `thinking` whether the thinking adapter is used.
    """

    weights: Path
    checkpoint: str = ""
    device: str = "auto"
    precision: str = "auto"
    prompt: str = CAPTION_PROMPT
    labels: tuple[str, ...] = ()
    timed_label: str = ""
    max_tokens: int = 512
    seed: int = 0
    thinking: bool = False


def configuration(environment: Mapping[str, str]) -> Configuration:
    """The configuration of an environment. Raises ValueError naming the variable that is wrong."""
    return Configuration(
        weights=Path(environment.get("LABELBUDDY_WEIGHTS") or "/data"),
        checkpoint=environment.get("LABELBUDDY_VARIANT", "").strip(),
        device=_one_of(environment, "LABELBUDDY_DEVICE", DEVICES),
        precision=_one_of(environment, "LABELBUDDY_PRECISION", PRECISIONS),
        prompt=environment.get("LABELBUDDY_PROMPT", "").strip() or CAPTION_PROMPT,
        labels=_labels(environment.get("LABELBUDDY_LABELS", "")),
        timed_label=environment.get("LABELBUDDY_TIMED_LABEL", "").strip(),
        max_tokens=_whole(environment, "LABELBUDDY_MAX_TOKENS", 512, least=1),
        seed=_whole(environment, "LABELBUDDY_SEED", 0, least=0),
        thinking=_one_of(environment, "LABELBUDDY_THINKING", SWITCH) == "on",
    )


def _one_of(environment: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = environment.get(name, "").strip().lower() or allowed[0]
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; found {value!r}.")
    return value


def _whole(environment: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    value = environment.get(name, "").strip() or str(default)
    if not value.isdecimal() or int(value) < least:
        raise ValueError(f"{name} must be a whole number from {least} on; found {value!r}.")
    return int(value)


def _labels(text: str) -> tuple[str, ...]:
    """A JSON list, or labels between commas."""
    if text.lstrip().startswith("["):
        try:
            found = json.loads(text)
        except ValueError:
            raise ValueError("LABELBUDDY_LABELS begins like a JSON list and is none.") from None
        if not all(isinstance(one, str) for one in found):
            raise ValueError("LABELBUDDY_LABELS must be a list of texts.")
    else:
        found = text.split(",")
    return tuple(dict.fromkeys(label for one in found if (label := one.strip())))
