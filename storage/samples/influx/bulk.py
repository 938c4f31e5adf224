"""Many readings of one point at once, as CSV: less than half the work of JSON, for the server and for us.

Used where every reading is wanted, for checks and archives.
"""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from facility.instants import Instant
from facility.site import Site
from storage.samples.columns import COLUMN_TYPES, NO_NUMBER, Array, Columns
from storage.samples.influx.influxql import Reader
from storage.samples.influx.queries import FIELDS, of_point

TYPES = {
    "name": pa.string(),
    "tags": pa.string(),
    "time": pa.int64(),
    "value": pa.float64(),
    "invalid_value": pa.float64(),
    "reasons": pa.int64(),
    "received": pa.int64(),
    "sequence": pa.int64(),
    "count": pa.int64(),
    "volume": pa.float64(),
}


def columns_and_doubles(
    reader: Reader, site: Site, point: str, start: Instant, end: Instant
) -> tuple[Columns, Array]:
    """Every reading of one point in a range, and times at which another series of it says something else."""
    nothing = Columns.of_rows([])
    if start >= end:
        return nothing, nothing.time
    found = _read(reader.ask_csv(of_point(site, point, start, end))).ordered()
    first = np.diff(found.time, prepend=found.time[:1] - 1) > 0
    readings, again = found.take(first), found.take(~first)
    same = readings.take(np.searchsorted(readings.time, again.time)).same(again)
    return readings, np.unique(again.time[~same])


def _read(body: bytes) -> Columns:
    """Each series comes with a heading of its own."""
    parts = [Columns.of_rows([])]
    heading = body[: body.find(b"\n") + 1]
    for part in body.split(heading) if heading.strip() else ():
        if part.strip():
            parts.append(_columns(heading + part))
    return Columns.joined(parts)


def _columns(body: bytes) -> Columns:
    table = pyarrow.csv.read_csv(
        io.BytesIO(body),
        convert_options=pyarrow.csv.ConvertOptions(column_types=TYPES, include_columns=["time", *FIELDS]),
    )
    cells: dict[str, Any] = {name: table.column(name) for name in table.column_names}
    value, invalid = (_numbers(cells[name], np.nan) for name in ("value", "invalid_value"))
    whole = {name: _numbers(cells[name], NO_NUMBER) for name in ("sequence", "count")}
    return Columns(
        time=_numbers(cells["time"], 0),
        value=np.where(np.isnan(value), invalid, value),
        reasons=_numbers(cells["reasons"], 0).astype(COLUMN_TYPES["reasons"]),
        received=_numbers(cells["received"], 0),
        volume=_numbers(cells["volume"], np.nan),
        **whole,
    )


def _numbers(column: Any, nothing: float) -> Array:
    numbers: Array = column.fill_null(nothing).to_numpy()
    return numbers
