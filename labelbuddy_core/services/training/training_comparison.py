"""A new version beside the one it comes from, on the examples that neither has learned from."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from labelbuddy_core.domain.training.balance import cautions
from labelbuddy_core.domain.training.examples import Example, Mark, Split
from labelbuddy_core.domain.training.scores import (
    COLLAR,
    OPERATING_POINTS,
    REPLICATES,
    SEGMENT_SECONDS,
    Asked,
    Heard,
    compared,
)
from labelbuddy_core.inference.answer import CheckedAnswer, check_answer
from labelbuddy_core.inference.client import Client
from labelbuddy_core.inference.model_keys import key_of
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.inference.stretches import joined, pieces
from labelbuddy_core.services.models.model_supervision import running_models
from labelbuddy_core.services.training.training_datasets import cut
from labelbuddy_core.settings import get_settings

LEAST_SCORE = 0.01
"""Tags below it count as not heard at all."""

Tell = Callable[[str, int, int], None]
"""Is told the version and how many examples of how many it has heard; what it raises ends the comparison."""


def compare(
    model: str,
    declared: str,
    versions: Sequence[tuple[Specification, Mapping[str, str]]],
    examples: Sequence[Example],
    labels: Sequence[str],
    threshold: float,
    tell: Tell,
) -> dict[str, Any]:
    """{examples, assisted, warning, threshold, collar, offset_share, segment_seconds, operating_points, replicates,
    figures} of versions in their order.

    Each version comes with the words of the training set for its labels; `declared` is the version that the model's
    file declares. Events are those from `threshold` on. Raises `ModelProblem`.
    """
    held_out = [example for example in examples if example.split is Split.TEST]
    in_time = any(example.truth.regions for example in examples)
    tagged = any(example.truth.tags for example in examples)
    asked = [
        Asked(
            example.truth.regions if in_time else None,
            frozenset(example.truth.tags) if tagged else None,
            example.truth.seconds,
        )
        for example in held_out
    ]  # fmt: skip
    said = {
        specification.version: _heard(
            key_of(model, None if specification.version == declared else specification.version),
            specification, words, held_out, threshold if in_time else None, tagged, tell,
        )
        for specification, words in versions
    }  # fmt: skip
    assisted = sum(example.truth.assisted for example in held_out)
    return {
        "examples": len(held_out),
        "assisted": assisted,
        "warning": cautions(assisted, len(held_out)),
        "threshold": threshold,
        "collar": COLLAR.seconds,
        "offset_share": COLLAR.share,
        "segment_seconds": SEGMENT_SECONDS,
        "operating_points": list(OPERATING_POINTS),
        "replicates": REPLICATES,
        "figures": compared(asked, said, labels, seed=0) if held_out else [],
    }


def _heard(
    key: str,
    specification: Specification,
    words: Mapping[str, str],
    examples: Sequence[Example],
    threshold: float | None,
    tagged: bool,
    tell: Tell,
) -> list[Heard]:
    work = get_settings().data / "work"
    work.mkdir(parents=True, exist_ok=True)
    found = []
    lane = specification.lanes[0]
    with (
        tempfile.TemporaryDirectory(dir=work, prefix="compare-") as folder,
        running_models().running(key, lane, lambda _: None) as (client, _),
    ):
        for place, example in enumerate(examples):
            tell(specification.version, place, len(examples))
            found.append(_answer(client, example, lane, words, threshold, tagged, Path(folder)))
    return found


def _answer(
    client: Client,
    example: Example,
    specification: Specification,
    words: Mapping[str, str],
    threshold: float | None,
    tagged: bool,
    folder: Path,
) -> Heard:
    """What a version says about an example, piece by piece where it takes only so many seconds."""
    parts = pieces(0.0, example.truth.seconds, specification.input_schema.max_seconds)
    levels = () if threshold is None else tuple(dict.fromkeys((threshold, *OPERATING_POINTS)))
    events: dict[float, list[CheckedAnswer]] = {level: [] for level in levels}
    scores: dict[str, float] = {}
    for number, (start, stop) in enumerate(parts):
        file = folder / f"{number}.{specification.input_schema.audio}"
        cut(example, file, start, stop, specification)
        for level in levels:
            answer = client.predict(file, {"threshold": level})
            events[level].append(check_answer(answer, offset=start, duration=stop - start))
        if tagged:
            answer = client.predict(file, {"threshold": LEAST_SCORE})
            for label, score in check_answer({"tags": answer.get("tags") or []}, offset=0.0, duration=stop).tags:
                if label in words:
                    scores[words[label]] = max(scores.get(words[label], 0.0), score or 0.0)

    def marks(level: float) -> tuple[Mark, ...]:
        regions = joined(events[level], [start for start, _ in parts[1:]]).regions
        return tuple(Mark(one.start, one.end, words[one.label]) for one in regions if one.label in words)

    if threshold is None:
        return Heard((), scores)
    return Heard(marks(threshold), scores, tuple(marks(level) for level in OPERATING_POINTS))
