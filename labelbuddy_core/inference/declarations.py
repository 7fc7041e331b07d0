"""Whether a model says of itself what its file says of it."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.inference.specification import Specification

_SHOWN = 5


def contradictions(specification: Specification, information: dict[str, Any]) -> list[str]:
    """Sentences for the manager about where `/info` and the file differ; empty when they agree."""
    found: list[str] = []
    version = information.get("version")
    if isinstance(version, str) and version and version != specification.version:
        found.append(f"The model says it is version {version[:40]!r}, its file says {specification.version!r}.")
    labels = information.get("labels")
    if isinstance(labels, list) and labels and specification.labels:
        says = {label for label in labels if isinstance(label, str)}
        declared = set(specification.labels)
        if missing := sorted(declared - says):
            found.append(f"Its file declares labels that the model does not know: {_list(missing)}.")
        if unknown := sorted(says - declared):
            found.append(f"The model knows labels that its file does not declare: {_list(unknown)}.")
    capabilities = information.get("capabilities")
    if isinstance(capabilities, list) and capabilities:
        if specification.predicts and "predict" not in capabilities:
            found.append("The model says that it cannot predict.")
        if specification.embeds and "embed" not in capabilities:
            found.append("Its file declares an embedding, and the model says that it cannot embed.")
    return found


def device_of(information: dict[str, Any]) -> str:
    """What the model computes on, as it says."""
    device = information.get("device")
    return device[:40] if isinstance(device, str) else ""


def _list(names: list[str]) -> str:
    shown = ", ".join(name[:80] for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
