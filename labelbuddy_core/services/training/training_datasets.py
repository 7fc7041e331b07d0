"""The archive that a model is trained on: the audio of examples, cut as the model wants it, and what is true of it."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from labelbuddy_core.audio.excerpt import write_excerpt_isolated
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.domain.training.examples import Example, Split
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.recordings.originals import local_original
from labelbuddy_core.settings import get_settings

Tell = Callable[[int, int], None]
"""Is told how many examples of how many are done; what it raises ends the work."""


def write_dataset(
    target: Path, examples: Sequence[Example], labels: Sequence[str], specification: Specification, tell: Tell
) -> None:
    """Write the ZIP of the container contract; what is held out for testing is not in it. Raises `AudioProblem`."""
    chosen = [example for example in examples if example.split is not Split.TEST]
    described = []
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        for place, example in enumerate(chosen):
            tell(place, len(chosen))
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                file = Path(folder) / "example.flac"
                cut(example, file, 0.0, example.truth.seconds, specification)
                archive.write(file, f"audio/{example.truth.task}.flac")
            described.append(_described(example))
        archive.writestr("dataset.json", orjson.dumps({"labels": list(labels), "examples": described}))
    partial.replace(target)


def cut(example: Example, file: Path, start: float, stop: float, specification: Specification) -> None:
    """Write seconds `start` to `stop` of an example in the form that the model wants. Raises `AudioProblem`."""
    settings, wanted, truth = get_settings(), specification.input_schema, example.truth
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        original = local_original(open_store(settings), truth.sha256, Path(folder))
        write_excerpt_isolated(
            original,
            file,
            truth.start + start,
            truth.start + stop,
            sample_rate=wanted.sample_rate,
            channels=wanted.channels,
            timeout=settings.decode_timeout,
            memory_bytes=settings.decode_memory_bytes,
        )


def _described(example: Example) -> dict[str, Any]:
    truth = example.truth
    return {
        "audio": f"audio/{truth.task}.flac",
        "duration": truth.seconds,
        "split": example.split.value,
        "regions": [{"start": one.start, "end": one.end, "label": one.label} for one in truth.regions],
        "tags": list(truth.tags),
    }
