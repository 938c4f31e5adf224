"""A copy as a document to hand over: PDF/A-3a and PDF/UA-1, with every table attached as CSV.

The typesetter gets all texts as data, so that nothing in them can be taken for its own language. Its clock is the
copy's, and its fonts are those that it brings along: the same copy gives the same bytes anywhere.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import typst

from app import formats
from app.copies.as_csv import table_as_csv
from app.copies.copy import Cell, Column, Copy, Kind, Row, Table
from app.copies.glyphs import printable
from facility.instants import datetime_of
from facility.language import _, _n, language
from facility.writing import MINUS, decimal, significant

TEMPLATE = Path(__file__).parent / "copy.typ"
FONT = "Libertinus Serif"
STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
MOST_ROWS = 500
"""Rows of a table that are printed; a longer one is in its attached file only, and the document says so."""
MOST_TIMES = 2
"""Columns of moments from which they are printed on two lines, for the width of a page."""
LONG_TEXT = 24
"""Characters from which a column of text may be broken into lines."""


def as_pdf(copy: Copy) -> bytes:
    """The file."""
    told = {
        "title": copy.title,
        "site": copy.site,
        "made_by": copy.made_by,
        "made_at": copy.time(copy.made_at),
        "hash": copy.hash,
        "font": FONT,
        "lang": language(),
        "hash_words": _("Content SHA-256"),
        "page": _("Page {n} of {all}"),
        "every_row": _("In every row:"),
        "head": copy.head,
        "charts": [{"svg": chart.svg, "words": chart.words} for chart in copy.charts],
        "tables": [_printed(table, copy.zone) for table in copy.tables],
    }
    files = [
        {
            "name": f"{_file_name(table)}.csv",
            "text": table_as_csv(table, copy.zone).decode(),
            "words": f"{table.title}, {_count(table)}",
        }
        for table in copy.tables
    ]
    return typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"data": json.dumps({**_printable(told), "files": files}, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        ignore_system_fonts=True,
        timestamp=datetime_of(copy.made_at).replace(microsecond=0),  # the typesetter takes whole seconds
    )


def _printable(told: Any) -> Any:
    """With every character replaced that no font has, in all of its texts."""
    if isinstance(told, str):
        return printable(told, FONT)
    if isinstance(told, dict):
        return {name: _printable(part) for name, part in told.items()}
    return [_printable(part) for part in told] if isinstance(told, list | tuple) else told


def _printed(table: Table, zone: str) -> dict[str, object]:
    attached = len(table.rows) > MOST_ROWS
    rows = () if attached else table.rows
    same = _same(table, rows)
    told = [
        i
        for i, _unused in enumerate(table.columns)
        if i not in same and any(row[i] not in (None, "") for row in rows)
    ]
    stacked = sum(table.columns[i].kind is Kind.TIME for i in told) > MOST_TIMES
    return {
        "title": table.title,
        "count": _("{rows}, in the attached file {file}.csv", rows=_count(table), file=_file_name(table))
        if attached
        else _count(table),
        "same": [[_(table.columns[i].name), _cell(cell, table.columns[i], zone)] for i, cell in same.items()],
        "columns": [_(table.columns[i].name) for i in told],
        "aligns": ["right" if table.columns[i].kind in (Kind.NUMBER, Kind.WHOLE) else "left" for i in told],
        "widths": ["flexible" if _is_long(table, i) else "natural" for i in told],
        "rows": [[_told(row[i], table.columns[i], zone, stacked) for i in told] for row in rows],
    }


def _told(cell: Cell, column: Column, zone: str, stacked: bool) -> str:
    """A cell as it is printed; a moment has its day above its time where many of them stand side by side."""
    told = _cell(cell, column, zone)
    return told.replace(" ", "\n", 1) if stacked and column.kind is Kind.TIME else told


def _same(table: Table, rows: Sequence[Row]) -> dict[int, Cell]:
    """What is the same in every row of a table is told once, above it."""
    if len(rows) < 2:
        return {}
    first = rows[0]
    columns = range(len(table.columns))
    return {i: first[i] for i in columns if first[i] not in (None, "") and all(row[i] == first[i] for row in rows)}


def _is_long(table: Table, index: int) -> bool:
    texts = (row[index] for row in table.rows)
    return any(isinstance(text, str) and len(text) > LONG_TEXT for text in texts)


def _cell(cell: Cell, column: Column, zone: str) -> str:
    if cell is None:
        return ""
    if column.kind is Kind.TIME:
        at = int(cell)
        milliseconds = f".{at % 1000:03d}" if at % 1000 else ""
        return f"{formats.in_zone(at, zone):%Y-%m-%d %H:%M:%S}{milliseconds} {formats.zone_name(at, zone)}"
    if isinstance(cell, str):
        return cell
    return number(float(cell))


def number(value: float) -> str:
    """A number with at most six digits, thousands separated, and a true minus."""
    return decimal(value, 0) if abs(value) >= 100_000 else significant(value, 6).replace("-", MINUS)


def _count(table: Table) -> str:
    return (
        _("none") if not table.rows else _n("{n} row", "{n} rows", len(table.rows), n=formats.words(len(table.rows)))
    )


def _file_name(table: Table) -> str:
    return table.title.lower().replace(" ", "-")
