"""The one place where a model's container keeps files: a volume of its own at `/data`, removed with the model."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from docker.errors import APIError, NotFound

from labelbuddy_core.inference.runtimes.ownership import INSTANCE_LABEL, MODEL_LABEL, OWNER_LABEL, labels_for
from labelbuddy_core.inference.runtimes.socket_folders import container_user

PLACE = "/data"
_MOST_FILES = 100_000
_BLOCK = 1 << 20


def volume_name(instance: str, model: str) -> str:
    """What the volume of a model is called on the engine, whether there is one or not."""
    return "labelbuddy-" + hashlib.sha256(f"{instance}\n{model}".encode()).hexdigest()[:24]


def data_volume(client: Any, image: Any, instance: str, model: str) -> str:
    """The name of the model's volume; a new one belongs to the user that containers run as."""
    name = volume_name(instance, model)
    try:
        client.volumes.get(name)
        return name
    except NotFound:
        pass
    client.volumes.create(name, labels={OWNER_LABEL: "labelbuddy", INSTANCE_LABEL: instance, MODEL_LABEL: model})
    # The engine makes the folder root's. A container that is never started passes it on: the engine writes as root.
    passing = client.containers.create(
        image.id,
        command=["true"],
        labels=labels_for(instance, model),
        volumes={name: {"bind": PLACE, "mode": "rw"}},
    )
    try:
        passing.put_archive("/", _folder_entry())
    finally:
        passing.remove(force=True)
    return name


def put_folder(client: Any, image: Any, volume: str, labels: dict[str, str], folder: Path) -> None:
    """Copy a folder under its name into a model's volume, streamed; a container that is never started receives it."""
    receiving = client.containers.create(
        image.id, command=["true"], labels=labels, volumes={volume: {"bind": PLACE, "mode": "rw"}}
    )
    try:
        receiving.put_archive(PLACE, _streamed(folder))
    finally:
        receiving.remove(force=True)


def bytes_in_volume(client: Any, name: str, *, same_machine: bool) -> int | None:
    """How much a model keeps; None when the engine does not tell."""
    try:
        if same_machine:
            place = Path(client.volumes.get(name).attrs["Mountpoint"])
            if os.access(place, os.R_OK | os.X_OK):
                return _bytes_below(place)
        volumes = client.df().get("Volumes") or ()
    except (APIError, NotFound):
        return None
    sizes = [volume["UsageData"]["Size"] for volume in volumes if volume["Name"] == name and volume.get("UsageData")]
    return sizes[0] if sizes and sizes[0] >= 0 else None


def empty_volume(client: Any, name: str) -> None:
    """Remove a model's volume with all that it wrote; it gets a new one when it starts again."""
    try:
        client.volumes.get(name).remove(force=True)
    except NotFound:
        return


def remove_volumes_of_others(client: Any, instance: str, wanted: Callable[[str], bool]) -> int:
    """Remove the volumes of the keys that are not wanted any more; returns how many."""
    removed = 0
    for volume in client.volumes.list(filters={"label": [f"{INSTANCE_LABEL}={instance}"]}):
        if wanted((volume.attrs.get("Labels") or {}).get(MODEL_LABEL, "")):
            continue
        try:
            volume.remove()
            removed += 1
        except APIError:  # a container still has it; the next look finds it
            continue
    return removed


def _streamed(folder: Path) -> Iterator[bytes]:
    """A folder as an archive, made while it is read; all in it belongs to the user that containers run as."""
    reading, writing = os.pipe()
    problems: list[BaseException] = []

    def owned(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid, entry.gid = container_user()
        entry.mode = 0o700 if entry.isdir() else 0o600
        return entry

    def write() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|") as archive:
                archive.add(folder, arcname=folder.name, filter=owned)
        except BrokenPipeError:  # nobody reads any more: the reader knows why
            return
        except (OSError, tarfile.TarError) as error:
            problems.append(error)

    writer = threading.Thread(target=write, name="archive", daemon=True)
    writer.start()
    with os.fdopen(reading, "rb") as pipe:
        while block := pipe.read(_BLOCK):
            yield block
    writer.join()
    if problems:
        raise problems[0]


def _folder_entry() -> bytes:
    entry = tarfile.TarInfo(PLACE.strip("/"))
    entry.type, entry.mode = tarfile.DIRTYPE, 0o700
    entry.uid, entry.gid = container_user()
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        archive.addfile(entry)
    return held.getvalue()


def _bytes_below(place: Path) -> int:
    total, seen, waiting = 0, 0, [str(place)]
    while waiting and seen < _MOST_FILES:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    seen += 1
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return total
