"""Beats, chords and sections between annotators, with examples of mir_eval's own tests."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from mir_eval import beat, chord

from labelbuddy_core.domain.agreement.music import _chords_against, beat_scores, chord_scores, section_scores

REFERENCE_CHORDS = """0 N 1.735 N 6.29 C:min(*b3) 37.4125 C:min(*b3) 60.0224 Bb 61.4902 C:min(*b3) 62.0114 Bb 63.3928
C:min(*b3) 63.9312 Bb 65.277 C:min(*b3) 65.7802 Bb 67.1846 C:min(*b3) 90.2743 Bb 91.7255 C:min(*b3) 92.3136 Bb 93.633
C:min(*b3) 94.1714 Bb 95.5172 C:min(*b3) 96.0672 Bb 97.4248 C:min(*b3) 117.1151 Bb 118.5601 C:min(*b3) 119.1101 Bb
120.4911 C:min(*b3) 121.0411 Bb 122.4221 C:min(*b3) 122.9487 Bb 124.2711 C:min(*b3) 147.1664 Bb 148.695 C:min(*b3)
149.245 Bb 150.5791 C:min(*b3) 151.0941 Bb 152.475 C:min(*b3) 152.9665 Bb 154.406 C:min(*b3) 179.3023 N 183.6835"""
ESTIMATED_CHORDS = """0 N 2.212063 G:maj 6.452063 C:min 12.884082 Bb:min 14.68 C:min 26.776054 Bb:maj 27.284082 C:min
34.932063 Bb:maj 37.32 C:min 51.128073 C:maj 59.996009 F:maj 60.244082 Bb:maj 61.556009 C:maj 63.842086 Bb:maj
66.956009 C:min 74.924082 A:min 76.376054 C:min 81.388027 A:min 82.460045 Bb:maj 83.020045 C:maj 87.832018 C:min 90.36
Bb:maj 93.372063 C:min 94.124082 Bb:maj 97.468027 C:min 117.28 Bb:maj 124.094059 C:min 141.666032 C:maj 144.364082
C:min 147.748027 Bb:maj 152.65805 C:min 179.452063 N 183.576961"""
"""`tests/data/chord/ref01.lab` and `est01.lab` of mir_eval (MIT): each chord lasts to the next number."""


def intervals(text: str) -> tuple[np.ndarray, list[str]]:
    words = text.split()
    edges = [float(word) for word in words[::2]]
    return np.array(list(pairwise(edges))), words[1::2]


def test_chords_of_mir_evals_example_have_its_scores() -> None:
    root, triads = _chords_against(chord, *intervals(REFERENCE_CHORDS), *intervals(ESTIMATED_CHORDS))
    assert root == pytest.approx(0.88297902097902081, abs=1e-9)  # output01.json of mir_eval
    assert triads == pytest.approx(0.73392446544143686, abs=1e-9)


def test_boundaries_of_mir_evals_example_have_its_hit_rates() -> None:
    # tests/data/segment 01 of mir_eval (MIT), filled up to the same ends as `segment.evaluate` does
    reference = [0, 0.436, 111.316, 124.345, 137.409, 154.178, 167.193, 180.41, 197.305, 210.605, 224.052, 241.258,
                 254.268, 267.205, 292.617]  # fmt: skip
    estimated = [0, 5.55, 17.264, 23.116, 36.467, 110.98, 154.076, 197.265, 241.232, 291.979, 292.617]
    sides = [list(pairwise(edges)) for edges in (reference, estimated)]
    assert section_scores(*sides) == pytest.approx((0.4615384615384615, 0.4615384615384615))


def test_chords_do_not_depend_on_who_comes_first_and_agree_with_themselves() -> None:
    one = [(0.0, 2.0, "C"), (2.0, 4.0, "A:min")]
    other = [(0.0, 1.0, "C"), (1.5, 4.0, "F")]
    assert chord_scores(one, other) == pytest.approx(chord_scores(other, one))
    assert chord_scores(one, one) == (1.0, 1.0)
    assert chord_scores(one, []) == (0.0, 0.0)


def test_beats_of_mir_evals_example_have_its_scores() -> None:
    known = json.loads((Path(__file__).parent / "reference" / "mir_eval_beats.json").read_text(encoding="utf-8"))
    reference, estimated = ([one for one in known[side] if one >= 5.0] for side in ("reference", "estimated"))
    f, continuity = beat_scores(reference, estimated)
    assert f == pytest.approx(known["f_measure"], abs=1e-12)
    ways = [beat.continuity(np.array(a), np.array(b))[3] for a, b in ((reference, estimated), (estimated, reference))]
    assert ways[0] == pytest.approx(known["any_metric_level_total"], abs=1e-12)
    assert continuity == pytest.approx(sum(ways) / 2, abs=1e-12)  # neither annotator is the reference


def test_beats_within_70_ms_are_the_same_and_double_tempo_goes_on_together() -> None:
    beats = [0.5 * number for number in range(40)]
    late = [beat + 0.06 for beat in beats]
    assert beat_scores(beats, late)[0] == 1.0
    assert beat_scores(beats, [beat + 0.08 for beat in beats])[0] == 0.0
    twice = [0.25 * number for number in range(79)]
    f, continuity = beat_scores(beats, twice)
    assert f == pytest.approx(2 * 40 / (40 + 79))
    assert continuity > 0.9
    assert beat_scores(beats, []) == (0.0, 0.0)
