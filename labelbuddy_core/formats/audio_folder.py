"""Hugging Face's AudioFolder: `metadata.jsonl` with a row a task, the audio beside it, and a card.

Source: the documentation of `datasets`, "Create an audio dataset": `file_name` is the path of the audio beside the
metadata; `README.md` is the card, with YAML at its head.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from labelbuddy_core.domain.export_records import ExportContext, ExportedTask
from labelbuddy_core.formats.blocks import in_blocks
from labelbuddy_core.formats.dataset_rows import Members, Tally, card, row_of

_ABOUT = 'An AudioFolder: `load_dataset("audiofolder", data_dir=…)` reads it, a row a task.'


def members(tasks: Iterable[ExportedTask], context: ExportContext) -> Members:
    """The metadata, and the card once it has been counted."""
    tally = Tally()

    def rows() -> Iterator[bytes]:
        for task in tasks:
            yield orjson.dumps({"file_name": task.audio_path, **row_of(task, context, tally)}) + b"\n"

    yield "metadata.jsonl", in_blocks(rows())
    yield "README.md", iter([card(context, tally, _ABOUT).encode()])
