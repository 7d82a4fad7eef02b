"""Databases of earlier releases, as files: ``NNNN.json.gz`` is the demo at that revision.

One was made by that release's own ``flask deploy`` and ``flask seed --enterprises 24``: every row of
every table, as SQLite held it.
"""

from __future__ import annotations

import base64
import gzip
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_migrate import upgrade

HERE = Path(__file__).parent
READ = {datetime: datetime.fromisoformat, date: date.fromisoformat, Decimal: Decimal, bool: bool}


def at(revision: str, engine: sa.Engine) -> dict[str, int]:
    """Make the empty database what it was at ``revision``; table -> number of rows."""
    upgrade(revision=revision)
    text = gzip.decompress((HERE / f"{revision}.json.gz").read_bytes())
    kept = json.loads(text, parse_float=str)
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name in kept:
                _fill(connection, table, kept[table.name])
    return {name: len(one["rows"]) for name, one in kept.items()}


def _fill(connection: sa.Connection, table: sa.Table, kept: dict[str, Any]) -> None:
    columns = kept["columns"]
    rows = [
        {name: _value(table.c[name], value) for name, value in zip(columns, row, strict=True)}
        for row in kept["rows"]
    ]
    if connection.scalar(sa.select(sa.func.count()).select_from(table)):
        for row in rows:  # the migration made it: the head of the chain, which nobody may delete
            connection.execute(table.update().where(table.c.id == row["id"]).values(row))
        return
    connection.execute(table.insert(), rows)
    if connection.dialect.name == "postgresql" and "id" in table.c:
        drawn = sa.func.pg_get_serial_sequence(table.name, "id")
        if connection.scalar(sa.select(drawn)):
            most = sa.select(sa.func.max(table.c.id)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(drawn, most)))


def _value(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    if value is None or isinstance(column.type, sa.types.NullType):
        return value
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return value
    return READ.get(kind, lambda same: same)(value)
