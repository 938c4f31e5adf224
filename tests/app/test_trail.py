"""The audit trail as people see it: the filter in the address, rows in words, and how the trail stands."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from app.components.trail_cards import TOMORROW, review_form
from app.trail_query import EYES, EYES_WORDS, LOOKED_THROUGH, TrailQuery, trail_query
from app.trail_state import told_words, trail_state, verified_words
from app.trail_words import told
from facility.instants import DAY, HOUR
from facility.people import CLEANWATCH
from storage.records.database import Records
from storage.records.trail import anchors, audit, verification
from storage.records.trail.anchors import Kind
from storage.records.trail.audit import AuditEntry, AuditFilter, AuditRow
from storage.records.trail.chain import BEGINNING, Mark
from tests.app.parts import NOON
from tests.people import ANN, MOREAU
from tests.records import open_records

ZONE = "Europe/Berlin"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = open_records(tmp_path / "records.db", lambda: NOON)
    yield records
    records.close()


def row(data: str, object: str = "room B101") -> AuditRow:
    return AuditRow(7, NOON, "j.moreau", "room state set", object, data, "", "")


def test_a_query_survives_the_address() -> None:
    query = TrailQuery(
        "ann", "signed in", "room B101", "room", "people", "a & b", date(2026, 11, 1), date(2026, 11, 2), 9
    )
    search = query.search.removeprefix("?")
    pairs = {name: (value,) for name, value in parse_qsl(search)}
    assert trail_query(pairs) == query
    assert TrailQuery().address == "/audit"
    assert trail_query({"before": ("one",), "from": ("today",), "text": ("a\0b",)}) == TrailQuery(text="ab")


def test_a_text_is_looked_for_some_rows_at_a_time() -> None:
    assert TrailQuery(text="door").filter(ZONE, 500_000).after == 500_000 - LOOKED_THROUGH
    assert TrailQuery(text="door", before=50).filter(ZONE, 500_000).before == 50
    assert TrailQuery(who="ann").filter(ZONE, 500_000).after is None


def test_every_group_that_needs_eyes_has_words() -> None:
    assert EYES.keys() == EYES_WORDS.keys()


def test_a_row_says_old_and_new_reason_role_and_origin() -> None:
    data = {
        "changes": {
            "state": ["cleaning", "in operation"],
            "areas": [None, ["suite", "lab"]],
            "locked": [True, False],
        },
        "from": "2026-11-22T08:35:00.000Z",
        "reason": "spilled",
        "role": "operator",
        "origin": "192.168.10.23",
        "zone": ZONE,
    }
    found = told(row(json.dumps(data)), {"j.moreau": "J. Moreau"}, ZONE, NOON)
    assert (found.who, found.role, found.origin, found.action) == (
        "J. Moreau",
        "operator",
        "192.168.10.23",
        "Room state set",
    )
    assert found.changes == (
        ("state", "cleaning", "in operation"),
        ("areas", "nothing", "suite; lab"),
        ("locked", "Yes", "No"),
    )
    assert (found.reason, found.page) == ("spilled", "/rooms/B101")
    assert found.more == (("from", "09:35:00"),)
    assert found.life == "/audit?object=room+B101"


@pytest.mark.parametrize(
    ("object", "called"),
    [
        (f"alarm B101.DP1/no-data/{NOON}", "alarm B101.DP1 no data, 22 Nov 2026 13:00:00"),
        (f"alarm source:cabinets/source-lost/{NOON}", "alarm source:cabinets source lost, 22 Nov 2026 13:00:00"),
        ("alarm B101.DP1/low/yesterday", "alarm B101.DP1/low/yesterday"),
        ("site revision 4", "site revision 4"),
    ],
)
def test_an_alarm_is_called_by_point_condition_and_onset(object: str, called: str) -> None:
    assert told(row("{}", object), {}, ZONE, NOON).called == called


def test_the_cause_of_an_alarm_is_told_in_words_too() -> None:
    data = {"changes": {"cause": [None, f"B101.DP1/low/{NOON}"]}, "alarm": f"B101.DP2/no-data/{NOON}"}
    found = told(row(json.dumps(data)), {}, ZONE, NOON)
    assert found.changes == (("cause", "nothing", "B101.DP1 low, 22 Nov 2026 13:00:00"),)
    assert found.more == (("alarm", "B101.DP2 no data, 22 Nov 2026 13:00:00"),)


@pytest.mark.parametrize(
    "data", ["no JSON", "[]", '{"changes": 5}', '{"changes": {"state": "x"}}', '{"changes": {"a": [1]}}']
)
def test_a_row_that_somebody_has_tampered_with_is_shown_as_it_is(data: str) -> None:
    found = told(row(data, "no-kind"), {}, ZONE, NOON)
    assert found.more[-1][0] == "cannot be read"
    assert (found.who, found.page) == ("j.moreau", "")


def test_filters_reach_the_rows(records: Records) -> None:
    with records.transaction() as connection:
        audit.append(connection, NOON, [AuditEntry(ANN, "told", "room B101", reason="a Door")])
        audit.append(connection, NOON + DAY, [AuditEntry(MOREAU.actor, "shown", "alarm B101/x/1")] * 2)
    with records.reading() as connection:

        def seqs(wanted: AuditFilter) -> list[int]:
            return [row.seq for row in audit.rows(connection, audit.narrowed(connection, wanted))]

        assert seqs(AuditFilter(text="dOOr")) == [2]
        assert seqs(AuditFilter(text="100%")) == []
        assert seqs(AuditFilter(kind="alarm")) == [4, 3]
        assert seqs(AuditFilter(actions=("told", "shown"), before=4)) == [3, 2]
        assert seqs(AuditFilter(start=NOON + 1)) == [4, 3]
        assert seqs(AuditFilter(end=NOON + 1, after=1)) == [2]
        assert seqs(AuditFilter(start=NOON + 2, end=NOON + 3)) == []
        assert audit.known(connection, "actor") == ["ann", "cleanwatch", "j.moreau"]
        assert audit.counts(connection, AuditFilter(after=1)) == {"shown": 2, "told": 1}


def test_the_state_of_the_trail_is_told(records: Records) -> None:
    def words() -> str:
        with records.reading() as connection:
            return verified_words(trail_state(connection), ZONE, NOON)

    assert words().startswith("Not verified yet")
    with records.transaction() as connection:
        verification.on_record(connection, NOON - DAY, CLEANWATCH, verification.Verified(BEGINNING, Mark(9, "x"), ()))
        after = verification.Verified(Mark(9, "x"), Mark(12, "y"), ())
        verification.on_record(connection, NOON - HOUR, CLEANWATCH, after)
        statement = anchors.statement("demo", NOON, Mark(12, "y"))
        anchor = anchors.add(connection, NOON - HOUR, Kind.MAIL, Mark(12, "y"), "qa@site.example", statement, b"")
        assert trail_state(connection).told == [anchor]
    assert words().startswith("Verified up to row 12, ")
    assert "Every row from the first on was verified 2" in words()
    assert told_words(anchor, "UTC", NOON) == "Row 12 was mailed, signed, to qa@site.example, 11:00"
    with records.transaction() as connection:
        broken = verification.Verified(BEGINNING, Mark(12, "y"), ("row 3 was altered",))
        verification.on_record(connection, NOON, CLEANWATCH, broken)
    assert words().startswith("NOT WHOLE: one thing is wrong, found ")
    assert words().endswith("row 3 was altered")


def test_no_review_is_offered_of_a_day_that_is_not_over(records: Records) -> None:
    with records.transaction() as connection:
        audit.append(connection, NOON, [AuditEntry(ANN, "told", "room B101")])
    with records.reading() as connection:
        state = trail_state(connection)
    assert TOMORROW in str(review_form(state, ZONE, NOON + HOUR))
    shown = str(review_form(state, ZONE, NOON + DAY))
    assert TOMORROW not in shown and "eyes=people&from=2026-11-22&to=2026-11-22" in shown
