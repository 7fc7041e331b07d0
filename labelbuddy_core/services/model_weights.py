"""Published weights, downloaded by hand into the folder where models look for theirs; never without being asked."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from labelbuddy_core.errors import Invalid, LabelBuddyError
from labelbuddy_core.settings import ROOT, Settings

_REPOSITORY = re.compile(r"^[\w.-]+/[\w.-]+$")


@dataclass(frozen=True)
class Source:
    """Whose weights they are (a folder of model_containers), and what its `fetch` is told beside the place."""

    model: str
    arguments: tuple[str, ...] = ()


SOURCES: Mapping[str, Source] = {
    "musicnn": Source("musicnn"),
    "yoho": Source("yoho"),
    "panns": Source("panns", ("cnn14-events",)),
    **{f"panns-{name}": Source("panns", (name,)) for name in ("cnn14-events", "cnn14", "cnn14-16k", "cnn6")},
    **{
        name: Source("audio_language", (name,))
        for name in ("music-flamingo", "music-flamingo-think", "audio-flamingo-3", "qwen2-audio")
    },
}


def fetch(settings: Settings, name: str, folder: Path | None = None, *, revision: str = "") -> Path:
    """Download weights by name, telling how far it is; returns the folder that they lie in.

    Each model fetches its own, in a process of its own: some are converted, which needs PyTorch. Raises `Invalid` for
    an unknown name, `LabelBuddyError` when it failed (the reason is on standard error).
    """
    source = SOURCES.get(name)
    if source is None and _REPOSITORY.match(name):
        source = Source("audio_language", (name,))
    if source is None:
        raise Invalid(
            f"Nothing is known of weights called {name!r}; there are {', '.join(SOURCES)}, "
            "and owner/name on Hugging Face.",
            field="name",
        )
    if revision and source.model != "audio_language":
        raise Invalid("--revision is for repositories on Hugging Face.", field="revision")
    target = (folder or settings.models_folder / source.model).resolve()
    module = f"model_containers.{source.model}.fetch"
    besides = ("--revision", revision) if revision else ()
    done = subprocess.run([sys.executable, "-m", module, *source.arguments, "--to", str(target), *besides], cwd=ROOT)
    if done.returncode:
        raise LabelBuddyError("The weights were not fetched. Run the same command again to go on where it stopped.")
    return target
