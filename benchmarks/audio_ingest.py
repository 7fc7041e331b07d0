"""Ingest (probe, playback copy, peaks) and analysis of recordings of 30 s to 6 h, beside decoding them once.

Prints JSON: CPU seconds and peak memory of each in a process of its own, and CPU seconds of `ffmpeg` where there is
one. Budget (DESIGN §10) for an hour of MP3: ≤ 8 CPU s, ≤ 1.5 × one decoding, ≤ 200 MB. Label Studio does nothing at
this point. `--ten-hours` takes 10 hours of 8 channels at 16 kHz (9 GB as samples) in FLAC instead, whose memory must be
that of a short file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.audio.ingest import derive

Row = dict[str, float]
RATE = 44_100


def main() -> None:
    """Make the files, measure in fresh processes, print."""
    if len(sys.argv) == 4:
        child(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    from benchmarks import audio_files  # the measured processes must not pay for what they do not use

    rows: dict[str, dict[str, Row | float | None]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for length, seconds in () if "--ten-hours" in sys.argv else audio_files.LENGTHS.items():
            for suffix in ("mp3", "wav") if seconds <= 3600 else ("mp3",):
                source = audio_files.write(folder / f"a.{suffix}", seconds, variable=suffix == "mp3")
                rows[f"{length} {suffix}"] = measured(source, folder)
                source.unlink()
        if "--ten-hours" in sys.argv:
            rows["10 h, 8 channels, flac"] = measured(ten_hours(folder / "a.flac"), folder, ("decode", "ingest"))
    print(json.dumps(rows, indent=1))


def measured(
    source: Path, folder: Path, kinds: tuple[str, ...] = ("decode", "ingest", "analyze")
) -> dict[str, Row | float | None]:
    """Each kind of work on one file."""
    found: dict[str, Row | float | None] = {what: run(what, source, folder) for what in kinds}
    decode, ingest = found["decode"], found["ingest"]
    assert isinstance(decode, dict)
    assert isinstance(ingest, dict)
    found["ingest_by_decode"] = round(ingest["cpu_s"] / decode["cpu_s"], 2)
    found["ffmpeg"] = ffmpeg(source)
    return found


def run(what: str, source: Path, folder: Path) -> Row:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.audio_ingest", what, str(source), str(folder)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def ffmpeg(source: Path) -> Row | None:
    """The `ffmpeg` program decoding the file to nowhere, with one thread; None where it is not installed."""
    program = shutil.which("ffmpeg")
    if program is None:
        return None
    process = subprocess.Popen(
        [program, "-v", "error", "-threads", "1", "-i", str(source), "-f", "null", "-"], stdout=subprocess.DEVNULL
    )
    _, _, used = os.wait4(process.pid, 0)
    return {"cpu_s": round(used.ru_utime + used.ru_stime, 2)}  # ru_maxrss would count the process that started it


def ten_hours(path: Path) -> Path:
    """Ten hours of eight channels at 16 kHz, quiet noise that FLAC makes small."""
    part = np.random.default_rng(1).normal(0, 0.0005, (16_000 * 60, 8)).astype(np.float32)
    with soundfile.SoundFile(path, "w", 16_000, 8, subtype="PCM_16", format="FLAC") as file:
        for _ in range(600):
            file.write(part)
    return path


def child(what: str, source: Path, folder: Path) -> None:
    """The measured work."""
    began = time.process_time()
    if what == "decode":
        with Decoder(source) as decoder:
            for _ in decoder.blocks():
                pass
    elif what == "ingest":
        derive(source, folder, lambda _: None)
    else:
        from labelbuddy_core.audio.analysis import analyze

        frames = round(soundfile.info(source).duration * RATE)
        began = time.process_time()
        analyze(source, folder, frames, lambda _: None)
    used = time.process_time() - began
    # ru_maxrss would be that of the process that started this one
    peak = int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024
    print(json.dumps({"cpu_s": round(used, 2), "peak_mb": round(peak)}))


if __name__ == "__main__":
    main()
