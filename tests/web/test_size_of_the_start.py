"""How much code the editor loads before the waveform: a count of bytes, as the server sends them."""

from __future__ import annotations

import gzip
import json
import re

from labelbuddy_core.web.assets import FOLDER

MOST_BYTES = 60 * 1024
IMPORTED = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


def start() -> list[str]:
    """The files that are loaded before the waveform."""
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    return [manifest["js"], *manifest["start"]]


def test_the_code_before_the_waveform_is_at_most_60_kb_compressed() -> None:
    sizes = {name: len(gzip.compress((FOLDER / name).read_bytes(), mtime=0)) for name in start()}
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_the_files_of_the_start_import_no_others_before_they_run() -> None:
    imported = {name for file in start() for name in IMPORTED.findall((FOLDER / file).read_text())}
    assert len(imported) > 3
    assert imported <= set(start())
