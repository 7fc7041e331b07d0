"""The headphones check: which sounds it plays, drawn from a seed, and what the answers say about how somebody listens.

Three parts. *Sides*: two bursts of noise, one in each ear; who has the headphones the wrong way round, or listens to
one channel, errs. *Polarity*: the same noise in both channels, and with one of them inverted; the first is heard in the
middle of the head unless the wires of one side are swapped or both channels are mixed. *Tones*: which of three tones of
200 Hz is the quietest, six times (Woods, Siegel, Traer, McDermott, 2017, "Headphone screening to facilitate web-based
auditory experiments", Attention, Perception & Psychophysics 79, 2064–2072, doi:10.3758/s13414-017-1361-2): one is 6 dB
softer, and one has its channels in antiphase, so that over loudspeakers it cancels itself and seems the quietest. Five
of six pass; who guesses passes once in 56 times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from labelbuddy_core.errors import Invalid

TRIALS = 6
NEEDED = 5
"""Right answers of `TRIALS` that pass (Woods et al., 2017)."""
MOST_SEED = 2**31 - 1


class Side(StrEnum):
    """Where a burst of noise is."""

    LEFT = "left"
    RIGHT = "right"


class Tone(StrEnum):
    """One of the three tones of a trial."""

    PLAIN = "plain"
    ANTIPHASE = "antiphase"
    SOFTER = "softer"


@dataclass(frozen=True)
class Course:
    """What is played: side of the first burst, which noise (1 or 2) is in phase, and the order of tones by trial."""

    first_side: Side
    in_phase: int
    trials: tuple[tuple[Tone, Tone, Tone], ...]


@dataclass(frozen=True)
class Answers:
    """What somebody heard: None stands for "both or neither" and "no difference"; tones by their number from 1 on."""

    first_side: Side | None
    in_phase: int | None
    quietest: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """What the answers say; `passed` when everything is as it should be over headphones."""

    sides: bool
    polarity: bool
    correct: int

    @property
    def tones(self) -> bool:
        """Whether the tones were heard over headphones."""
        return self.correct >= NEEDED

    @property
    def passed(self) -> bool:
        return self.sides and self.polarity and self.tones


def course(seed: int) -> Course:
    """The check of a seed; the same seed gives the same check.

    The softer tone is at each of the three places twice, so that always answering the same passes nobody.
    """
    random = np.random.default_rng(seed)
    first_side = Side.LEFT if random.integers(2) else Side.RIGHT
    in_phase = int(random.integers(1, 3))
    places = random.permutation([0, 1, 2] * (TRIALS // 3))
    return Course(first_side, in_phase, tuple(_trial(int(place), bool(random.integers(2))) for place in places))


def _trial(softer: int, antiphase_first: bool) -> tuple[Tone, Tone, Tone]:
    others = [Tone.ANTIPHASE, Tone.PLAIN] if antiphase_first else [Tone.PLAIN, Tone.ANTIPHASE]
    others.insert(softer, Tone.SOFTER)
    return others[0], others[1], others[2]


def outcome(played: Course, answers: Answers) -> Outcome:
    """Compare answers with what was played. Raises `Invalid` unless there is an answer for every trial."""
    quietest = answers.quietest
    if len(quietest) != TRIALS or not all(1 <= one <= 3 for one in quietest):
        raise Invalid(f"quietest has the number of a tone (1 to 3) for each of {TRIALS} trials.", field="quietest")
    return Outcome(
        sides=answers.first_side == played.first_side,
        polarity=answers.in_phase == played.in_phase,
        correct=_right(played.trials, quietest),
    )


def _right(trials: Sequence[tuple[Tone, Tone, Tone]], quietest: Sequence[int]) -> int:
    return sum(trial[number - 1] is Tone.SOFTER for trial, number in zip(trials, quietest, strict=True))
