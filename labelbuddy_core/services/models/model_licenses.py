"""Licenses of models: whether one was confirmed, as it must be before the first use (`models.confirm_license`)."""

from __future__ import annotations

from typing import Any

from labelbuddy_core.database.tables import Model
from labelbuddy_core.domain.licenses import needs_confirmation
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.services.presenting import iso


def license_json(model: Model) -> dict[str, Any]:
    """{license, to_confirm: whether it must be confirmed before use, confirmed_by, confirmed_at}."""
    confirmed = bool(model.license) and model.license_confirmed == model.license
    at = model.license_confirmed_at
    return {
        "license": model.license,
        "to_confirm": not may_be_used(model),
        "confirmed_by": model.license_confirmed_by if confirmed else None,
        "confirmed_at": iso(at) if confirmed and at else None,
    }


def may_be_used(model: Model) -> bool:
    """Whether a model's license needs no confirmation, or has it."""
    return model.license_confirmed == model.license or not needs_confirmation(model.license)


def require_confirmed(model: Model) -> None:
    """Raises `InvalidState` with the license in `extra` when it was not confirmed."""
    if not may_be_used(model):
        raise InvalidState(
            f"Confirm the license of {model.name} before it is used (on the Models page): {model.license}",
            license=model.license,
        )
