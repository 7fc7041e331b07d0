"""What exports and releases say about their project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labelbuddy_core.database.tables import Project


def exported_project(project: Project, labels: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A project as exports carry it, with its labels."""
    return {
        "id": str(project.id),
        "name": project.name,
        "template": project.template,
        "instructions": project.instructions,
        "labels": labels,
        "lanes": project.lanes,
        "tiers": project.tiers,
    }
