"""The pages of excursions: what is found, who sees which part of one, and who merges and splits."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.dossier.regrouping import decide
from app.excursion_query import ExcursionQuery, excursion_query
from app.guard import NotAllowedError
from app.pages.trend_questions import identify
from facility.alarm import Alarm, AlarmState, Condition, Held, HoldKind
from facility.excursion import Excursion, Move
from facility.instants import HOUR, MINUTE, Instant
from facility.limit import Severity
from facility.people import CLEANWATCH
from facility.plant_events import BatchStarted
from facility.quantities import Quantity
from facility.roles import Role
from storage.records import alarms, batches, excursions
from storage.records.commands import MergeExcursions, SplitExcursion
from storage.records.excursions import Moved
from tests.app.house import House, house
from tests.app.parts import NOON
from tests.app.test_areas import CORRIDOR, two_areas
from tests.people import MOREAU

QA = replace(MOREAU, account="s.brandt", role=Role.QA)


def alarm(point: str, onset: Instant, condition: Condition = Condition.LOW, cause: str | None = None) -> Alarm:
    held = None if cause is None else Held(HoldKind.CAUSE, onset, None, "cleanwatch", "The air handler has tripped")
    return Alarm(
        point,
        point.split(".")[0],
        condition,
        Severity.ACTION,
        AlarmState.UNACKNOWLEDGED,
        onset,
        onset,
        worst=30.5,
        limit=36,
        operator="<",
        held=held,
        cause=cause,
        first_out=cause is None,
    )


FIRST = alarm("B101.DP1", NOON - HOUR)
CHILD = alarm("B109.DP1", NOON - HOUR + MINUTE, cause=FIRST.id)
WARM = replace(
    alarm("B102.T1", NOON - 5 * HOUR, Condition.HIGH),
    severity=Severity.ALERT,
    state=AlarmState.NORMAL,
    returned=NOON - 4 * HOUR,
)
TRIP, HEAT = "E-2026-0002", "E-2026-0001"


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The app, with an air handler's trip over two areas and an older excursion."""
    with house(tmp_path_factory.mktemp("excursions"), two_areas()) as found:
        told = [Excursion(WARM.id, {WARM.id: WARM}), Excursion(FIRST.id, {FIRST.id: FIRST, CHILD.id: CHILD})]
        moved = [
            Moved(NOON, CLEANWATCH, Move(id, one.id, None, "in the same room")) for one in told for id in one.alarms
        ]
        with found.records.transaction() as connection:
            alarms.save(connection, [FIRST, CHILD, WARM])
            excursions.save(connection, told, moved, found.site.timezone)
            batches.record(connection, BatchStarted("CT-0042", "B101", NOON - 2 * HOUR, "MES"), NOON)
        found.time.now = NOON
        yield found


@pytest.fixture
def here(suite: House) -> House:
    """QA sits there."""
    suite.person = QA
    return suite


def test_an_excursion_tells_what_happened_in_which_order_and_why(here: House) -> None:
    drawn = here.page(f"/excursions/{TRIP}")
    assert "E-2026-0002" in drawn
    assert "first-out" in drawn
    assert "The air handler has tripped" in drawn
    assert "CT-0042" in drawn
    assert "being made in B101" in drawn
    assert drawn.index("B101 Room pressure, low") < drawn.index("B109 Room pressure, low")
    assert "Split the chosen alarms off" in drawn
    assert "There is no such excursion" in here.page("/excursions/E-2026-0009")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", [TRIP, HEAT]),
        ("?room=B102", [HEAT]),
        ("?room=B109&grade=B", []),
        ("?grade=C", [TRIP, HEAT]),
        ("?quantity=temperature", [HEAT]),
        ("?severity=action", [TRIP]),
        ("?state=returned", [HEAT]),
        ("?state=standing", [TRIP]),
        ("?state=open", [TRIP, HEAT]),
        ("?state=closed", []),
        ("?batch=CT-0042", [TRIP]),
        ("?batch=CT-0043", []),
        ("?to=2026-11-01", []),
        ("?page=9", []),
    ],
)
def test_the_list_is_filtered_by_its_address(here: House, search: str, found: list[str]) -> None:
    drawn = here.page("/excursions", search)
    assert [number for number in (TRIP, HEAT) if number in drawn] == found


