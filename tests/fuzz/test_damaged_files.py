"""Damaged files of every kind end in a result or in a readable reason; the service survives each of them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.audio.ingest import derive, derive_isolated
from labelbuddy_core.errors import AudioProblem
from tests.fuzz.fuzzing import fuzz
from tests.fuzz.mutations import damaged, seeds

COUNT = 600
"""Here; `python -m benchmarks.audio_fuzz` does ten thousand."""


def test_every_damaged_file_gets_a_result_or_a_reason(tmp_path: Path) -> None:
    report = fuzz(tmp_path, count=COUNT, seed=7)
    assert report.bad == []
    assert sum(report.outcomes.values()) == COUNT
    assert min(report.outcomes[kind] for kind in ("accepted", "accepted in part", "refused")) > COUNT / 50


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    valid = seeds(tmp_path)
    assert list(damaged(valid, 3, 40)) == list(damaged(valid, 3, 40))


def test_tags_in_another_encoding_do_not_matter(tmp_path: Path) -> None:
    source = tmp_path / "latin.mp3"
    encode([synthesis.music(np.random.default_rng(1), 1.0)[np.newaxis]], synthesis.RATE, source)
    frame = b"TIT2" + (6).to_bytes(4, "big") + b"\x00\x00" + b"\x03M\xfcll\xff"  # says UTF-8 and is none
    tag = b"ID3\x03\x00\x00" + bytes([0, 0, 0, len(frame)]) + frame
    source.write_bytes(tag + source.read_bytes())
    assert derive(source, tmp_path, lambda _: None).playback_name == "playback.m4a"


def test_the_sandbox_survives_what_kills_decoders(tmp_path: Path) -> None:
    path = tmp_path / "input"
    for number, (_, data) in enumerate(damaged(seeds(tmp_path), 5, 12)):
        path.write_bytes(data)
        folder = tmp_path / str(number)
        folder.mkdir()
        with contextlib.suppress(AudioProblem):
            derive_isolated(path, folder, timeout=60, memory_bytes=2 << 30, on_progress=lambda _: None)
