"""Music of sampled instruments to learn from: `python -m model_containers.yoho.play SOUNDFONT --to FOLDER`.

SOUNDFONT has General MIDI instruments (SF2 or SF3); the package tinysoundfont plays it and is needed for nothing else.
Instruments of the held-out folder play nowhere else. `other/` has the bank's effects, as of the sea.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from model_containers.yoho.composing import Note, piece
from model_containers.yoho.synthesis import RATE, Random, Sound, leveled

PIECE_SECONDS = 20.0
_INSTRUMENTS = range(119)
_EFFECTS = (122, 123, 124, 125, 126, 127)
_DRUMS = (0, 8, 16, 24, 25, 32, 40)
_HELD_OUT_DRUMS = (16, 40)
_RENDERED = 32_000


def held_out(instrument: int) -> bool:
    """Whether a General MIDI instrument (from 0 on) plays in the held-out pieces: the fourth and eighth of a family."""
    return instrument % 4 == 3


class Player:
    """A SoundFont and what plays it."""

    def __init__(self, soundfont: Path) -> None:
        self._synthesizer: Any = importlib.import_module("tinysoundfont").Synth(samplerate=_RENDERED)
        self._bank = self._synthesizer.sfload(str(soundfont), gain=-12)

    def play(self, notes: Sequence[Note], parts: Sequence[tuple[int, bool]], seconds: float) -> Sound:
        """Notes at 16 kHz; `parts` are the instruments by channel, and whether each is a drum kit."""
        synthesizer = self._synthesizer
        for channel, (program, drums) in enumerate(parts):
            synthesizer.program_select(channel, self._bank, 0, program, drums)
        turns = [(note.start, True, note) for note in notes] + [(note.end, False, note) for note in notes]
        pieces, done, length = [], 0, round(seconds * _RENDERED)
        for at, begins, note in sorted(turns, key=lambda turn: turn[:2]):
            place = min(round(at * _RENDERED), length)
            if place > done:
                pieces.append(self._rendered(place - done))
                done = place
            if begins:
                synthesizer.noteon(note.channel, note.key, note.velocity)
            else:
                synthesizer.noteoff(note.channel, note.key)
        if length > done:
            pieces.append(self._rendered(length - done))
        for channel in range(len(parts)):
            synthesizer.sounds_off(channel)
        self._rendered(_RENDERED // 4)  # what is still sounding does not reach into the next piece
        return leveled(soxr.resample(np.concatenate(pieces), _RENDERED, RATE).astype(np.float32))

    def effect(self, random: Random, seconds: float) -> Sound:
        """One of the bank's effects, again and again."""
        parts = [(int(random.choice(_EFFECTS)), False)]
        notes, at = [], 0.0
        while at < seconds:
            length = random.uniform(0.5, 4.0)
            notes.append(Note(at, at + length, 0, int(random.integers(40, 80)), int(random.integers(60, 120))))
            at += length + random.exponential(0.5)
        return self.play(notes, parts, seconds)

    def _rendered(self, length: int) -> Sound:
        stereo = np.frombuffer(self._synthesizer.generate_simple(length), np.float32).reshape(-1, 2)
        return stereo.mean(axis=1)


def instruments(random: Random, held: bool) -> list[int]:
    """Instruments for the parts of a piece, drawn from those that this set may use."""
    return [int(one) for one in random.permutation([one for one in _INSTRUMENTS if held_out(one) == held])]


def main(arguments: list[str]) -> int:
    """Writes 16-bit WAV files: `train/music`, `train/other`, `held-out/music`, `held-out/other`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("soundfont", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    random, player = np.random.default_rng(options.seed), Player(options.soundfont)
    for name, held, minutes in (("train", False, options.minutes), ("held-out", True, options.minutes / 8.0)):
        folder = options.to / name
        kits = [kit for kit in _DRUMS if (kit in _HELD_OUT_DRUMS) == held]
        for number in range(round(minutes * 60.0 / PIECE_SECONDS)):
            notes, parts = piece(random, instruments(random, held), kits, PIECE_SECONDS)
            _write(folder / "music" / f"{number:04}.wav", player.play(notes, parts, PIECE_SECONDS))
            if number % 6 == 0:
                _write(folder / "other" / f"{number:04}.wav", player.effect(random, PIECE_SECONDS))
    return 0


def _write(path: Path, sound: Sound) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound / max(1e-6, float(np.abs(sound).max())), RATE, subtype="PCM_16")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
