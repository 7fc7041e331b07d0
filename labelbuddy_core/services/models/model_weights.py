"""Published weights, downloaded by hand into the folder where models look for theirs; never without being asked."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model
from labelbuddy_core.errors import Invalid, LabelBuddyError
from labelbuddy_core.inference.runtimes.docker_engine import DockerRuntime
from labelbuddy_core.inference.runtimes.installed import runtimes_of
from labelbuddy_core.inference.specification import Specification
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


def put_into_container(
    settings: Settings, name: str, folder: Path, model_name: str, say: Callable[[str], None]
) -> None:
    """Copy a fetched checkpoint into the `/data` of a declared model that runs in a container.

    Raises `Invalid` when there is no such model, it runs otherwise, or `/data` may not hold so much.
    """
    source = SOURCES.get(name)
    if source is not None and source.model != "audio_language":
        raise Invalid(
            f"The image of {source.model} is built with its weights: --model is for checkpoints.", field="model"
        )
    with get_database().read() as session:
        declared = session.scalar(select(Model.specification).where(Model.name == model_name))
    specification = None if declared is None else Specification.model_validate(declared)
    if specification is None or not specification.image:
        raise Invalid(f"There is no model called {model_name!r} that runs in a container.", field="model")
    checkpoint = folder / name.rsplit("/", 1)[-1]
    size = sum(path.stat().st_size for path in checkpoint.rglob("*") if path.is_file())
    if size > settings.model_data_bytes:
        raise Invalid(
            f"The checkpoint has {size / 1e9:.1f} GB, and a model may keep {settings.model_data_bytes / 1e9:.1f} GB in "
            f"/data: set LABELBUDDY_MODEL_DATA_BYTES to more than {size} for the worker and this command.",
            field="model",
        )
    runtime = runtimes_of(settings)["image"]
    assert isinstance(runtime, DockerRuntime)
    say(f"Copying {checkpoint} into /data of {model_name}")
    runtime.put_data(model_name, specification, checkpoint, say)
