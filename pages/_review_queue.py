"""The review queue in words: why something is reviewed, and what is not."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.domain.counted import counted
from pages._elements import plain

WHY = {
    "share": "In the share that is reviewed",
    "confidence": "Reviewed for a suggestion of which the model was not sure",
    "agreement": "Reviewed because its annotators agree too little",
    "again": "It was sent back before",
    "left": "Not in the sample: nobody has to review it",
    "waiting": "The other annotators of the task have not handed in yet",
}


def why(waiting: dict[str, Any]) -> str:
    """Why the rules of the project send an annotation to a review, and how far its task's answers differ."""
    parts = [WHY[waiting["because"]]] if waiting["because"] else []
    if waiting["disagreement"] is not None:
        parts.append(f"Disagreement {waiting['disagreement']:.0%}")
    return " · ".join(parts)


def row_of(waiting: dict[str, Any]) -> str:
    """A line of the list of what waits."""
    differ = "" if waiting["disagreement"] is None else f" · disagreement {waiting['disagreement']:.0%}"
    held = f" · being reviewed by {waiting['reviewer']}" if waiting["reviewer"] else ""
    return plain(f"{waiting['recording']} · {waiting['annotator']}{differ}{held}")


def not_reviewed(counts: dict[str, int]) -> str:
    """What does not wait for a review, and why; empty where everything is reviewed."""
    told = {
        "incomplete": (
            "waits for the other annotators of its task", "wait for the other annotators of their task"
        ),
        "left": ("is not in the sample and stays submitted", "are not in the sample and stay submitted"),
        "by_sampling": (
            "is not in the sample and was approved by that", "are not in the sample and were approved by that"
        ),
    }  # fmt: skip
    parts = [counted(counts[name], one, many) for name, (one, many) in told.items() if counts[name]]
    return f"Not reviewed: {'; '.join(parts)}." if parts else ""
