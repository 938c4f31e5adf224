"""Whatever is found and whatever people decide: no alarm leaves the table of states, and none goes quiet in silence.

Random sequences of readings, room states, commands and time are lived through by the real present. After each step
every alarm that stands is held against the table, and every step against those that are allowed.
"""

from collections.abc import Iterator
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import given, settings

from alerts.present import Present
from alerts.present_causes import EXPLAINED
from alerts.present_excursions import FIRST_OUT, NOT_FIRST_OUT
from alerts.rooms import RoomStates
from facility.alarm import Alarm, AlarmState, Condition, HoldKind
from facility.causes import Which
from facility.holds import of_instrument
from facility.instants import MINUTE, SECOND, Instant
from facility.limit import RoomState, Severity
from facility.people import Actor
from facility.plant_events import RoomStateSet
from facility.reading import Reading
from facility.suppression import Suppression
from storage.records.commands import (
    Acknowledge,
    ApproveShelving,
    Command,
    EndHold,
    Reset,
    Shelve,
    TakeOutOfService,
    WaitingCommand,
)
from storage.samples.commit import Commit
from tests.acceptance.story import MIDNIGHT, site_of
from tests.alerts.examples import ACTION, ALERT, low, point

POINT = point(low(10, ALERT), low(5, latched=True), silent_after=None)
CLEANING = Suppression("c", "cleaning", frozenset({RoomState.CLEANING}), Which(), ALERT)
SITE = replace(site_of(POINT), suppressions=(CLEANING,))
U, A, R, L, N = (
    AlarmState.UNACKNOWLEDGED,
    AlarmState.ACKNOWLEDGED,
    AlarmState.RETURNED,
    AlarmState.LATCHED,
    AlarmState.NORMAL,
)

TABLE: dict[str, set[tuple[AlarmState | None, AlarmState]]] = {
    "alarm raised": {(None, U)},
    "alarm rose": {(U, U), (A, U)},
    "alarm came back": {(R, U), (L, U)},
    "alarm returned": {(U, R), (A, N), (A, L), (U, N), (U, L)},
    "alarm acknowledged": {(U, A), (R, N), (R, L)},
    "alarm held": {(U, U), (A, A), (R, R), (L, L)},
    "alarm hold ended": {(U, U), (A, U), (R, N), (R, L), (L, L)},
    "alarm reset": {(L, N)},
    **{mark: {(state, state) for state in AlarmState} for mark in (EXPLAINED, FIRST_OUT, NOT_FIRST_OUT)},
}
"""The state before and after each step."""

PEOPLE = ("j.moreau", "s.brandt")
PLACES = (POINT.id, of_instrument(POINT.instrument))

acts = st.one_of(
    st.tuples(st.just("reads"), st.sampled_from([3.0, 8.0, 12.0])),
    st.tuples(st.just("waits"), st.sampled_from([SECOND, MINUTE, 5 * MINUTE])),
    st.tuples(st.just("room"), st.sampled_from([RoomState.CLEANING, RoomState.IN_OPERATION])),
    st.tuples(st.just("acknowledges"), st.sampled_from([ALERT, ACTION])),
    st.tuples(st.just("resets"), st.none()),
    st.tuples(
        st.just("shelves"),
        st.tuples(st.sampled_from(PLACES), st.sampled_from([None, Condition.LOW]), st.sampled_from([ALERT, ACTION])),
    ),
    st.tuples(st.just("takes out"), st.sampled_from(PLACES)),
    st.tuples(st.just("approves"), st.integers(0, 2)),
    st.tuples(st.just("ends"), st.integers(0, 2)),
    st.tuples(st.just("restarts"), st.none()),
)


