"""The numbers below a trend are the same from sums of hours as from a look at each reading."""

import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trends.picture import PointHistory
from app.trends.statistics import statistics
from app.trends.steps import PointVersion, limit_steps
from facility.instants import DAY, HOUR, MINUTE
from facility.limit import Limit, RoomState, Severity, Side
from facility.plant_events import RoomStateSet
from facility.quantities import Quantity
from facility.reading import Reading, Reason
from facility.site import Point
from storage.samples.commit import Intake
from storage.samples.local import LocalStore

BEGIN = 20_000 * DAY + 22 * HOUR
MINUTES = 6 * 60
minute = st.integers(0, MINUTES).map(lambda n: BEGIN + n * MINUTE)
limit = st.builds(
    Limit,
    st.sampled_from([Severity.ALERT, Severity.ACTION]),
    st.sampled_from(Side),
    st.integers(0, 10).map(float),
    room_states=st.sets(st.sampled_from(RoomState), min_size=1).map(frozenset),
)
reading = st.tuples(
    st.integers(0, 10).map(float), st.sampled_from([0, 0, Reason.CALIBRATION_OVERDUE, Reason.LASER_FAULT])
)


def point(limits: list[Limit]) -> Point:
    return Point("P", "P", "Z", "I", Quantity.PARTICLES, 0.5, tuple(limits), MINUTE, Severity.ACTION)


@settings(max_examples=40)
@given(
    st.dictionaries(minute, reading, min_size=1, max_size=80),
    st.lists(st.tuples(minute, st.lists(limit, max_size=4)), max_size=3),
    st.lists(st.tuples(minute, st.sampled_from(RoomState)), max_size=6),
    st.tuples(minute, minute).map(sorted),
    minute,
    st.booleans(),
)
def test_sums_of_hours_say_what_each_reading_says(
    readings: dict[int, tuple[float, int]],
    revisions: list[tuple[int, list[Limit]]],
    states: list[tuple[int, RoomState]],
    span: list[int],
    now: int,
    sealed: bool,
) -> None:
    start, end = span[0], span[1] + 1
    versions = [PointVersion(n, since, point(limits)) for n, (since, limits) in enumerate(revisions, 1)]
    events = [RoomStateSet("R", state, time, "plan") for time, state in sorted(states, key=lambda one: one[0])]
    history = PointHistory(point([]), MINUTE, limit_steps(versions, events, ["R"], start, end))
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(LocalStore.open(Path(folder) / "store.db", lambda: BEGIN)) as store,
    ):
        store.append([Intake("s", [Reading("P", t, v, int(why), t) for t, (v, why) in readings.items()])])
        if sealed:
            store.seal(BEGIN * 2)
        each, sums = (statistics(store, history, now, each=each) for each in (True, False))
    if not each:
        assert sums == []
        return
    (row,) = sums
    for name in ("n", "invalid", "suspect"):
        assert getattr(row, name) == sum(getattr(one, name) for one in each)
    for name in ("outside_alert", "outside_action"):
        counts = [getattr(one, name) for one in each if getattr(one, name) is not None]
        assert getattr(row, name) == (sum(counts) if counts else None)
    assert row.low == min((one.low for one in each if one.low is not None), default=None)
    assert row.high == max((one.high for one in each if one.high is not None), default=None)
    judged = row.n - row.invalid
    assert (row.mean or 0) * judged == pytest.approx(sum((one.mean or 0) * (one.n - one.invalid) for one in each))
    shown = (min(end, now) - max(start, min(readings))) / MINUTE
    assert row.coverage == pytest.approx(min(1.0, row.n / shown))
