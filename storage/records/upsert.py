"""Insert rows, or bring the rows with the same primary key up to date; for the tables that are not append-only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write all rows in one statement, executed once a row by the driver. Every row names every column."""
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    keys = list(table.primary_key.columns)
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column not in set(keys)}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)
