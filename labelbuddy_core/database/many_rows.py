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
    """Insert rows that name all columns, but a key that the database counts up: no default is filled in.

    What the session holds and has not written yet is written before. Raises `ValueError` for a row with other names.
    """
    if not rows:
        return
    table = kind.__table__
    assert isinstance(table, Table)
    _check_names(table, rows)
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


def _check_names(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """COPY would leave out what an INSERT fills in."""
    counted = table.autoincrement_column
    wanted = {one.name for one in table.columns if one is not counted or one.name in rows[0]}
    for row in rows:
        if row.keys() != wanted:
            raise ValueError(f"Rows of {table.name} name {sorted(wanted)}, not {sorted(row)}.")


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
