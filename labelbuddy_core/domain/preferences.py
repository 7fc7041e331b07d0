"""What a person set for the editor: keys that are not the usual ones, the time to react, the language, whether scores
are seen, and how loud recordings are played."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Keys = Annotated[str, Field(min_length=1, max_length=40)]
Action = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]
Language = Literal["auto", "en", "de"]

USUAL_LOUDNESS = -23.0
"""LUFS: the level of EBU R 128. At it speech, music and most sounds of the street reach the target with their peaks
below full scale; at louder targets those with high peaks stay quieter than the others."""
LEAST_LOUDNESS, MOST_LOUDNESS = -40.0, -10.0
"""LUFS that can be chosen."""


class Preferences(BaseModel):
    """`keys` by action; `reaction` is the seconds from hearing to pressing, which held label keys mark earlier;
    `language` is a BCP 47 tag, or `auto` for what the browser prefers; `scores` says whether those of suggestions are
    seen; `leveling` whether recordings are played equally loud, and `loudness` how loud that is (LUFS)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: dict[Action, Keys] = Field(default_factory=dict, max_length=200)
    reaction: float = Field(default=0.15, ge=0.0, le=1.0, allow_inf_nan=False)
    language: Language = "auto"
    scores: Literal["shown", "hidden"] = "shown"
    leveling: Literal["on", "off"] = "on"
    loudness: float = Field(default=USUAL_LOUDNESS, ge=LEAST_LOUDNESS, le=MOST_LOUDNESS, allow_inf_nan=False)
