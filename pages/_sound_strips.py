"""A stretch of sound: a small spectrogram with the stretch marked, and a player of nothing but the stretch."""

from __future__ import annotations

import html

import streamlit as st

from components.wavesurfer_component.bundle import base_path
from labelbuddy_core.services.recordings.sound_pictures import Picture

HEIGHT = 64
"""Pixels of a picture."""
_SHADE = "position:absolute;top:0;bottom:0;background:rgba(0,0,0,.45);"
_PLAYED_LONGER = 0.05
"""Seconds after the end: browsers stop a little early."""


def sound_strip(picture: Picture | None, task: str, start: float, stop: float, what: str) -> None:
    """Draw picture and player; `what` is said to those who do not see."""
    address = f"{base_path()}/api/v1/tasks/{task}"
    shown = "" if picture is None else _picture(picture, address, what)
    player = (
        f'<audio controls preload="none" style="width:100%;height:32px;display:block" aria-label="{html.escape(what)}" '
        f'src="{address}/audio#t={start:.3f},{stop + _PLAYED_LONGER:.3f}"></audio>'
    )
    st.html(f"<div>{shown}{player}</div>")


def _picture(picture: Picture, address: str, what: str) -> str:
    tiles = "".join(
        f'<img src="{address}/spectrogram/{tile.path}" alt="" loading="lazy" style="position:absolute;top:0;'
        f"height:{HEIGHT}px;max-width:none;left:{100 * tile.begin:.3f}%;width:{100 * (tile.end - tile.begin):.3f}%;"
        'filter:brightness(1.5) contrast(1.5)">'
        for tile in picture.tiles
    )
    shades = (
        f'<div style="{_SHADE}left:0;width:{100 * picture.begin:.3f}%"></div>'
        f'<div style="{_SHADE}right:0;width:{100 * (1 - picture.end):.3f}%"></div>'
    )
    return (
        f'<div role="img" aria-label="{html.escape(what)}" style="position:relative;overflow:hidden;height:{HEIGHT}px;'
        f'background:#000;border-radius:.5rem;margin-bottom:.25rem">{tiles}{shades}</div>'
    )
