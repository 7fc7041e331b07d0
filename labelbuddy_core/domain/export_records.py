"""What an export is made of: tasks with their recording, annotations, reviews and ground truth, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ExportedAnnotation:
    """One document in an export: a person's annotation, or a task's ground truth (`annotator` "consensus").

    `consensus` says how the ground truth came about: its kind, and of a merged one method, soft labels, and whether it
    is stale. `sampling` says what the rules of reviews said, "approved" for approved without a review.
    """

    id: str
    annotator: str
    state: str
    revision: int
    updated_at: str
    document: Mapping[str, Any]
    reviews: tuple[Mapping[str, Any], ...] = ()
    consensus: Mapping[str, Any] | None = None
    sampling: str | None = None
    handed_over: tuple[Mapping[str, Any], ...] = ()
    """From whom to whom it went before it was the annotator's."""


@dataclass(frozen=True)
class ExportedTask:
    """One task in an export. `audio_path` says where its audio is, "" when the export does not say."""

    id: str
    recording: Mapping[str, Any]
    start: float
    stop: float
    state: str
    annotations: tuple[ExportedAnnotation, ...]
    consensus: Mapping[str, Any] | None = None
    audio_path: str = ""


@dataclass(frozen=True)
class ExportContext:
    """What holds for a whole export.

    `model_licenses` are by the name of the model; `prediction_licenses` by the id of a prediction that was made under
    another license than its model has now.
    """

    project: Mapping[str, Any]
    changed_at: str
    """When the data last changed (ISO 8601), not when it was exported: the same data is the same file."""
    label_names: Mapping[str, str]
    model_licenses: Mapping[str, str] = field(default_factory=dict)
    prediction_licenses: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, label: str | None) -> str:
        """The name of a label by its id."""
        return self.label_names.get(label, label) if label else ""

    def license_of(self, origin: Mapping[str, Any]) -> str:
        """The license of the model that an item comes from, "" for what a person made."""
        made_under = self.prediction_licenses.get(origin.get("prediction") or "")
        return self.model_licenses.get(origin.get("model") or "", "") if made_under is None else made_under

    def licenses_in(self, document: Mapping[str, Any]) -> dict[str, str]:
        """The licenses of the models whose items a document contains, by the model's name."""
        caption = document.get("caption")
        parts = [*document["regions"], *document["points"], *document["tags"], *([caption] if caption else [])]
        origins = [item.get("origin") or {} for item in parts]
        return {one["model"]: text for one in origins if one.get("model") and (text := self.license_of(one))}
