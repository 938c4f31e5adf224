"""Copies of what pages show, over a week of one room: nothing of it is left out, and taking one is on record."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.areas import NOT_YOURS
from app.context import AppContext
from app.copies.alarm_list import alarms_copy
from app.copies.copy import Copy, Table, TooLongError
from app.copies.room_now import room_copy
from app.copies.taking import Format, take
from app.copies.trend import trend_copy
from app.guard import NotAllowedError
from app.live.beginning import beginning
from app.live.hub import Hub
from app.pages.page import Address, query_of
from app.signature_words import BROKEN
from facility.instants import HOUR, MINUTE, text_of
from facility.people import Person
from facility.roles import Role
from storage.records import annotations, signatures
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.app.past import (
    BAD_SAMPLE,
    BAD_VALUE,
    BEGIN,
    DIP,
    FAULT,
    NOW,
    PARTICLES,
    PRESSURE,
    REVISED,
    VIABLE,
    write_past,
)

KELLER = Person("m.keller", "Maria Keller", Role.QA, "10.0.0.7")
BRUNNER = Person("p.brunner", "Peter Brunner", Role.ENGINEER, "10.0.0.8")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    past = write_past(tmp_path_factory.mktemp("past"))
    hub = Hub(lambda: past.site, lambda: NOW)
    hub.begin_with(beginning(past.site, past.samples, past.records, lambda: NOW))
    with past.records.transaction() as connection:
        audit.set_zone(connection, past.site.timezone)
        about = annotations.About(f"point {PARTICLES}", BAD_SAMPLE, BAD_SAMPLE)
        why = "The probe was touched by a sleeve"
        correction = annotations.correct(connection, NOW - HOUR, BRUNNER, about, "411,000", "invalid", why)
        signatures.sign(connection, NOW - MINUTE, KELLER, correction.object, annotations.MEANING, correction.content)
    yield AppContext(lambda: past.site, past.samples, past.records, hub, lambda: KELLER, lambda: NOW)
    past.samples.close()
    past.records.close()


def trend(context: AppContext, query: str) -> Copy:
    return trend_copy(context, KELLER, Address("/trends", {}, query_of(query)))


def between(start: int, end: int, *points: str) -> str:
    return f"points={','.join(points)}&from={text_of(start)}&to={text_of(end)}"


def table(copy: Copy, title: str) -> Table:
    return next(table for table in copy.tables if table.title == title)


def column(found: Table, name: str) -> list[object]:
    index = [column.name for column in found.columns].index(name)
    return [row[index] for row in found.rows]


def test_a_trend_of_an_hour_has_every_reading_with_unit_validity_and_limits(context: AppContext) -> None:
    found = table(trend(context, between(DIP[0] - MINUTE, DIP[1] + MINUTE, PRESSURE)), "Readings")
    assert len(found.rows) == 36
    assert set(column(found, "Unit")) == {"Pa"}
    assert set(column(found, "Validity")) == {"valid"}
    assert set(column(found, "Action low")) == {42.0}
    assert set(column(found, "Room state")) == {"in operation"}


def test_an_invalid_reading_is_in_the_copy_with_its_reason(context: AppContext) -> None:
    found = table(trend(context, between(FAULT[0], FAULT[0] + MINUTE, PARTICLES)), "Readings")
    assert column(found, "Validity") == ["invalid"]
    assert column(found, "Why") != [""]


def test_a_trend_of_a_week_has_buckets_in_which_the_one_bad_sample_is_the_highest(context: AppContext) -> None:
    found = table(trend(context, f"points={PARTICLES}&range=7d"), "Readings in steps")
    assert max(value for value in column(found, "Highest") if isinstance(value, float)) == BAD_VALUE


def test_the_limits_are_those_that_were_in_force_then(context: AppContext) -> None:
    found = table(trend(context, f"points={PARTICLES}&range=7d"), "Readings in steps")
    alerts = dict(zip(column(found, "From"), column(found, "Alert high"), strict=True))
    operation = BEGIN + 3 * 24 * HOUR + 9 * HOUR, BEGIN + 5 * 24 * HOUR + 9 * HOUR
    assert [alerts[at] for at in operation] == [150_000.0, 120_000.0]
    revisions = column(table(trend(context, f"points={PARTICLES}&range=7d"), "Limits in force"), "Site revision")
    assert set(revisions) == {1, 2}
    assert operation[0] < REVISED < operation[1]


def test_a_limit_that_holds_in_every_room_state_is_told_once_for_each_revision(context: AppContext) -> None:
    found = table(trend(context, f"points={PRESSURE}&range=7d"), "Limits in force")
    assert len(found.rows) == 2 * 4
    assert set(column(found, "Room state")) == {"in operation, at rest"}
    assert "< 42.0" in column(found, "Limit")


def test_the_copy_of_a_trend_has_alarms_room_states_and_batches(context: AppContext) -> None:
    copy = trend(context, f"points={PRESSURE}&range=7d")
    assert "low" in column(table(copy, "Alarms"), "Condition")
    assert set(column(table(copy, "Room states"), "State")) == {"in operation", "at rest"}
    assert len(table(copy, "Batches").rows) == 8
    assert len(copy.charts) == 1


def test_the_names_of_many_points_stay_on_the_paper(context: AppContext) -> None:
    many = [PRESSURE, "B102.DP1", "B101.DP2", "B101.DP3", "B103.DP1", "B104.DP1"]
    svg = trend(context, f"points={','.join(many)}&range=7d&plots=quantity").charts[0].svg
    titles = re.findall(r'<text x="84" [^>]*>([^<]*\(B1[^<]*)<', svg)
    assert len(titles) > 1
    assert max(len(line) for line in titles) < 160
    assert all(f"({point})" in "".join(titles) for point in many)


def test_a_correction_marks_its_reading_and_is_told_with_its_signature(context: AppContext) -> None:
    copy = trend(context, between(BAD_SAMPLE - 5 * MINUTE, BAD_SAMPLE + 5 * MINUTE, PARTICLES))
    found = table(copy, "Readings")
    marked = dict(zip(column(found, "Value"), column(found, "Comments"), strict=True))
    assert marked[BAD_VALUE] == "No. 1"
    assert list(marked.values()).count("") == len(marked) - 1
    said = table(copy, "Comments and corrections")
    assert column(said, "It should read") == ["invalid"]
    (signed,) = column(said, "Signatures")
    assert str(signed).startswith("Approved by Maria Keller (QA), 22 Nov 2026 11:05:40 CET: approval")
    assert BROKEN.upper() not in str(signed)
    assert "▼" in copy.charts[0].svg


def test_a_point_with_a_plate_a_day_is_copied_plate_by_plate(context: AppContext) -> None:
    found = table(trend(context, f"points={VIABLE}&range=7d"), "Readings")
    assert 1 <= len(found.rows) <= 8
    assert set(column(found, "Unit")) == {"CFU/m³"}


def test_a_trend_without_points_is_refused_in_words(context: AppContext) -> None:
    with pytest.raises(TooLongError, match="Choose points first"):
        trend(context, "range=7d")


def test_alarms_are_copied_as_they_are_filtered(context: AppContext) -> None:
    everything = alarms_copy(context, KELLER, Address("/alarms", {}, {}))
    low = alarms_copy(context, KELLER, Address("/alarms", {}, query_of("condition=low")))
    assert len(table(low, "History").rows) == 1 < len(table(everything, "History").rows)
    assert ("Filter", "condition low") in low.facts
    assert column(table(low, "History"), "Answers") != [""]


def test_too_many_alarms_are_refused_with_what_would_be_right(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.copies.alarm_list.MOST_ALARMS", 1)
    with pytest.raises(TooLongError, match="choose a shorter period"):
        alarms_copy(context, KELLER, Address("/alarms", {}, {}))


def test_a_room_is_copied_with_every_point_of_it_and_its_zones(context: AppContext) -> None:
    copy = room_copy(context, KELLER, Address("/rooms/B101", {"room": "B101"}, {}))
    site = context.whole()
    expected = [point.id for place in ("BSC1", "B101") for point in site.points_by_room[place]]
    assert column(table(copy, "Points"), "Point") == expected
    assert column(table(copy, "Batches"), "Batch") == ["CT-26-0418"]


def test_nothing_is_copied_of_an_area_that_the_person_is_not_admitted_to(context: AppContext) -> None:
    elsewhere = replace(KELLER, areas=frozenset())
    outside = replace(context, person=lambda: elsewhere)
    with pytest.raises(NotAllowedError, match=NOT_YOURS):
        room_copy(outside, elsewhere, Address("/rooms/B101", {"room": "B101"}, {}))
    assert table(alarms_copy(outside, elsewhere, Address("/alarms", {}, {})), "History").rows == []
    with pytest.raises(TooLongError):
        trend_copy(outside, elsewhere, Address("/trends", {}, query_of(f"points={PRESSURE}")))


def test_who_took_which_copy_of_what_is_on_record_with_the_hash_of_the_file(context: AppContext) -> None:
    copy = trend(context, f"points={PRESSURE}&range=7d")
    taken = take(context, KELLER, copy, Format.CSV)
    with context.records.reading() as connection:
        (row,) = audit.rows(connection, AuditFilter(action="copy taken"), limit=1)
    told = json.loads(row.data)
    assert (row.actor, row.object) == ("m.keller", "copy of trend")
    assert told["SHA-256 of the file"] == hashlib.sha256(taken.data).hexdigest()
    assert told["SHA-256 of the content"] == copy.hash
    assert told["period"] == [text_of(NOW - 7 * 24 * HOUR), text_of(NOW)]
    assert PRESSURE in told["asked for"]
    assert taken.name.endswith("-20261122-110640.csv")
