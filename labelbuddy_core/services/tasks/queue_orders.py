"""Choosing how a project's queue is ordered: a job ranks the tasks anew."""

from __future__ import annotations

from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Project
from labelbuddy_core.domain.queue_orders import QueueOrder
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs


def set_queue_order(session: Session, actor: Actor, project: Project, order: str) -> None:
    """Order the queue of a project by one of `QueueOrder`. Raises `Invalid` for anything else."""
    try:
        wanted = QueueOrder(order)
    except ValueError:
        raise Invalid(f"queue_order must be one of {', '.join(QueueOrder)}.", field="queue_order") from None
    if wanted == project.queue_order:
        return
    project.queue_order = wanted
    session.flush()
    jobs.submit(session, actor, "order-queue", {"project": project.id}, project_id=project.id)
