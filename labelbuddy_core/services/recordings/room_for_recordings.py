"""Whether there is room for more audio: on the disk, and in what a project may hold."""

from __future__ import annotations

import shutil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import DiskFull, TooLarge
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.services.transactions import reads
from labelbuddy_core.settings import get_settings


@reads
def require_room(session: Session, actor: Actor, project_id: str | int, size: int) -> int:
    """The project's number, if the person may add `size` bytes of recordings to it; checked before bytes are kept."""
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    check_quota(session, access.project.id, size)
    return access.project.id


def check_space(needed: int) -> None:
    """Raises `DiskFull` when storing `needed` bytes would leave less than the reserve free."""
    settings = get_settings()
    settings.incoming.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.incoming).free
    if free - needed < settings.min_free_bytes:
        raise DiskFull(
            f"The disk has {readable_size(free)} free and {readable_size(settings.min_free_bytes)} must stay free. "
            "Ask the administrator to free space."
        )


def check_quota(session: Session, project_id: int, size: int) -> None:
    """Raises `TooLarge` when a project would hold more than it may with `size` bytes more."""
    quota = get_settings().quota_bytes
    if not quota:
        return
    used = session.scalar(select(func.sum(Recording.size)).where(Recording.project_id == project_id)) or 0
    if used + size > quota:
        raise TooLarge(
            f"The project holds {readable_size(used)} of the {readable_size(quota)} it may hold.", quota=quota
        )
