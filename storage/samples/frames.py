"""Answers as tables: the columns that `store.py` promises."""

import numpy as np
import pandas as pd

from facility.instants import Instant
from storage.samples import summaries
from storage.samples.columns import NO_NUMBER, Array, Columns
from storage.samples.store import ENVELOPE_COLUMNS, RAW_COLUMNS


def raw_frame(readings: Columns) -> pd.DataFrame:
    """`RAW_COLUMNS` as a table; sequence, count and volume are NaN where there is none."""
    table = {name: getattr(readings, name) for name in RAW_COLUMNS}
    table["reasons"] = table["reasons"].astype(np.int64)
    for name in ("sequence", "count"):
        table[name] = np.where(table[name] == NO_NUMBER, np.nan, table[name])
    return pd.DataFrame(table)


def envelope_frame(found: list[tuple[str, Instant, int, Array]]) -> pd.DataFrame:
    """`ENVELOPE_COLUMNS` of the filled buckets of each point."""
    totals = np.concatenate([summaries.empty(0), *(total for *_, total in found)])
    none_judged = totals["judged"] == 0
    with np.errstate(invalid="ignore"):
        mean = totals["sum"] / totals["judged"]
    columns = {
        "point": pd.Series([point for point, *_, total in found for _ in total], dtype=str),
        "start": np.concatenate([np.empty(0, np.int64), *(o + total["key"] * width for _, o, width, total in found)]),
        "min": np.where(none_judged, np.nan, totals["min"]),
        "mean": mean,
        "max": np.where(none_judged, np.nan, totals["max"]),
        "n": totals["n"],
        "judged": totals["judged"],
        "valid": totals["valid"],
    }
    return pd.DataFrame(columns, columns=list(ENVELOPE_COLUMNS))
