"""A gap in a source's numbers is on record once, with from and to; and so is its end."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from collectors.gap_watch import GapWatch
from facility.instants import DAY, MINUTE, SECOND, Instant
from storage.records import source_gaps
from storage.records.source_gaps import SourceGap
from storage.records.trail import audit
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.records import open_records

NOW: Instant = 20_000 * DAY


class Watched:
    """A station's local store, its records, and a watch over its gaps that looks every five seconds."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.store = LocalStore.open(folder / "samples.db", lambda: self.now)
        self.records = open_records(folder / "records.db", lambda: self.now)
        self.restart()

    def restart(self) -> None:
        self.watch = GapWatch("main", self.store, self.records, lambda: self.now)
        self.watch.look()

    def sends(self, *sequences: int, epoch: int = 7) -> None:
        self.store.append([Intake("gw-1", epoch=epoch, sequence=number) for number in sequences])

    def passes(self, seconds: int) -> None:
        for _ in range(0, seconds, 5):
            self.now += 5 * SECOND
            self.watch.look()

    def gaps(self) -> list[SourceGap]:
        with self.records.reading() as connection:
            both = [source_gaps.newest(connection, 100, closed=closed) for closed in (False, True)]
        return [gap for gaps in both for gap in gaps]

    def told(self) -> list[tuple[str, str, str, int, int]]:
        with self.records.reading() as connection:
            rows = [row for row in audit.rows(connection)[::-1] if row.object == "source gw-1"]
        data = [msgspec.json.decode(row.data) for row in rows]
        return [(row.actor, row.action, row.object, d["first"], d["last"]) for row, d in zip(rows, data, strict=True)]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    watched.store.close()
    watched.records.close()


def test_a_gap_is_on_record_once_it_has_lasted(watched: Watched) -> None:
    watched.sends(1, 2, 6, 7)
    watched.passes(60)
    assert watched.gaps() == []
    watched.passes(30)
    (gap,) = watched.gaps()
    assert gap == SourceGap("main", "gw-1", 7, 3, 5, NOW, NOW + 5 * SECOND)
    assert watched.told() == [("station main", "messages missing", "source gw-1", 3, 5)]


def test_what_comes_late_or_again_is_no_gap(watched: Watched) -> None:
    watched.sends(1, 4)
    watched.passes(30)
    watched.sends(2)
    watched.passes(20)
    watched.sends(3)
    watched.passes(120)
    assert watched.gaps() == []


def test_its_end_is_on_record_too(watched: Watched) -> None:
    watched.sends(1, 6)
    watched.passes(70)
    watched.sends(3)
    watched.passes(70)
    assert [gap.closed for gap in watched.gaps()] == [None], "what is left of a gap is no other gap"
    watched.sends(2, 4, 5)
    watched.passes(5)
    assert [gap.closed for gap in watched.gaps()] == [watched.now]
    assert [action for _, action, *_ in watched.told()] == ["messages missing", "missing messages came"]


def test_a_restart_tells_nothing_twice(watched: Watched) -> None:
    watched.sends(1, 4)
    watched.passes(70)
    watched.restart()
    watched.passes(120)
    assert len(watched.gaps()) == len(watched.told()) == 1
    watched.sends(2, 3)
    watched.restart()
    watched.passes(10)
    assert [gap.closed is None for gap in watched.gaps()] == [False]
    assert len(watched.told()) == 2


def test_a_gap_from_before_the_start_has_no_time_before_it(watched: Watched) -> None:
    watched.sends(2)
    watched.restart()
    watched.passes(60)
    (gap,) = watched.gaps()
    assert (gap.first, gap.last, gap.after, gap.before) == (1, 1, None, NOW)
    assert watched.now - gap.before == MINUTE


def test_each_start_of_a_source_is_numbered_for_itself(watched: Watched) -> None:
    watched.sends(1, 3)
    watched.sends(1, 3, epoch=8)
    watched.passes(70)
    assert {(gap.epoch, gap.first, gap.last) for gap in watched.gaps()} == {(7, 2, 2), (8, 2, 2)}
