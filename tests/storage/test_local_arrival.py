"""Every commit again in the order in which it came, whatever was sealed meanwhile."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from facility.instants import DAY, HOUR, MINUTE
from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from facility.reading import Reading
from storage.samples.columns import Columns
from storage.samples.commit import Commit, Intake
from storage.samples.local import LocalStore

NOON = 20_000 * DAY + 12 * HOUR
POINTS = ("B101.DP1", "A101.PC1")

times = st.integers(-50, 0)
"""Minutes before noon: within a day, or on the day before, late or not."""
readings = st.lists(st.tuples(st.sampled_from(POINTS), times.map(lambda n: n * 20), st.integers(0, 3)), max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), readings),
        st.tuples(st.just("backfill"), readings),
        st.tuples(st.just("seal"), times.map(lambda n: n * 20)),
    ),
    max_size=12,
)


def columns(found: list[tuple[str, int, int]]) -> dict[str, Columns]:
    history = {}
    for point in {point for point, *_ in found}:
        rows = sorted({(NOON + when * MINUTE, float(value)) for name, when, value in found if name == point})
        history[point] = Columns.of_rows([(time, value, 0, time, None, None, None) for time, value in rows])
    return history


@settings(max_examples=40)
@given(steps)
def test_commits_come_again_as_they_were_made(told: list[tuple[str, list[tuple[str, int, int]] | int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        now = NOON
        store = LocalStore.open(Path(folder) / "store.db", lambda: now)
        made: list[Commit] = []
        for number, (what, of) in enumerate(told):
            now += MINUTE
            if isinstance(of, int):
                store.seal(NOON + of * MINUTE)
            elif what == "backfill":
                made.append(store.backfill(columns(of), "history"))
            else:
                found = [
                    Reading(point, NOON + when * MINUTE, float(value), 0, now, number) for point, when, value in of
                ]
                event = RoomStateSet("B101", RoomState.CLEANING, now, "plan")
                made.append(store.append([Intake("test", found, [event] if number % 3 == 0 else [])]))
        assert list(store.commits()) == made
        store.close()


def test_readings_are_numbered_by_the_commit_that_brought_them(tmp_path: Path) -> None:
    store = LocalStore.open(tmp_path / "store.db", lambda: NOON)
    store.append([Intake("test", [Reading("B101.DP1", NOON - DAY, 1.0, 0, NOON)])])
    store.backfill(columns([("B101.DP1", -30 * 60, 2), ("B101.DP1", -20 * 60, 2)]), "history")
    store.append([Intake("test", [Reading("B101.DP1", NOON, 1.0, 0, NOON)])])
    store.seal(NOON)
    found = store.numbered("B101.DP1", NOON - 2 * DAY, NOON + 1)
    assert found.time.tolist() == [NOON - 30 * HOUR, NOON - DAY, NOON - 20 * HOUR, NOON]
    assert found.number.tolist() == [2, 1, 2, 3]
    assert np.array_equal(store.columns("B101.DP1", NOON - 2 * DAY, NOON + 1).value, found.value)
    assert len(store.numbered("unknown", NOON, NOON + 1)) == 0
    store.close()
