"""The built bundle as Streamlit components: from a route of LabelBuddy's server, or from any Streamlit server's media.

Streamlit sends a component's code with every change of its data. Both components are therefore a few lines that fetch
the bundle once.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

ASSETS = Path(__file__).parent / "dist"
_MEDIA_LOADER = """
let bundle = null;

// While a script reruns, its media can be missing for a moment; browsers remember what failed under one address.
async function load(address) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await import(attempt ? `${address}?${attempt}` : address);
    } catch (problem) {
      if (attempt === 5) throw problem;
      await new Promise((done) => setTimeout(done, 200 * 2 ** attempt));
    }
  }
}

export default async function (component) {
  bundle ??= load(new URL(component.data.code, document.baseURI).href);
  try {
    return (await bundle).default(component);
  } catch (problem) {
    bundle = null;
    throw problem;
  }
}
"""


@cache
def served() -> Any:
    """The component that loads its code from `/lb-assets/`, where it may stay in the browser's cache."""
    return component("labelbuddy.editor", js=_loader(), css=_style("css"))


@cache
def served_player() -> Any:
    """The same for small players: a page has many, and Streamlit sends the style with each."""
    return component("labelbuddy.player", js=_loader(), css=_style("player"))


def _loader() -> str:
    # Streamlit takes a one-line string for a path; a line break inside makes it code.
    return (
        f'const bundle = import(new URL("{asset_path()}", document.baseURI).href);\n'
        "export default async function (component) { return (await bundle).default(component); }\n"
    )


@cache
def standalone() -> Any:
    """The component that loads its code from the address `code` in its data: for servers without a route of ours."""
    return component("labelbuddy.audio_editor", js=_MEDIA_LOADER, css=_style("css"))


def code() -> bytes:
    """Everything in one script, for servers that have one address to give it."""
    return (ASSETS / _manifest()["alone"]).read_bytes()


def asset_path() -> str:
    """Where the server has the bundle's first file, under its base path."""
    return f"{base_path()}/lb-assets/{_manifest()['js']}"


def editor_paths() -> list[str]:
    """Where the server has the files that the annotation editor consists of, the first one before the others."""
    return [asset_path(), *(f"{base_path()}/lb-assets/{name}" for name in _manifest()["editor"])]


def base_path() -> str:
    """The path that the app is served under: empty, or beginning with a slash and not ending with one."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


@cache
def _manifest() -> dict[str, Any]:
    return json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))


def _style(name: str) -> str:
    return "/* LabelBuddy */\n" + (ASSETS / _manifest()[name]).read_text(encoding="utf-8")
