"""Which alarms are one excursion."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.excursions import RefusedError, Regrouped, follow, merge, split
from alerts.known_excursions import KnownExcursions
from facility.alarm import Alarm, AlarmState, Condition
from facility.excursion import Excursion
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.limit import Severity
from facility.site import Area, Rectangle, Room, Site
from tests.acceptance.story import site_of

Known = Mapping[str, Excursion]

ROOMS = {
    "B101": Room("B101", "Filling", "suite", None, Rectangle(0, 0, 1, 1)),
    "A101": Room("A101", "Workstation", "suite", None, Rectangle(0, 0, 1, 1), inside="B101"),
    "B102": Room("B102", "Corridor", "suite", None, Rectangle(0, 0, 1, 1)),
    "C1": Room("C1", "Store", "stores", None, Rectangle(0, 0, 1, 1)),
}
SITE: Site = replace(site_of(), rooms=ROOMS, areas=(Area("suite", "Suite"), Area("stores", "Stores")))


def alarm(
    room: str,
    onset: Instant,
    returned: Instant | None = None,
    *,
    point: str | None = None,
    cause: str | None = None,
    retrospective: bool = False,
) -> Alarm:
    state = AlarmState.UNACKNOWLEDGED if returned is None else AlarmState.NORMAL
    return Alarm(
        point=point or f"{room}.DP1",
        room=room,
        condition=Condition.LOW,
        severity=Severity.ACTION,
        state=state,
        onset=onset,
        raised=onset,
        returned=returned,
        cause=cause,
        retrospective=retrospective,
    )


def after(known: Known, *alarms: Alarm, explained: Collection[str] = ()) -> Known:
    return {**known, **follow(KnownExcursions(SITE, known.values()), alarms, explained).excursions}


def grouped(known: Known) -> list[list[str]]:
    """The points of each excursion that is one of its own."""
    own = (excursion for excursion in known.values() if excursion.merged_into is None)
    return sorted(sorted(alarm.point for alarm in excursion.alarms.values()) for excursion in own)


def test_an_alarm_by_itself_is_an_excursion_from_its_onset_to_its_return() -> None:
    first = alarm("B101", 0, 5 * MINUTE)
    (excursion,) = after({}, first).values()
    assert (excursion.onset, excursion.returned, excursion.first_out) == (0, 5 * MINUTE, first.id)


def test_an_excursion_is_open_until_its_last_alarm_has_returned() -> None:
    known = after({}, alarm("B101", 0), alarm("A101", MINUTE))
    (excursion,) = after(known, alarm("B101", 0, HOUR)).values()
    assert excursion.returned is None
    (excursion,) = after({excursion.id: excursion}, alarm("A101", MINUTE, 2 * HOUR)).values()
    assert excursion.returned == 2 * HOUR


def test_alarms_of_a_room_and_of_the_zones_inside_it_are_one_excursion() -> None:
    known = after(after({}, alarm("B101", 0, MINUTE)), alarm("A101", 20 * MINUTE))
    assert grouped(known) == [["A101.DP1", "B101.DP1"]]


def test_an_alarm_long_after_the_last_return_is_another_excursion() -> None:
    known = after(after({}, alarm("B101", 0, MINUTE)), alarm("B101", 31 * MINUTE + SECOND))
    assert len(known) == 2


def test_an_open_excursion_takes_up_its_rooms_alarms_for_a_day() -> None:
    known = after({}, alarm("B101", 0))
    assert len(after(known, alarm("A101", 23 * HOUR))) == 1
    assert len(after(known, alarm("A101", DAY + HOUR))) == 2


def test_alarms_of_one_area_that_begin_together_are_one_excursion() -> None:
    known = after({}, alarm("B101", 0), alarm("B102", 60 * SECOND), alarm("C1", 10 * SECOND))
    assert grouped(known) == [["B101.DP1", "B102.DP1"], ["C1.DP1"]]
    assert len(after(known, alarm("B102", 61 * SECOND, point="B102.T1"))) == 2


def test_what_is_explained_joins_its_cause_wherever_it_is() -> None:
    cause = alarm("C1", 0, point="AHU1")
    known = after({}, cause)
    known = after(known, alarm("B101", 10 * MINUTE, cause=cause.id), explained=[alarm("B101", 10 * MINUTE).id])
    assert grouped(known) == [["AHU1", "B101.DP1"]]


def test_a_cause_that_is_found_late_makes_one_excursion_of_those_of_its_effects() -> None:
    first, second = alarm("B101", 0), alarm("C1", 50 * SECOND)
    known = after({}, first, second)
    assert len(known) == 2
    cause = alarm("B102", 55 * SECOND, point="AHU1")
    effects = [replace(effect, cause=cause.id) for effect in (first, second)]
    known = after(known, cause, *effects, explained=[effect.id for effect in effects])
    assert grouped(known) == [["AHU1", "B101.DP1", "C1.DP1"]]
    assert known[second.id].merged_into == first.id


def test_an_alarm_found_in_late_readings_completes_the_excursion_of_its_time() -> None:
    known = after({}, alarm("B101", 10 * HOUR, 11 * HOUR), alarm("C1", 20 * HOUR))
    late = alarm("A101", 9 * HOUR + 50 * MINUTE, 10 * HOUR + MINUTE, retrospective=True)
    known = after(known, late)
    excursion = known[alarm("B101", 10 * HOUR).id]
    assert (excursion.onset, set(excursion.alarms)) == (late.onset, {late.id, alarm("B101", 10 * HOUR).id})
    assert excursion.first_out == alarm("B101", 10 * HOUR).id


def test_an_advisory_is_part_of_no_excursion() -> None:
    assert after({}, replace(alarm("B101", 0), severity=Severity.ADVISORY)) == {}


def test_a_merged_excursion_takes_up_nothing_more_and_keeps_what_it_had() -> None:
    one, other = alarm("B101", 0), alarm("C1", 0)
    known = after({}, one, other)
    known = {**known, **merge(known, other.id, one.id, "the same power cut").excursions}
    assert set(known[other.id].alarms) == {other.id}
    assert set(known[one.id].alarms) == {one.id, other.id}
    assert set(after(known, alarm("C1", MINUTE, point="C1.T1"))[one.id].alarms) > {one.id, other.id}


def test_what_cannot_be_merged_or_split_is_refused_in_words() -> None:
    one, other = alarm("B101", 0), alarm("C1", 0)
    known = {id: replace(excursion, number=f"E-1970-{id[:2]}") for id, excursion in after({}, one, other).items()}
    merged = {**known, **merge(known, other.id, one.id, "why").excursions}
    with pytest.raises(RefusedError, match="no such"):
        merge(known, "nothing", one.id, "why")
    with pytest.raises(RefusedError, match="with itself"):
        merge(known, one.id, one.id, "why")
    with pytest.raises(RefusedError, match="merged already"):
        merge(merged, other.id, one.id, "why")
    with pytest.raises(RefusedError, match="Leave at least one"):
        split(known, one.id, [one.id], "new", "why")
    with pytest.raises(RefusedError, match="Choose alarms"):
        split(known, one.id, [other.id], "new", "why")


@st.composite
def time_lines(draw: st.DrawFn) -> list[list[Alarm]]:
    """Alarms as they are raised and return, some together; a few late, a few explained by one before."""
    steps: list[list[Alarm]] = []
    known: list[Alarm] = []
    now = 0
    for _ in range(draw(st.integers(1, 6))):
        now += draw(st.sampled_from([SECOND, MINUTE, 20 * MINUTE, 40 * MINUTE, DAY]))
        told: list[Alarm] = []
        for number in range(draw(st.integers(0, 4))):
            room, back = draw(st.sampled_from(list(ROOMS))), draw(st.integers(0, 120)) * SECOND
            late = draw(st.integers(0, 9)) == 0
            onset = now - (2 * HOUR if late else 0) - back
            cause = draw(st.sampled_from([*known, None])) if known else None
            raised = alarm(
                room,
                onset,
                onset + MINUTE if late else None,
                point=f"P{len(known)}.{number}",
                cause=None if cause is None or late else cause.id,
                retrospective=late,
            )
            told.append(raised)
        for standing in known:
            if standing.returned is None and draw(st.booleans()):
                told.append(replace(standing, returned=now, state=AlarmState.NORMAL))
        newest = {one.id: one for one in [*known, *told]}
        known = list(newest.values())
        steps.append(told)
    return steps


def lived(steps: Iterable[list[Alarm]]) -> tuple[dict[str, Excursion], list[Regrouped]]:
    known: dict[str, Excursion] = {}
    seen: set[str] = set()
    told: list[Regrouped] = []
    for step in steps:
        explained = [one.id for one in step if one.cause and one.id not in seen]
        told.append(follow(KnownExcursions(SITE, known.values()), step, explained))
        known |= told[-1].excursions
        seen |= {one.id for one in step}
    return known, told


@given(time_lines())
def test_every_alarm_is_in_exactly_one_excursion_and_every_move_leads_there(steps: list[list[Alarm]]) -> None:
    known, told = lived(steps)
    own = [excursion for excursion in known.values() if excursion.merged_into is None]
    members = [id for excursion in own for id in excursion.alarms]
    assert sorted(members) == sorted({one.id for step in steps for one in step})
    homes: dict[str, str] = {}
    for move in (move for regrouped in told for move in regrouped.moves):
        assert homes.get(move.alarm) == move.previous
        homes[move.alarm] = move.excursion
    assert homes == {id: excursion.id for excursion in own for id in excursion.alarms}


@given(time_lines(), st.randoms(use_true_random=False))
def test_the_order_within_a_commit_changes_nothing(steps: list[list[Alarm]], random: object) -> None:
    shuffled = [sorted(step, key=lambda _: random.random()) for step in steps]  # type: ignore[attr-defined]
    assert lived(shuffled) == lived(steps)


@given(time_lines(), st.data())
def test_splitting_what_was_merged_restores_it(steps: list[list[Alarm]], data: st.DataObject) -> None:
    known, _ = lived(steps)
    own = sorted(id for id, excursion in known.items() if excursion.merged_into is None)
    if len(own) < 2:
        return
    one, into = data.draw(st.permutations(own))[:2]
    alarms = set(known[one].alarms)
    merged = {**known, **merge(known, one, into, "one event").excursions}
    assert {**merged, **split(merged, into, alarms, "new", "two after all").excursions} == known
