"""The audio editor and the review editor as Streamlit components around wavesurfer.js.

The browser fetches and saves over the HTTP API; Streamlit only hears of what changes the page: going on to another task
(`navigate`) and a finished review (`reviewed`). The bundle in `dist/` is served by the web server under `/lb-assets/`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

ASSETS = Path(__file__).parent / "dist"
API = "/api/v1"


def annotation_editor(
    *, task: str, project: str, key: str, readonly: bool = False, on_navigate: Callable[[], None] | None = None
) -> Any:
    """The editor for one task of the signed-in annotator.

    After a submission the result's `navigate` is {"task": id of the next task, or None}; `on_navigate` is called then.
    """
    data = {"mode": "annotate", "task": task, "project": project, "api": _api(), "readonly": readonly}
    return _component()(key=key, data=data, height="content", on_navigate_change=on_navigate or _nothing)


def review_editor(
    *, task: str, project: str, annotation: str, key: str, on_reviewed: Callable[[], None] | None = None
) -> Any:
    """The review of one annotation.

    After a decision the result's `reviewed` is {"annotation": id, "decision": approve or reject}.
    """
    data = {"mode": "review", "task": task, "project": project, "annotation": annotation, "api": _api()}
    return _component()(key=key, data=data, height="content", on_reviewed_change=on_reviewed or _nothing)


def upload_area(*, project: str, key: str, on_uploaded: Callable[[], None] | None = None) -> Any:
    """A place to drop audio files for a project; they are sent to the API in parts and continue after interruptions.

    When all are through, the result's `uploaded` is {"count": number of files}.
    """
    data = {"mode": "upload", "project": project, "api": _api()}
    return _component()(key=key, data=data, height="content", on_uploaded_change=on_uploaded or _nothing)


def asset_path() -> str:
    """Where the server has the bundle, under its base path."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/lb-assets/{_manifest()['js']}"


@cache
def _manifest() -> dict[str, str]:
    return json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))


@cache
def _component() -> Any:
    # Streamlit takes a one-line string for a path; a line break inside makes it code.
    loader = (
        f'const bundle = import(new URL("{asset_path()}", document.baseURI).href);\n'
        "export default async function (component) { return (await bundle).default(component); }\n"
    )
    style = "/* LabelBuddy */\n" + (ASSETS / _manifest()["css"]).read_text(encoding="utf-8")
    return component("labelbuddy.editor", js=loader, css=style)


def _api() -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}{API}"


def _nothing() -> None:
    """Streamlit wants a callback for every trigger that is reported."""
