"""Many new rows of a table at once: COPY on PostgreSQL, where a row of an INSERT costs several times as much on both
sides; else one INSERT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, insert
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import Base


def insert_many(session: Session, kind: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; nothing is filled in but what the database itself does.

    What the session holds and has not written yet is written before.
    """
    if not rows:
        return
    session.flush()
    connection, table = session.connection(), kind.__table__
    assert isinstance(table, Table)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    told = [table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for name in names]
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    columns = list(zip(names, told, strict=True))
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([row[name] if process is None else process(row[name]) for name, process in columns])
