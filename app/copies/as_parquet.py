"""A copy as Parquet, for programs: its largest table, with times in UTC and numbers as numbers.

A Parquet file holds one table. The head of the copy and its other tables are in the metadata of the schema, as JSON
under `cleanwatch`, so that the file says all that the copy says.
"""

import json

import pyarrow as pa
import pyarrow.parquet as pq

from app.copies.copy import Column, Copy, Kind, Table
from facility.instants import text_of

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.WHOLE: pa.int64(),
    Kind.TIME: pa.timestamp("ms", tz="UTC"),
}


def as_parquet(copy: Copy) -> bytes:
    """The file."""
    main = max(copy.tables, key=lambda table: len(table.rows))
    schema = pa.schema([(column.name, TYPES[column.kind]) for column in main.columns])
    columns = [
        pa.array([row[index] for row in main.rows], type=TYPES[column.kind])
        for index, column in enumerate(main.columns)
    ]
    told = {
        **dict(_head(copy)),
        "table": main.title,
        "other tables": {table.title: _plain(table) for table in copy.tables if table is not main},
    }
    schema = schema.with_metadata({"cleanwatch": json.dumps(told, ensure_ascii=False)})
    out = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), out, compression="zstd")
    return bytes(out.getvalue())


def _head(copy: Copy) -> dict[str, str | list[str]]:
    remarks = list(copy.remarks)
    return {**dict(copy.head), **({"Remark": remarks} if remarks else {})}


def _plain(table: Table) -> list[dict[str, object]]:
    """Rows of named cells, times in UTC."""
    return [
        {column.name: _cell(cell, column) for cell, column in zip(row, table.columns, strict=True)}
        for row in table.rows
    ]


def _cell(cell: object, column: Column) -> object:
    return text_of(cell) if column.kind is Kind.TIME and isinstance(cell, int) else cell
