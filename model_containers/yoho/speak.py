"""Spoken text to learn from, by synthesizers: `python -m model_containers.yoho.speak TEXT... --to FOLDER`.

TEXT are files whose words are read in random sentences, by espeak-ng and, where it is installed, every other time by
flite, whose voices were made of recordings. Voices of the held-out folder speak nowhere else.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

from model_containers.yoho.synthesis import RATE, Random

VARIANTS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "croak")
HELD_OUT_VARIANTS = ("m8", "f5")
LANGUAGES = ("en-us", "en-gb", "de", "fr-fr", "es", "it", "pt-br", "nl", "pl", "sv", "cs", "fi", "tr", "el", "hu")
HELD_OUT_LANGUAGES = ("en-gb-scotland", "da", "ro", "hr")
VOICES = ("awb", "rms", "kal16")
HELD_OUT_VOICES = ("slt",)
"""Of flite."""


def words_of(files: list[Path]) -> list[str]:
    """Words of three letters and more, in order of their first appearance."""
    text = " ".join(file.read_text(encoding="utf-8") for file in files)
    return list(dict.fromkeys(word.lower() for word in re.findall(r"[^\W\d_]{3,}", text)))


def say(random: Random, words: list[str], voices: tuple[str, ...], variants: tuple[str, ...]) -> np.ndarray:
    """A few sentences at 16 kHz, float32, by a random voice of espeak-ng at a random speed and pitch."""
    voice = f"{random.choice(voices)}+{random.choice(variants)}"
    command = ["espeak-ng", "-v", voice, "-s", str(random.integers(110, 220)), "-p", str(random.integers(20, 80))]
    done = subprocess.run([*command, "--stdout", _sentences(random, words)], capture_output=True, check=True)
    return _read(done.stdout, 1.0)


def say_by_recorded_voice(random: Random, words: list[str], voices: tuple[str, ...]) -> np.ndarray:
    """The same by a voice of flite; resampled a little, so that one speaker stands for several."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        command = ["flite", "-voice", str(random.choice(voices)), "-o", file.name]
        command += ["--setf", f"duration_stretch={random.uniform(0.75, 1.3):.2f}"]
        subprocess.run([*command, "-t", _sentences(random, words)], check=True)
        return _read(Path(file.name).read_bytes(), random.uniform(0.85, 1.18))


def _sentences(random: Random, words: list[str]) -> str:
    return ". ".join(" ".join(random.choice(words, int(random.integers(3, 14)))) for _ in range(4))


def _read(file: bytes, speed: float) -> np.ndarray:
    samples, rate = soundfile.read(io.BytesIO(file), dtype="float32")
    audible = np.flatnonzero(np.abs(samples) > 0.01)
    return soxr.resample(samples[audible[0] : audible[-1] + 1], rate * speed, RATE)


def main(arguments: list[str]) -> int:
    """Writes `train/` and `held-out/` with 16-bit WAV files of about a minute each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if shutil.which("espeak-ng") is None:
        sys.stderr.write("espeak-ng is not installed\n")
        return 1
    words, random = words_of(options.text), np.random.default_rng(options.seed)
    parts = (("train", options.minutes, LANGUAGES, VARIANTS, VOICES),)
    parts += (("held-out", options.minutes / 5.0, HELD_OUT_LANGUAGES, HELD_OUT_VARIANTS, HELD_OUT_VOICES),)
    recorded = shutil.which("flite") is not None
    for name, minutes, languages, variants, voices in parts:
        folder = options.to / name
        folder.mkdir(parents=True, exist_ok=True)
        total = number = 0
        while total < minutes * 60.0 * RATE:
            pieces: list[np.ndarray] = []
            while sum(map(len, pieces)) < 60 * RATE:
                if recorded and random.random() < 0.5:
                    pieces.append(say_by_recorded_voice(random, words, voices))
                else:
                    pieces.append(say(random, words, languages, variants))
            samples = np.concatenate(pieces)
            soundfile.write(folder / f"{number:03}.wav", samples / np.abs(samples).max(), RATE, subtype="PCM_16")
            total, number = total + len(samples), number + 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
