"""The server commits, and the connection breaks before it says so: nothing is on record twice, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import select

from facility.instants import SECOND
from facility.limit import RoomState
from storage.records.errors import RecordsAwayError
from storage.records.schema import outbox
from storage.records.trail import audit
from tests.acceptance.story import Story
from tests.alerts.examples import ACTION, ALERT, low, point
from tests.cut_proxy import CuttingProxy, cutting_proxy
from tests.postgres import PostgresUnderTest

PRESSURE = point(low(10, ALERT, on_delay=2 * SECOND), low(5, ACTION), silent_after=None)
OnRecord: TypeAlias = tuple[list[str], list[tuple[int, str, bytes]], list[object]]


@pytest.fixture
def proxy(postgres: PostgresUnderTest) -> Iterator[CuttingProxy]:
    with cutting_proxy(postgres.port) as proxy:
        yield proxy


def lived_through(folder: Path, url: str, proxy: CuttingProxy, cut_every: int) -> OnRecord:
    """Audit trail, outbox and alarms after a while with alarms, delays, answers and room states."""
    folder.mkdir()
    story = Story(folder, PRESSURE, records=url)
    step = story.engine.step

    def step_until_it_works(timeout: float) -> None:
        for _ in range(50):
            try:
                return step(timeout)
            except RecordsAwayError:
                continue
        raise AssertionError("the engine does not recover")

    story.engine.step = step_until_it_works  # type: ignore[method-assign]  # as the station's thread does
    proxy.cut_every = cut_every
    for second, value in enumerate(
        (12.0, 9.0, 3.0, 3.0, 12.0, 4.0, 13.0, 8.0, 8.0, 14.0, 9.0, 3.0, 12.0, 4.0), start=1
    ):
        story.at(f"00:{second:02}").reads(value)
        if second == 4:
            story.room_becomes(RoomState.CLEANING)
    story.at("00:16")
    proxy.cut_every = 0
    with story.records.transaction() as connection:
        rows = [f"{row.action} {row.object} {row.data}" for row in audit.rows(connection, limit=1000)]
        sent = [tuple(row) for row in connection.execute(select(outbox.c.at, outbox.c.topic, outbox.c.payload))]
        assert audit.verify(connection) == []
    alarms: list[object] = list(story.alarms())
    story.close()
    return rows, sent, alarms


def test_a_commit_whose_answer_was_lost_is_not_repeated(
    postgres: PostgresUnderTest, proxy: CuttingProxy, tmp_path: Path
) -> None:
    for name in ("undisturbed", "cut"):
        postgres.create_database(name)
    undisturbed = lived_through(tmp_path / "undisturbed", postgres.url("undisturbed"), proxy, cut_every=0)
    disturbed = lived_through(tmp_path / "cut", postgres.url("cut", port=proxy.port), proxy, cut_every=3)
    for name in ("undisturbed", "cut"):
        postgres.drop_database(name)
    assert proxy.cuts > 20
    assert len(undisturbed[0]) >= 6
    assert disturbed == undisturbed
