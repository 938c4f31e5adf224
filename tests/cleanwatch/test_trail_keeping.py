"""What the leading station does for the audit trail every night, and what it tells when it cannot."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cleanwatch import trail_keeping
from cleanwatch.anchor_mail import NotSentError, Post
from cleanwatch.problems import Problems
from cleanwatch.settings import Settings
from cleanwatch.time_stamps import NoTimeStampError
from cleanwatch.trail_keeping import TrailKeeper, last_night, verify_after
from facility.instants import DAY, HOUR, Instant, instant_of
from facility.site import Share, Site
from storage.records.database import Records
from storage.records.trail import anchors, audit, verification
from storage.records.trail.anchors import Kind
from storage.records.trail.audit import AuditEntry
from storage.records.trail.chain import BEGINNING, Mark
from storage.records.trail.verification import Result
from tests.acceptance.story import site_of
from tests.alerts.examples import low, point
from tests.people import ANN

NOON = instant_of(datetime(2026, 11, 22, 12, tzinfo=UTC))
SITE = replace(site_of(point(low(10))), timezone="Europe/Berlin")
MAIL: dict[str, Any] = {"mail_host": "mail.example", "mail_from": "a@b.example", "mail_to": "qa@b.example"}


class House:
    """A keeper with its records, a clock that is moved by hand, and what it sent."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, site: Site = SITE, **settings: Any) -> None:
        self.now: Instant = NOON
        self.sent: list[str] = []
        self.refusal: Exception | None = None
        self.records = Records.open(folder / "records.db", self.clock)
        self.problems = Problems(self.clock)
        self.settings = Settings(data=folder, **settings)
        self.stopping = threading.Event()
        self.keeper = TrailKeeper(self.settings, self.records, lambda: site, self.clock, self.problems, self.stopping)
        monkeypatch.setattr(trail_keeping, "send", self._send)
        monkeypatch.setattr(trail_keeping, "time_stamp", self._time_stamp)

    def clock(self) -> Instant:
        return self.now

    def keep(self) -> list[str]:
        """Let it do what is due; the problems that stand then."""
        self.keeper()
        return [problem.text for problem in self.problems.now()]

    def actions(self) -> list[str]:
        with self.records.reading() as connection:
            return [row.action for row in audit.rows(connection)][::-1]

    def _send(self, post: Post, site: str, told: str, signature: bytes, state: str, counts: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(f"{post.recipients[0]} {state} {counts}")

    def _time_stamp(self, url: str, told: bytes, ca_file: Path | None) -> bytes:
        raise NoTimeStampError(f"{url} does not answer")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    house = House(tmp_path, monkeypatch, **MAIL)
    with closing(house.records):
        yield house


def test_the_trail_is_verified_and_its_head_mailed_once_a_night(house: House) -> None:
    assert house.keep() == []
    assert house.actions() == ["schema migrated", "trail verified", "audit key made", "trail anchored"]
    assert len(house.sent) == 1
    house.now += HOUR
    assert house.keep() == []
    assert len(house.actions()) == 4
    house.now += DAY
    assert house.keep() == []
    assert house.actions()[4:] == ["trail verified", "trail anchored"]
    assert "whole." in house.sent[1]
    assert "'trail verified': 1" in house.sent[1]
    with house.records.reading() as connection:
        assert list(anchors.check(connection)) == []
        newest, first = verification.newest(connection, 2)
    assert (first.full, newest.full, newest.after) == (True, False, first.last.seq)


def test_a_trail_that_is_not_whole_is_a_problem_until_it_is(house: House) -> None:
    house.keep()
    with house.records.transaction() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'eve' WHERE seq = 2"))
    house.now += 8 * DAY
    (told,) = house.keep()
    assert told.startswith("the audit trail is not what was written: row 2 was altered")
    assert "trigger audit_no_update" in told
    assert "NOT WHOLE" in house.sent[-1]
    again = TrailKeeper(house.settings, house.records, lambda: SITE, house.clock, house.problems, house.stopping)
    house.problems.tell_all(trail_keeping.PART, [])
    again()
    assert [problem.text for problem in house.problems.now()] == [told]


def test_a_mail_that_cannot_be_sent_is_told_and_tried_again(house: House) -> None:
    house.refusal = NotSentError("mail.example does not answer")
    (told,) = house.keep()
    assert told == "mail.example does not answer. There was none yet. It is tried again every few minutes"
    house.refusal = None
    assert house.keep() == []
    house.now += DAY
    house.refusal = NotSentError("mail.example does not answer")
    (told,) = house.keep()
    assert "The last one is of 2026-11-22 12:00 UTC." in told


def test_each_way_out_is_on_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, monkeypatch, timestamp_url="http://tsa.example", **MAIL)
    (told,) = house.keep()
    assert told.startswith("http://tsa.example does not answer")
    with house.records.reading() as connection:
        assert anchors.newest(connection, Kind.MAIL) is not None
        assert anchors.newest(connection, Kind.TIME_STAMP) is None
    house.records.close()


def test_a_site_that_tells_nobody_is_told_so_unless_it_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for simulated, name in ((False, "real"), (True, "demo")):
        house = House(tmp_path / name, monkeypatch, replace(SITE, simulated=simulated))
        told = house.keep()
        assert [words[:50] for words in told] == (
            [] if simulated else ["the head of the audit trail is told nobody outside"]
        )
        house.records.close()


def test_a_station_that_does_not_lead_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, monkeypatch, replace(SITE, share=Share(leads=False)), **MAIL)
    assert (house.keep(), house.actions()) == ([], ["schema migrated"])
    house.records.close()


def test_rows_that_nobody_reviews_are_a_task_in_the_end(house: House) -> None:
    house.keep()
    with house.records.transaction() as connection:
        audit.append(connection, house.now, [AuditEntry(ANN, "told", "records")])
    house.now += 32 * DAY
    (told,) = house.keep()
    assert told.startswith("rows of the audit trail from 2026-11-22 on wait for a review for more than 31 days")
    assert house.problems.now()[0].advisory


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-11-22T02:00:00+00:00", "2026-11-22T02:00:00+00:00"),
        ("2026-11-22T01:59:59+00:00", "2026-11-21T02:00:00+00:00"),
        ("2026-03-29T03:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-24T01:00:00+00:00"),
    ],
)
def test_the_last_night_is_three_in_the_morning_where_the_site_is(now: str, night: str) -> None:
    moment = instant_of(datetime.fromisoformat(now))
    assert last_night(moment, "Europe/Berlin") == instant_of(datetime.fromisoformat(night))


def result(at: Instant, after: int, count: int = 0) -> Result:
    return Result(at, after, Mark(after + 10, "x"), (), count)


def test_every_row_is_verified_at_first_once_a_week_and_after_trouble() -> None:
    assert verify_after([], NOON) == BEGINNING
    assert verify_after([result(NOON - DAY, 0)], NOON) == Mark(10, "x")
    assert verify_after([result(NOON - DAY, 10), result(NOON - 6 * DAY, 0)], NOON) == Mark(20, "x")
    assert verify_after([result(NOON - DAY, 10), result(NOON - 7 * DAY, 0)], NOON) == BEGINNING
    assert verify_after([result(NOON - DAY, 10, count=1), result(NOON - 2 * DAY, 0)], NOON) == BEGINNING
    assert verify_after([result(NOON - DAY, 10)], NOON) == BEGINNING
