"""A copy as CSV (RFC 4180, UTF-8): a head of names and values, then each table under its title.

Lines of the head and titles begin with `#`. Times are ISO 8601 in the site's zone with its distance from UTC, so they
are read the same everywhere. A text that a spreadsheet would take for a formula gets an apostrophe before it
(OWASP, CSV Injection); numbers are never touched.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from app import formats
from app.copies.copy import Cell, Copy, Kind, Table
from facility.language import _n

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Line: TypeAlias = list[str | float | int]


def as_csv(copy: Copy) -> bytes:
    """The file."""
    return _written(chain(_head(copy), _tables(copy)))


def table_as_csv(table: Table, zone: str) -> bytes:
    """One table alone, for programs."""
    return _written(_lines(table, zone))


def _head(copy: Copy) -> Iterator[Line]:
    for name, value in copy.head:
        yield [f"# {name}", _text(value)]


def _tables(copy: Copy) -> Iterator[Line]:
    for table in copy.tables:
        yield []
        yield [f"# {table.title}", _n("{n} row", "{n} rows", len(table.rows), n=len(table.rows))]
        yield from _lines(table, copy.zone)


def _lines(table: Table, zone: str) -> Iterator[Line]:
    yield [column.name for column in table.columns]
    for row in table.rows:
        yield [_cell(cell, column.kind, zone) for cell, column in zip(row, table.columns, strict=True)]


def _written(lines: Iterable[Line]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode()


def _cell(cell: Cell, kind: Kind, zone: str) -> str | float | int:
    if cell is None:
        return ""
    if kind is Kind.TIME:
        return formats.in_zone(int(cell), zone).isoformat(timespec="milliseconds")
    return _text(cell) if isinstance(cell, str) else cell


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
