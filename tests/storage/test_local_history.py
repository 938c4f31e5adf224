"""Whatever arrives in whatever order, sealed whenever: the store says what a plain dictionary says."""

import math
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from facility.instants import DAY, HOUR, MINUTE
from facility.reading import Reading, Reason, Validity
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from storage.samples.local.sources import Balance
from storage.samples.store import SampleStore
from tests.storage.sample_store_contract import MIDNIGHT
from tests.storage.test_local_contract import columns_by_point

END = MIDNIGHT + 3 * DAY
POINTS = ("T1", "T2")

times = st.integers(0, 45).map(lambda step: MIDNIGHT + step * 93 * MINUTE + step % 3 * HOUR // 7)
readings = st.builds(
    Reading,
    point=st.sampled_from(POINTS),
    time=times,
    value=st.sampled_from([-4.0, 0.0, 0.5, 3.0, 8.0, math.nan]),
    reasons=st.sampled_from([0, 0, 0, Reason.SERVICE_DUE, Reason.LASER_FAULT]),
    received=st.integers(MIDNIGHT, END),
    sequence=st.none() | st.integers(0, 9),
    count=st.none() | st.integers(0, 1),
    volume=st.none() | st.just(28.3),
)
instants = st.integers(MIDNIGHT - HOUR, END + HOUR)


@dataclass(frozen=True)
class Append:
    readings: list[Reading]


@dataclass(frozen=True)
class Backfill:
    readings: list[Reading]


@dataclass(frozen=True)
class Seal:
    upto: int


steps = st.lists(
    st.builds(Append, st.lists(readings, max_size=12))
    | st.builds(Backfill, st.lists(readings, max_size=25))
    | st.builds(Seal, instants),
    max_size=12,
)


@dataclass
class Model:
    """The rules in their plainest form."""

    stored: dict[tuple[str, int], Reading] = field(default_factory=dict)
    repeated: int = 0
    conflicting: int = 0

    def take(self, offered: Reading) -> None:
        kept = self.stored.setdefault((offered.point, offered.time), offered)
        if kept is not offered:
            same = str((kept.value, kept.count, kept.volume)) == str((offered.value, offered.count, offered.volume))
            self.repeated += same
            self.conflicting += not same

    def of(self, point: str, start: int, end: int) -> list[Reading]:
        return sorted(
            (r for r in self.stored.values() if r.point == point and start <= r.time < end), key=lambda r: r.time
        )

    def judged(self, point: str, start: int, end: int) -> list[float]:
        found = self.of(point, start, end)
        return [r.value for r in found if r.validity is not Validity.INVALID and not math.isnan(r.value)]


@settings(max_examples=40)
@given(steps, instants, instants, st.integers(1, 90), st.sampled_from([None, -4.0, 0.0, 0.4, 3.0]))
def test_the_store_says_what_a_dictionary_says(
    steps: list[Append | Backfill | Seal], start: int, end: int, buckets: int, limit: float | None
) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore.open(Path(folder) / "store.db", lambda: MIDNIGHT)
        for step in steps:
            carry_out(step, store, model)
        for point in POINTS:
            assert readings_of(store.raw(point, start, end)) == [says(r) for r in model.of(point, start, end)]
            assert readings_of(store.raw(point, 0, END * 2)) == [says(r) for r in model.of(point, 0, END * 2)]
            outside = [v for v in model.judged(point, start, end) if limit is not None and v > limit]
            assert store.count_outside(point, start, end, None, limit) == len(outside)
            below = [v for v in model.judged(point, start, end) if limit is not None and v < limit]
            assert store.count_outside(point, start, end, limit, None) == len(below)
        check_envelope(store, model, start, end, buckets)
        check_balance(store, model)
        store.close()


def carry_out(step: Append | Backfill | Seal, store: LocalStore, model: Model) -> None:
    if isinstance(step, Seal):
        store.seal(step.upto)
        return
    if isinstance(step, Append):
        store.append([Intake("s", step.readings)])
    else:
        store.backfill(columns_by_point(step.readings), "s")
    for reading in step.readings:
        model.take(reading)


def check_envelope(store: SampleStore, model: Model, start: int, end: int, buckets: int) -> None:
    for point, rows in store.envelope(POINTS, start, end, buckets).groupby("point"):
        assert len(rows) <= buckets
        assert rows["n"].sum() == len(model.of(str(point), start, end))
        borders = [*rows["start"].tolist(), END * 2]
        for row, following in zip(rows.to_dict("records"), borders[1:], strict=True):
            inside = (max(start, row["start"]), min(end, following))
            judged = model.judged(str(point), *inside)
            assert row["n"] == len(model.of(str(point), *inside))
            assert row["judged"] == len(judged)
            assert row["valid"] == sum(
                r.reasons == 0 and not math.isnan(r.value) for r in model.of(str(point), *inside)
            )
            if judged:
                assert (row["min"], row["mean"], row["max"]) == (min(judged), sum(judged) / len(judged), max(judged))


def check_balance(store: LocalStore, model: Model) -> None:
    received = len(model.stored) + model.repeated + model.conflicting
    for found in store.balance():
        assert found == Balance("s", received, len(model.stored), model.repeated, model.conflicting, 0, MIDNIGHT)


def readings_of(frame: pd.DataFrame) -> list[str]:
    return [str(tuple(float(cell) for cell in row)) for row in frame.itertuples(index=False)]


def says(r: Reading) -> str:
    cells = (r.time, r.value, r.reasons, r.received, r.sequence, r.count, r.volume)
    return str(tuple(math.nan if cell is None else float(cell) for cell in cells))
