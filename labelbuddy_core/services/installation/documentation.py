"""The pages of docs/, for reading them inside the app: nothing is fetched from anywhere."""

from __future__ import annotations

import re
from typing import Final

from labelbuddy_core.errors import NotFound
from labelbuddy_core.settings import ROOT

FOLDER: Final = ROOT / "docs"
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([a-z0-9-]+)\.md(#[^)]*)?\)")
_OTHER_FILE = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#|help\?)[^)]*\)")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)\n*")


def titles() -> dict[str, str]:
    """The names of the pages with their titles, in the order of the titles; empty where docs/ was not installed."""
    found = {path.stem: path.read_text(encoding="utf-8").partition("\n")[0] for path in FOLDER.glob("*.md")}
    return dict(sorted(((name, line.lstrip("# ")) for name, line in found.items()), key=lambda one: one[1].casefold()))


def page_called(name: str) -> str:
    """The Markdown of a page; links to other pages lead to `help?doc=`, those to files are their words alone.

    Raises `NotFound`.
    """
    if name not in titles():
        raise NotFound(f"There is no page {name!r} in the documentation.")
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    text = _IMAGE.sub("", text)
    text = _LINK.sub(lambda found: f"[{found[1]}](help?doc={found[2]})", text)
    return _OTHER_FILE.sub(lambda found: found[1], text)
