"""The person (or the system itself) on whose behalf a service acts."""

from __future__ import annotations

from dataclasses import dataclass

from labelbuddy_core.errors import Forbidden


@dataclass(frozen=True)
class Actor:
    """Somebody signed in. `can_write` is false for a read-only API token."""

    id: int
    username: str
    name: str
    is_administrator: bool
    can_create_projects: bool
    can_write: bool = True

    def require_administrator(self) -> None:
        """Raises `Forbidden` unless this is an administrator."""
        if not self.is_administrator:
            raise Forbidden("Only an administrator may do this.")
