"""A stretch of sound: a small spectrogram with the stretch marked, and a player of nothing but the stretch."""

from __future__ import annotations

import html

import streamlit as st

from components.wavesurfer_component import stretch_player
from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.services.accounts.preferences import get_preferences
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings.sound_pictures import Picture

HEIGHT = 64
"""Pixels of a picture."""
_SHADE = "position:absolute;top:0;bottom:0;background:rgba(0,0,0,.45);"
_MIDDLE = -20.0
"""LUFS of recordings whose tiles are shown as they are."""
_LEVELING = {"leveling", "loudness"}


def sound_strip(
    actor: Actor, picture: Picture | None, task: str, start: float, stop: float, *, what: str, key: str
) -> None:
    """Draw picture and player, as loud as the person wants it; `what` is said to those who do not see."""
    if picture is not None:
        st.html(_picture(picture, f"{base_path()}/api/v1/tasks/{task}", f"Spectrogram of {what}"))
    stretch_player(
        person=actor.id,
        task=task,
        start=start,
        stop=stop,
        says=what,
        measured=None if picture is None else picture.measured,
        preferences=get_preferences(actor).model_dump(include=_LEVELING),
        me=actor.username,
        key=key,
    )


def _brightness(picture: Picture) -> float:
    """Of the tiles, whose scale is fixed: loud noise would be all white else, and a quiet hum all black."""
    loudness = (picture.measured or {}).get("loudness")
    return 1.25 if loudness is None else min(1.6, max(0.85, 1.0 + (_MIDDLE - loudness) / 30.0))


def _picture(picture: Picture, address: str, what: str) -> str:
    light = _brightness(picture)
    tiles = "".join(
        f'<img src="{address}/spectrogram/{tile.path}" alt="" loading="lazy" style="position:absolute;top:0;'
        f"height:{HEIGHT}px;max-width:none;left:{100 * tile.begin:.3f}%;width:{100 * (tile.end - tile.begin):.3f}%;"
        f'filter:brightness({light:.2f}) contrast(1.5)">'
        for tile in picture.tiles
    )
    shades = (
        f'<div style="{_SHADE}left:0;width:{100 * picture.begin:.3f}%"></div>'
        f'<div style="{_SHADE}right:0;width:{100 * (1 - picture.end):.3f}%"></div>'
    )
    return (
        f'<div role="img" aria-label="{html.escape(what)}" style="position:relative;overflow:hidden;height:{HEIGHT}px;'
        f'background:#000;border-radius:.5rem">{tiles}{shades}</div>'
    )