def test_an_address_says_what_a_filter_says() -> None:
    query = ExcursionQuery(("B101",), ("A",), (Quantity.PRESSURE,), (Severity.ACTION,), "CT-1", "closed", page=2)
    pairs = dict.fromkeys(part.split("=")[0] for part in query.search()[1:].split("&"))
    assert list(pairs) == ["room", "grade", "quantity", "severity", "batch", "state", "page"]
    values = {
        name: [part.split("=")[1] for part in query.search()[1:].split("&") if part.startswith(name)]
        for name in pairs
    }
    assert excursion_query(values) == query


def test_who_is_admitted_to_an_area_sees_that_part_of_it_and_decides_nothing(here: House) -> None:
    here.person = replace(QA, areas=CORRIDOR.areas)
    drawn = here.page(f"/excursions/{TRIP}")
    assert "B109 Room pressure" in drawn
    assert "B101" not in drawn
    assert "CT-0042" not in drawn
    assert "Merge or split" not in drawn
    assert "There is no such excursion" in here.page(f"/excursions/{HEAT}")
    assert HEAT not in here.page("/excursions")
    with pytest.raises(NotAllowedError):
        decide(here.context, SplitExcursion(TRIP, (CHILD.id,), "another door"))


def test_only_qa_merges_and_splits_and_says_why(here: House) -> None:
    assert decide(here.context, MergeExcursions(HEAT, TRIP, "")) is not None
    assert "Choose the excursion" in str(decide(here.context, MergeExcursions(HEAT, "", "why")))
    assert "Choose in the list" in str(decide(here.context, SplitExcursion(TRIP, (), "why")))
    here.person = MOREAU
    assert "Merge or split" not in here.page(f"/excursions/{TRIP}")
    with pytest.raises(NotAllowedError):
        decide(here.context, MergeExcursions(HEAT, TRIP, "one event"))


def test_programs_are_told_the_same(here: House) -> None:
    listed = here.client.get("/api/v1/excursions?room=B101&limit=1").json
    assert [one["number"] for one in listed["excursions"]] == [TRIP]
    one = here.client.get(f"/api/v1/excursions/{TRIP}").json
    assert (one["excursion"]["first_out"], one["excursion"]["returned"]) == (FIRST.id, None)
    assert [(member["id"], member["cause"]) for member in one["members"]] == [(FIRST.id, None), (CHILD.id, FIRST.id)]
    assert [batch["batch"] for batch in one["batches"]] == ["CT-0042"]
    assert here.client.get(f"/api/v1/excursions?before={TRIP}").json["excursions"][0]["number"] == HEAT
    assert here.client.get("/api/v1/excursions?before=E-1").status_code == 400
    assert here.client.get("/api/v1/excursions/E-1").status_code == 404
    here.person = replace(QA, areas=CORRIDOR.areas)
    assert here.client.get(f"/api/v1/excursions/{HEAT}").status_code == 404
    part = here.client.get(f"/api/v1/excursions/{TRIP}").json
    assert [member["id"] for member in part["members"]] == [CHILD.id]


def test_the_trend_questions_of_a_room_are_answered_and_organisms_put_on_record(here: House) -> None:
    here.person = QA
    drawn = here.page("/rooms/B101/trend-questions")
    for number in ("(i) ", "(ii) ", "(iii) ", "(iv) "):
        assert number in drawn
    assert "Too few to say" in drawn
    assert "There is no such room" in here.page("/rooms/B999/trend-questions")
    point = "B101.DP1"
    assert identify(here.context, f"{point}/{NOON}", ["Micrococcus luteus "], "") is None
    assert "Say why" in str(identify(here.context, f"{point}/{NOON}", ["Bacillus cereus"], ""))
    assert "Choose the plate" in str(identify(here.context, "nowhere/1", ["Bacillus cereus"], ""))
    here.person = replace(QA, areas=CORRIDOR.areas)
    assert "Choose the plate" in str(identify(here.context, f"{point}/{NOON}", ["Bacillus cereus"], "x"))
