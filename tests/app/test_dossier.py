"""The dossier of an excursion: worked out from the stores, judged in versions, closed with a signature that holds."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from alerts.excursions import merge
from app.components.dossier_events import events_card
from app.components.dossier_side import rows_words
from app.context import AppContext
from app.copies.dossier import dossier_copy
from app.dossier.assessing import save
from app.dossier.before import NotAlarmed, OtherAlarm
from app.dossier.closing import CLOSING, REOPENING
from app.dossier.events import Event, Kind
from app.dossier.figure import figure_of, picture_of
from app.dossier.gather import Dossier, gather
from app.dossier.regrouping import decide
from app.dossier.similar import Alike
from app.guard import NotAllowedError
from app.live.hub import Hub
from app.pages.page import Address
from app.sign_in.desk import Desk
from app.signing import Typed, ask, sign
from facility.alarm import Alarm, AlarmState
from facility.excursion import Excursion, Move
from facility.instants import DAY, HOUR, MINUTE, SECOND, Span
from facility.people import CLEANWATCH, Actor, Person
from facility.roles import Role
from storage.records import alarms, annotations, excursions
from storage.records.annotations import About
from storage.records.assessments import Assessed, Classification
from storage.records.commands import MergeExcursions
from storage.records.excursions import Moved
from storage.records.people import accounts, credentials
from storage.records.schema import excursions as table
from storage.records.signatures import NotToBeSignedError
from storage.records.trail import agreement
from storage.samples.columns import NO_NUMBER, Columns
from tests.app.past import DIP, NOW, PRESSURE, Past, write_past
from tests.signing_in import RULES

PASSWORD = "four corners of the moon"
BRANDT = Person("s.brandt", "Sven Brandt", Role.QA, "10.0.0.7")
OKAFOR = replace(BRANDT, account="n.okafor", name="Ngozi Okafor")
JUDGED = Assessed(
    Classification.MAJOR, "door held open", "closer of the door", ("CT-26-0416",), "none expected", "C-88"
)
NUMBER, EARLIER = "E-2026-0002", "E-2026-0001"


class Office:
    """Who sits there, and the dossier as that person sees it."""

    def __init__(self, past: Past) -> None:
        self.past, self.person, self.now = past, BRANDT, NOW
        desk, site = Desk(RULES), past.site
        self.context = AppContext(
            lambda: site,
            past.samples,
            past.records,
            Hub(lambda: site, lambda: NOW),
            lambda: self.person,
            lambda: self.now,
            desk=desk,
        )
        with past.records.transaction() as connection:
            hash = desk.passwords.hash(PASSWORD)
            for person in (BRANDT, OKAFOR):
                accounts.make(connection, NOW, CLEANWATCH, person.account, name=person.name, role=Role.QA)
                credentials.set_password(
                    connection, NOW, CLEANWATCH, person.account, hash, one_time=False, remember=1
                )

    def dossier(self) -> Dossier:
        found = gather(self.context, NUMBER)
        assert found is not None
        return found

    def sign(self, signable: object, subject: str) -> str | None:
        """Sign as the person who sits there."""
        assert signable in (CLOSING, REOPENING)
        kind = CLOSING if signable is CLOSING else REOPENING
        asked = ask(self.context, None, kind, subject)
        typed = Typed(self.person.account, PASSWORD, "")
        return sign(self.context, None, kind, subject, asked.seen, typed)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """A week of one room, whose dip in pressure is an excursion, with one like it two days before."""
    past = write_past(tmp_path_factory.mktemp("dossier"))
    with past.records.transaction() as connection:
        (dip,) = (alarm for alarm in alarms.overlapping(connection, [PRESSURE], DIP[0], DIP[1]))
        before = replace(dip, onset=dip.onset - 2 * DAY, raised=dip.raised - 2 * DAY, returned=DIP[1] - 2 * DAY)
        alarms.save(connection, [before])
        for one in (before, dip):
            moved = Moved(one.raised, CLEANWATCH, Move(one.id, one.id, None, "the first"))
            excursions.save(connection, [Excursion(one.id, {one.id: one})], [moved], past.site.timezone)
    yield past
    past.samples.close()
    past.records.close()


@pytest.fixture(scope="module")
def desk(week: Past) -> Office:
    return Office(week)


def test_it_is_told_from_every_reading_and_from_all_that_stands_around(desk: Office) -> None:
    found = desk.dossier()
    (measured,) = found.measured
    worst = measured.gravest
    assert worst is not None
    assert (worst.worst, worst.limits, measured.present) == (38.6, (42.0,), 25)
    assert worst.area == pytest.approx(24 * (42 - 38.6) / 6)
    assert [(one.excursion.number, one.alike) for one in found.similar] == [(EARLIER, Alike.POINT)]
    assert [run.batch for run in found.runs] == ["CT-26-0416"]
    told = [event.words for event in found.events]
    assert any("Door <b>closed</b>" in words for words in told)
    assert any("38.6" in words for words in told)
    assert not any(isinstance(one, OtherAlarm | NotAlarmed) for one in found.before)


def test_it_is_judged_in_versions_and_never_over_somebody_elses(desk: Office) -> None:
    desk.person = BRANDT
    assert save(desk.context, NUMBER, replace(JUDGED, impact=""), after=0, reason="") is None
    assert "meanwhile" in str(save(desk.context, NUMBER, JUDGED, after=0, reason="x"))
    assert "Say why" in str(save(desk.context, NUMBER, JUDGED, after=1, reason=" "))
    with pytest.raises(NotToBeSignedError, match="the impact"):
        ask(desk.context, None, CLOSING, NUMBER)
    assert save(desk.context, NUMBER, JUDGED, after=1, reason="the plates are in") is None
    assert [one.number for one in desk.dossier().assessments] == [2, 1]
    desk.person = replace(BRANDT, role=Role.OPERATOR)
    with pytest.raises(NotAllowedError):
        save(desk.context, NUMBER, JUDGED, after=2, reason="x")


def test_what_stands_or_waits_cannot_be_closed(desk: Office) -> None:
    desk.person = OKAFOR
    with desk.past.records.reading() as connection:
        (dip,) = (one for one in alarms.overlapping(connection, [PRESSURE], DIP[0], DIP[1]) if one.onset == DIP[0])
    for changed, words in (
        (replace(dip, state=AlarmState.RETURNED), "not acknowledged"),
        (replace(dip, state=AlarmState.UNACKNOWLEDGED, returned=None), "still stands"),
    ):
        put(desk, changed)
        with pytest.raises(NotToBeSignedError, match=words):
            ask(desk.context, None, CLOSING, NUMBER)
    put(desk, dip)


def test_a_signature_closes_it_and_shows_what_late_readings_change(desk: Office) -> None:
    desk.person = BRANDT
    with pytest.raises(NotToBeSignedError, match="yourself"):
        ask(desk.context, None, CLOSING, NUMBER)
    desk.person = OKAFOR
    assert desk.sign(CLOSING, NUMBER) is None
    closed = desk.dossier()
    assert closed.closing is not None
    assert (closed.closing.by, closed.changed) == ("n.okafor", [])
    assert "is closed" in str(decide(desk.context, MergeExcursions(EARLIER, NUMBER, "one event")))
    assert "closed" in str(save(desk.context, NUMBER, replace(JUDGED, cause="other"), after=2, reason="x"))
    with desk.past.records.transaction() as connection:  # a later word about it is no change of what was signed
        about = About(f"excursion {NUMBER}", DIP[0], DIP[1])
        annotations.comment(connection, NOW + SECOND, OKAFOR, about, "plates without growth")
    desk.now = NOW + 2 * SECOND
    assert desk.dossier().changed == []
    late(desk)
    assert desk.dossier().changed == ["the readings of its points"]
    copied = dossier_copy(desk.context, OKAFOR, Address("", {"number": NUMBER}, {}))
    assert any("this has changed" in remark for remark in copied.remarks)
    assert copied.tables[1].rows[0][1] == "closed"
    assert "SHA-256" in dict(copied.facts)["End of the chain"]


def test_reopening_needs_a_reason_and_a_signature_and_both_stay_on_record(desk: Office) -> None:
    desk.person = OKAFOR
    with pytest.raises(NotToBeSignedError, match="Say why"):
        ask(desk.context, None, REOPENING, f"{NUMBER}/ ")
    assert desk.sign(REOPENING, f"{NUMBER}/late readings") is None
    found = desk.dossier()
    assert (found.closing, len(found.closings), len(found.signatures)) == (None, 2, 2)
    assert desk.sign(CLOSING, NUMBER) is None
    assert desk.dossier().changed == []
    with desk.past.records.reading() as connection:
        assert [words for words in agreement.check(connection) if "assessments" in words or "closings" in words] == []


def put(desk: Office, alarm: Alarm) -> None:
    """The alarm as it is now, in its excursion."""
    with desk.past.records.transaction() as connection:
        alarms.save(connection, [alarm])
        known = excursions.find(connection, NUMBER)
        assert known is not None
        excursions.save(connection, [replace(known, alarms={alarm.id: alarm})], [], desk.past.site.timezone)


def late(desk: Office) -> None:
    """A reading of that time which arrives now."""
    one = np.array([DIP[0] + 5 * SECOND], np.int64)
    none = np.full(1, NO_NUMBER, np.int64)
    reading = Columns(one, np.array([37.9]), np.zeros(1, np.uint16), one + HOUR, none, none, np.full(1, np.nan))
    desk.past.samples.backfill({PRESSURE: reading}, "late")


@pytest.mark.parametrize(("since", "anchor"), [(MINUTE, "right"), (DAY, "left")])
def test_the_words_at_the_return_are_read_whole_also_when_it_was_just_now(
    desk: Office, since: Span, anchor: str
) -> None:
    found = desk.dossier()
    assert found.excursion.returned is not None
    dossier = replace(found, now=found.excursion.returned + since)
    picture = picture_of(desk.context, dossier)
    assert picture is not None
    (label,) = [a for a in figure_of(picture, dossier)["layout"]["annotations"] if a["text"].startswith("Return")]
    assert label["xanchor"] == anchor


def test_one_row_of_the_trail_is_not_called_rows() -> None:
    assert [rows_words(rows) for rows in ([], [116], [116, 119, 118])] == [
        "no row of its own",
        "row 116",
        "rows 116 to 119",
    ]


def test_what_was_written_about_an_excursion_is_told_of_the_one_that_it_was_merged_into(desk: Office) -> None:
    records, words = desk.past.records, "the closer was ordered"
    with records.transaction() as connection:
        annotations.comment(connection, NOW, OKAFOR, About(f"excursion {EARLIER}", DIP[0], DIP[1]), words)
        known = {one.id: one for one in excursions.read(connection, select(table))}
        ids = {one.number: one.id for one in known.values()}
        merged = merge(known, ids[EARLIER], ids[NUMBER], "one closer")
        moved = [Moved(NOW, Actor("s.brandt"), move) for move in merged.moves]
        excursions.save(connection, merged.excursions.values(), moved, desk.past.site.timezone)
    found = desk.dossier()
    assert found.numbers == [NUMBER, EARLIER]
    assert any(words in event.words for event in found.events)
    copied = dossier_copy(desk.context, OKAFOR, Address("", {"number": NUMBER}, {}))
    assert any(words in str(row) for one in copied.tables for row in one.rows)
    (told,) = (one for one in copied.tables if one.title == "How alarms came into it")
    assert [row[2:] for row in told.rows][-1] == (EARLIER, NUMBER, "Sven Brandt", "one closer")
    former = dossier_copy(desk.context, OKAFOR, Address("", {"number": EARLIER}, {}))
    assert dict(former.facts)["State"] == f"merged into {NUMBER}"


def test_what_several_were_told_at_once_is_one_row(desk: Office) -> None:
    told = [Event(NOW + i, Kind.CALL, name, "Called, round 1, step 3", 216) for i, name in enumerate(("Ann", "Ben"))]
    shown = events_card(replace(desk.dossier(), events=[*told, replace(told[0], words="Called, round 2, step 1")]))
    rows = shown.children[1].children.children[1].children
    cells = [[cell.children for cell in row.children] for row in rows[1:]]
    assert [row[2:] for row in cells] == [
        ["Ann, Ben", "Called, round 1, step 3", "216"],
        ["Ann", "Called, round 2, step 1", "216"],
    ]
