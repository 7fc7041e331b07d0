"""The page around all pages: Streamlit's own `index.html`, made to start sooner.

Streamlit's page asks the server twice where it is before it connects, and learns only while the script runs which of
its modules it will need; each is then fetched one after the other. The shell says at once where the server is (the
`window.__streamlit` that Streamlit's hosts use), and names the modules that our pages need, so that they come with the
first ones. What it does not find in the installed Streamlit it leaves out: the page then starts as Streamlit's does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ELEMENTS = ("BidiComponent", "Button", "Html", "Selectbox", "remark-emoji")
"""Modules of Streamlit that its page loads when an element first appears, of those that most of our pages have."""
_IMPORT = re.compile(r"(?:from|import)\s*[\"']\./([\w.-]+\.js)[\"']")
_PRELOADED = re.compile(r"\s*<link\s+rel=\"preload\"[^>]*as=\"font\"[^>]*/>", re.S)


@dataclass(frozen=True)
class Shell:
    """The page, and the paths below the server's root of the files that it asks for at once."""

    page: str
    files: tuple[str, ...]


def make_shell(folder: Path, *, base: str, editor: Iterable[str], host: Mapping[str, Any]) -> Shell:
    """The shell of a Streamlit whose static files lie in `folder`.

    `base` is the path under which everything is served ("" or "/name"), `editor` has the paths of the editor's modules,
    `host` is what Streamlit's `/_stcore/host-config` answers.
    """
    page = (folder / "index.html").read_text(encoding="utf-8")
    present = set(re.findall(r"\./(static/[\w./-]+)", page))
    modules = [f"static/js/{name}" for name in needed(folder / "static" / "js", ELEMENTS)]
    icons = (folder / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2")
    fonts = [f"static/media/{path.name}" for path in icons]
    links = [f'<link rel="modulepreload" crossorigin href="{base}/{name}">' for name in modules if name not in present]
    links += [f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{base}/{name}">' for name in fonts]
    links += [f'<link rel="modulepreload" href="{path}">' for path in editor]
    page = _PRELOADED.sub("", page)  # a font that the theme does not use
    page = page.replace("<title>Streamlit</title>", "<title>LabelBuddy</title>")
    page = page.replace("<head>", f"<head>\n    <script>{boot_script(base, host)}</script>", 1)
    page = page.replace("</head>", "    " + "\n    ".join(links) + "\n  </head>", 1)
    page = page.replace('="./', f'="{base}/')
    asked = set(re.findall(rf'(?:href|src)="{re.escape(base)}/(static/[\w./-]+)"', page))
    return Shell(page, tuple(sorted(asked)))


def host_configuration(allowed_origins: Iterable[str]) -> dict[str, Any]:
    """What Streamlit's `/_stcore/host-config` answers, for which its page then need not wait."""
    return {
        "allowedOrigins": list(allowed_origins),
        "useExternalAuthToken": False,
        "enableCustomParentMessages": False,
        "enforceDownloadInNewTab": False,
        "metricsUrl": "",
        "blockErrorDialogs": False,
        "resourceCrossOriginMode": None,
    }


def boot_script(base: str, host: Mapping[str, Any]) -> str:
    """Tells Streamlit's page where its server is, so that it connects without asking."""
    where = f"location.origin+{json.dumps(base + '/')}"
    return f"window.__streamlit={{BACKEND_BASE_URL:{where},HOST_CONFIG:{json.dumps(dict(host))}}};"


def needed(folder: Path, names: Iterable[str]) -> list[str]:
    """The files of the modules called `names` in a folder of modules `name.hash.js`, with all that they import."""
    files = {path.name for path in folder.glob("*.js")}
    found: dict[str, None] = {}
    waiting = [file for name in names for file in sorted(files) if file.split(".")[0] == name and file.count(".") == 2]
    while waiting:
        file = waiting.pop()
        if file in found or file not in files:
            continue
        found[file] = None
        waiting += _IMPORT.findall((folder / file).read_text(encoding="utf-8"))
    return sorted(found)