class Life:
    """One present, told one thing after the other."""

    def __init__(self) -> None:
        self.now: Instant = MIDNIGHT
        self.number = 0
        self.present = Present(SITE, RoomStates({}), {}, [], [], self.now)
        self.called: dict[str, bool] = {}
        """Whether people were told of each alarm that it stands, by the newest step."""

    def take(self, what: str, how: object) -> None:
        self.now += SECOND
        self.number += 1
        match what, how:
            case "waits", int(span):
                self.now += span
                self.present.advance(self.now)
            case "restarts", _:
                self._restart()
            case "room", RoomState() as state:
                self._commit(events=(RoomStateSet("B101", state, self.now, "BMS"),))
            case "reads", float(value):
                self._commit(readings=(Reading(POINT.id, self.now, value, 0, self.now),))
            case _:
                self._decide(what, how)

    def _commit(self, readings: tuple[Reading, ...] = (), events: tuple[RoomStateSet, ...] = ()) -> None:
        self.present.take(Commit(number=self.number, stamp=self.now, readings=readings, events=events))

    def _restart(self) -> None:
        """All that is kept is what is on record."""
        before = self.present
        memories = {id: watch.memory() for id, watch in before.watches.items()}
        holds = list(before.alarms.holds.values())
        standing = list(before.alarms.standing.values())
        self.present = Present(SITE, before.rooms, memories, standing, [], self.now, holds)
        assert not self.present.draft.steps

    def _decide(self, what: str, how: object) -> None:
        self.present.advance(self.now)
        for command in self._commands(what, how):
            by = Actor(PEOPLE[self.number % 2])
            self.present.apply(WaitingCommand(self.number, self.now, by, command), self.now)

    def _commands(self, what: str, how: object) -> Iterator[Command]:
        alarm = self.present.alarms.of(POINT.id, Condition.LOW)
        holds = list(self.present.alarms.holds.values())
        match what, how:
            case "acknowledges", Severity() as seen:
                yield Acknowledge(alarm.id if alarm else "none", seen, "seen")
            case "resets", _:
                yield Reset(alarm.id if alarm else "none", "closed")
            case "shelves", (str(of), condition, Severity() as severity):
                assert condition is None or isinstance(condition, Condition)
                yield Shelve(of, condition, severity, 5 * MINUTE, "work")
            case "takes out", str(of):
                yield TakeOutOfService(of, MINUTE, "work")
            case "approves" | "ends", int(which) if which < len(holds):
                hold = holds[which]
                approve = what == "approves"
                yield (
                    ApproveShelving(hold.id, hold.of, "yes") if approve else EndHold(hold.id, hold.kind, hold.of, "x")
                )

    def check(self) -> None:
        for entry, step in zip(self.entries(), self.present.draft.steps, strict=True):
            assert entry in TABLE[step.step], (step.step, entry)
            self.called[step.alarm] = step.announced
        self.present.draft.steps.clear()
        self.present.draft.entries.clear()
        for alarm in self.present.alarms.standing.values():
            self.stands(alarm)

    def entries(self) -> Iterator[tuple[AlarmState | None, AlarmState]]:
        """The state before and after each step, as the audit trail tells it."""
        for _, entry in self.present.draft.entries:
            if entry.object.startswith("alarm "):
                after = AlarmState(str(entry.data["state"]))
                old, _ = entry.changes.get("state", (after.value, after.value))
                yield (None if old is None else AlarmState(str(old)), after)

    def stands(self, alarm: Alarm) -> None:
        """An alarm that is outside calls, or calls nobody for a reason that is on record and strong enough for it."""
        assert (alarm.returned is None) == (alarm.state in (U, A))
        assert alarm.state is not L or alarm.latched
        assert self.called[alarm.id] == alarm.announced, "whoever follows the steps knows"
        held = alarm.held
        if held is None:
            assert not any(hold.covers(alarm, SITE) for hold in self.present.alarms.holds.values())
            return
        if held.kind is HoldKind.SUPPRESSED:
            assert alarm.severity <= ALERT, "the rule says no more"
            assert self.present.rooms.held["B101"].state is RoomState.CLEANING
            return
        assert held.hold is not None
        hold = self.present.alarms.holds[held.hold]
        assert hold.in_force
        if held.kind is HoldKind.SHELVED:
            assert held.until is not None
            assert self.now < held.until
            assert alarm.severity < ACTION or hold.approved_by not in (None, hold.asked_by)


@settings(max_examples=100)
@given(st.lists(acts, min_size=10, max_size=60))
def test_no_sequence_leaves_the_table_or_loses_an_alarm_in_silence(told: list[tuple[str, object]]) -> None:
    life = Life()
    for what, how in told:
        life.take(what, how)
        life.check()
