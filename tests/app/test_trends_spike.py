"""One sample far outside shows in whatever is drawn of its point: any range, any zoom, however it is stored."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trends.gather import read_series
from facility.instants import DAY, HOUR, SECOND, Instant
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.local import LocalStore

POINT = "B101.DP1"
BEGIN: Instant = 1_763_769_600_000
DAYS = 365
EVERY = 60 * SECOND
END = BEGIN + DAYS * DAY


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalStore, Columns]]:
    """A year each minute, sealed but for its last days, with a spike and a dip at places that chance chose."""
    folder: Path = tmp_path_factory.mktemp("year")
    time = np.arange(BEGIN, END, EVERY)
    chance = np.random.default_rng(7)
    value = 50 + chance.normal(0, 0.5, len(time)).round(1)
    for place in chance.choice(len(time), 40, replace=False):
        value[place] = chance.choice([-400, 900]) + chance.integers(0, 100)
    none = np.full(len(time), NO_NUMBER)
    columns = Columns(time, value, np.zeros(len(time), np.uint16), time + 200, none, none, np.full(len(time), np.nan))
    with closing(LocalStore.open(folder / "samples.db", lambda: END)) as store:
        store.backfill({POINT: columns}, "test")
        yield store, columns


@settings(max_examples=30)
@given(start=st.integers(BEGIN - DAY, END - 1), span=st.integers(10 * SECOND, 400 * DAY))
def test_the_extremes_that_are_drawn_are_those_of_the_range(
    year: tuple[LocalStore, Columns], start: Instant, span: int
) -> None:
    """What is drawn may begin and end a step beyond the range; it is never less than what is in the range."""
    store, columns = year
    series = read_series(store, POINT, start, start + span, EVERY)
    inside = columns.value[(columns.time >= start) & (columns.time < start + span)]
    if len(inside) == 0:
        return
    assert np.nanmax(series.high) >= inside.max()
    assert np.nanmin(series.low) <= inside.min()
    assert np.isin([np.nanmax(series.high), np.nanmin(series.low)], columns.value).all()


@settings(max_examples=20)
@given(
    start=st.integers(BEGIN, END - 2 * HOUR),
    span=st.integers(2 * HOUR, 365 * DAY),
    buckets=st.integers(1, 3000),
)
def test_each_bucket_has_the_extremes_of_its_own_readings(
    year: tuple[LocalStore, Columns], start: Instant, span: int, buckets: int
) -> None:
    store, columns = year
    end = min(start + span, END)
    found = store.envelope([POINT], start, end, buckets)
    begins = found["start"].to_numpy()
    chosen = (columns.time >= start) & (columns.time < end)
    bucket = np.searchsorted(begins, columns.time[chosen], side="right") - 1
    value = columns.value[chosen]
    worst = np.full(len(begins), -np.inf)
    best = np.full(len(begins), np.inf)
    np.maximum.at(worst, bucket, value)
    np.minimum.at(best, bucket, value)
    assert (found["max"].to_numpy() == worst).all()
    assert (found["min"].to_numpy() == best).all()
    assert found["n"].sum() == chosen.sum()
