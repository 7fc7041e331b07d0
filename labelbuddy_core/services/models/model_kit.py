"""A folder to begin a model of one's own with: the template, and the server that goes around it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from labelbuddy_core.errors import Invalid
from labelbuddy_core.settings import ROOT

_KIT = ROOT / "model_containers"
_NAME = re.compile(r"^[a-z][a-z0-9_-]{1,39}$")


def new_model(name: str, into: Path) -> Path:
    """Make the folder `into`/`name` with a model that runs as it is; returns it.

    Raises `Invalid` when the name does not do for an image, or the folder exists.
    """
    if not _NAME.match(name):
        raise Invalid(
            "A model's name has 2 to 40 of a–z, 0–9, - and _, and begins with a letter (it names the image).",
            field="name",
        )
    folder = into / name
    if folder.exists():
        raise Invalid(f"{folder} exists already; choose another name, or another folder with --into.", field="name")
    folder.mkdir(parents=True)
    for file in sorted((_KIT / "template").iterdir()):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            filled = text.replace("{{name}}", name).replace("{{image}}", f"{name}:1")
            (folder / file.name).write_text(filled, encoding="utf-8")
    serving = folder / "model_containers"
    shutil.copytree(_KIT / "serving", serving / "serving", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(_KIT / "__init__.py", serving / "__init__.py")
    return folder
