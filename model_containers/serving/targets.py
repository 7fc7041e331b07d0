"""What people agreed on about an example, as targets of stretches of it: for heads that are taught on features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model_containers.serving.dataset import Dataset, Example

Floats = npt.NDArray[np.float32]
Spans = Sequence[tuple[float, float]]

SHARE = 0.5
"""Of a stretch, or of a region: so much of one must lie in the other."""


def marked(dataset: Dataset) -> frozenset[str]:
    """Labels that are marked in time somewhere; the others are tags of whole examples."""
    return frozenset(region.label for example in dataset.examples for region in example.regions)


def of_clips(example: Example, spans: Spans, labels: Sequence[str]) -> tuple[Floats, Floats]:
    """Targets of stretches that are heard as a whole: a label is true by tag, or when a region of it lies in it.

    Returns targets and whether they count, each (stretches, labels); a region of which less than half lies in the
    stretch, and which fills less than half of it, makes neither true nor false.
    """
    return _targets(example, spans, labels, by_tag=frozenset(labels))


def of_moments(
    example: Example, spans: Spans, labels: Sequence[str], in_time: frozenset[str]
) -> tuple[Floats, Floats]:  # fmt: skip
    """As `of_clips` for short stretches: only labels of `in_time` count, since a tag does not say when it is heard."""
    targets, counts = _targets(example, spans, labels, by_tag=frozenset())
    counts[:, [label not in in_time for label in labels]] = 0.0
    return targets, counts


def _targets(
    example: Example, spans: Spans, labels: Sequence[str], by_tag: frozenset[str]
) -> tuple[Floats, Floats]:  # fmt: skip
    targets = np.zeros((len(spans), len(labels)), np.float32)
    counts = np.ones_like(targets)
    starts, ends = (np.array([span[side] for span in spans], np.float64) for side in (0, 1))
    for place, label in enumerate(labels):
        if label in by_tag and label in example.tags:
            targets[:, place] = 1.0
            continue
        filled = np.zeros(len(spans))
        for region in (one for one in example.regions if one.label == label):
            shared = np.clip(np.minimum(ends, region.end) - np.maximum(starts, region.start), 0.0, None)
            filled += shared
            targets[shared >= SHARE * max(region.end - region.start, 1e-6), place] = 1.0
        targets[filled >= SHARE * (ends - starts), place] = 1.0
        counts[(filled > 0.0) & (targets[:, place] == 0.0), place] = 0.0
    return targets, counts
