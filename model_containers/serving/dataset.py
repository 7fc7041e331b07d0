"""What a model is trained on: a ZIP of `dataset.json` and audio files, unpacked into a folder of the run."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, get_args

from model_containers.serving.audio import read_mono
from model_containers.serving.model import Samples

Split = Literal["train", "validation", "test"]
MAX_BYTES = 64 * 1024**3
MAX_FILES = 200_000
_LONGEST = 24 * 3600.0
"""Seconds of one example."""


class DatasetError(ValueError):
    """The archive is not a dataset; the message says what is wrong."""


@dataclass(frozen=True)
class Stretch:
    """A labeled stretch of an example, in seconds from its beginning."""

    start: float
    end: float
    label: str


@dataclass(frozen=True)
class Example:
    """One audio file with what people agreed on about it."""

    audio: Path
    duration: float
    split: Split
    regions: tuple[Stretch, ...] = ()
    tags: tuple[str, ...] = ()
    text: str | None = None

    def samples(self, sample_rate: int) -> Samples:
        """Mono samples at `sample_rate` (Hz). Raises `UnreadableAudioError`."""
        with self.audio.open("rb") as file:
            return read_mono(file, sample_rate, _LONGEST)[0]


@dataclass(frozen=True)
class Dataset:
    """Labels in order, and examples."""

    labels: tuple[str, ...]
    examples: tuple[Example, ...]

    def part(self, split: Split) -> tuple[Example, ...]:
        """The examples of one split."""
        return tuple(example for example in self.examples if example.split == split)


def unpack(archive: IO[bytes], folder: Path) -> Dataset:
    """Unpack a dataset into an empty folder and read it. Raises `DatasetError`."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
                raise DatasetError(f"more than {MAX_FILES} files or {MAX_BYTES // 1024**3} GB")
            for member in members:
                _extract(opened, member, folder)
    except zipfile.BadZipFile:
        raise DatasetError("the dataset is not a ZIP file") from None
    return read(folder)


def read(folder: Path) -> Dataset:
    """The dataset that was unpacked into a folder. Raises `DatasetError`."""
    try:
        described = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise DatasetError("dataset.json is missing or not JSON") from None
    if not isinstance(described, dict) or not isinstance(described.get("examples"), list):
        raise DatasetError("dataset.json must have `labels` and `examples`")
    labels = tuple(str(label) for label in described.get("labels") or ())
    examples = tuple(_example(folder, place, entry) for place, entry in enumerate(described["examples"]))
    if not any(example.split == "train" for example in examples):
        raise DatasetError("no example is for training (`split: train`)")
    return Dataset(labels, examples)


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = (folder / member.filename).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise DatasetError(f"{member.filename!r} lies outside the archive")
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def _example(folder: Path, place: int, entry: Any) -> Example:
    try:
        audio = folder / str(entry["audio"])
        split = entry.get("split", "train")
        if not audio.resolve().is_relative_to(folder.resolve()) or not audio.is_file():
            raise DatasetError(f"examples[{place}].audio: {entry['audio']!r} is not in the archive")
        if split not in get_args(Split):
            raise DatasetError(f"examples[{place}].split: {split!r} is not train, validation or test")
        regions = tuple(
            Stretch(float(one["start"]), float(one["end"]), str(one["label"])) for one in entry.get("regions") or ()
        )
        tags = tuple(str(tag) for tag in entry.get("tags") or ())
        text = entry.get("text")
        return Example(audio, float(entry["duration"]), split, regions, tags, None if text is None else str(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"examples[{place}] is not of the described form ({type(error).__name__}: {error})"
        ) from None
