"""Beats, chords and sections of music by mir_eval, between annotators neither of whom is the reference.

Source: C. Raffel et al., "mir_eval: a transparent implementation of common MIR metrics", ISMIR 2014. Figures that
depend on who is the reference are the mean of both ways. Nothing is cut off at the beginning: people mark all beats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labelbuddy_core.domain.agreement.time_grid import Span

Chords = Sequence[tuple[float, float, str]]
"""Onset, offset and the chord as Harte writes it."""

BEAT_WINDOW = 0.07
"""Seconds by which beats may differ (S. Dixon, "Evaluation of the audio beat tracking system BeatRoot", 2007)."""
BOUNDARY_WINDOWS = (0.5, 3.0)
"""Seconds by which boundaries of sections may differ (Turnbull et al. 2007; Levy & Sandler 2008)."""


def beat_scores(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """F-measure within 70 ms, and AMLt: the share of beats in continuity at the same tempo, its double or half."""
    from mir_eval import beat

    first, second = np.sort(np.asarray(one, float)), np.sort(np.asarray(other, float))
    if not len(first) or not len(second):
        return 0.0, 0.0
    f = float(beat.f_measure(first, second, f_measure_threshold=BEAT_WINDOW))
    if len(first) < 2 or len(second) < 2:
        return f, f
    continuity = [beat.continuity(a, b)[3] for a, b in ((first, second), (second, first))]
    return f, float(np.mean(continuity))


def chord_scores(one: Chords, other: Chords) -> tuple[float, float]:
    """Shares of the time in which roots agree, and in which major and minor triads do (mir_eval `root`, `majmin`)."""
    from mir_eval import chord

    if not _gapless(one) or not _gapless(other):
        return 0.0, 0.0
    sides = [(_intervals(side), [name for _, _, name in side]) for side in (_gapless(one), _gapless(other))]
    found = [
        _chords_against(chord, *reference, *estimated)
        for reference, estimated in ((sides[0], sides[1]), (sides[1], sides[0]))
    ]
    return float(np.mean([root for root, _ in found])), float(np.mean([triad for _, triad in found]))


def section_scores(one: Sequence[Span], other: Sequence[Span]) -> tuple[float, ...]:
    """Hit rate (F-measure) of the boundaries of sections within half a second and within three."""
    from mir_eval import util

    first, second = _boundaries(one), _boundaries(other)
    scores = []
    for window in BOUNDARY_WINDOWS:
        said = len(first) + len(second)
        scores.append(2.0 * len(util.match_events(first, second, window)) / said if said else 0.0)
    return tuple(scores)


def _chords_against(
    chord: Any, intervals: Any, labels: list[str], others: Any, names: list[str]
) -> tuple[float, float]:
    from mir_eval import util

    estimated, theirs = util.adjust_intervals(
        others, names, intervals.min(), intervals.max(), chord.NO_CHORD, chord.NO_CHORD
    )
    merged, reference, estimate = util.merge_labeled_intervals(intervals, labels, estimated, theirs)
    durations = util.intervals_to_durations(merged)
    compare: tuple[Callable[..., Any], ...] = (chord.root, chord.majmin)
    root, triad = (float(chord.weighted_accuracy(one(reference, estimate), durations)) for one in compare)
    return root, triad


def _gapless(chords: Chords) -> list[tuple[float, float, str]]:
    """The chords one after the other: an overlap belongs to the earlier one, and in a gap there is none (N)."""
    found: list[tuple[float, float, str]] = []
    for onset, offset, name in sorted(chords):
        reached = found[-1][1] if found else onset
        if onset > reached:
            found.append((reached, onset, "N"))
        if offset > max(onset, reached):
            found.append((max(onset, reached), offset, name))
    return found


def _intervals(chords: Chords) -> Any:
    return np.array([[onset, offset] for onset, offset, _ in chords], float)


def _boundaries(spans: Sequence[Span]) -> Any:
    return np.unique(np.array([edge for span in spans for edge in span], float))
