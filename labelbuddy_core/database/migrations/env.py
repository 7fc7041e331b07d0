"""Alembic's entry point: runs on the connection that `database.migration` holds the lock on."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine

from labelbuddy_core.database import tables
from labelbuddy_core.database.base import Base, JsonText, Moment
from labelbuddy_core.settings import get_settings

assert tables.User.metadata is Base.metadata


def plain_types(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Migrations name the database's own types, so that they keep meaning the same when our classes change."""
    if kind == "type" and isinstance(value, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, JsonText):
        return "sa.Text()"
    return False


connection = context.config.attributes.get("connection")
if connection is None:  # `alembic revision --autogenerate` by a developer
    connection = create_engine(get_settings().sqlalchemy_url).connect()
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=plain_types,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
