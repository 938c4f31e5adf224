"""Whatever happens, an alarm is held back by its cause only while people are called for what explains it."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.present import Present
from alerts.rooms import RoomStates
from facility.alarm import Alarm, Condition, HoldKind
from facility.causes import Cause, Which
from facility.instants import MINUTE, SECOND, Instant
from facility.people import Actor
from facility.quantities import Quantity
from facility.reading import Reading
from facility.site import Site
from storage.records.commands import Acknowledge, Shelve, WaitingCommand
from storage.samples.commit import Commit
from tests.acceptance.story import MIDNIGHT, site_of
from tests.alerts.examples import ALERT, high, low, point

FAN = point(low(2, ALERT), low(1), id="AHU1", silent_after=None)
DP1 = point(low(10, ALERT), low(5, on_delay=5 * SECOND), id="DP1", silent_after=None)
DP2 = point(low(10, ALERT), low(5), id="DP2", room="A101", silent_after=None)
COUNT = replace(point(high(100, ALERT), high(1000), id="PC1", silent_after=None), quantity=Quantity.PARTICLES)
POINTS = (FAN, DP1, DP2, COUNT)
PRESSURES = Which(points=("DP1", "DP2"))
CAUSES = (
    Cause("fan", "The fan stands still", Which(points=("AHU1",)), PRESSURES, 2 * MINUTE),
    Cause("rooms", "Pressure is lost", PRESSURES, PRESSURES, MINUTE),
    Cause("particles", "Particles follow", PRESSURES, Which(quantities=(Quantity.PARTICLES,)), MINUTE),
)
SITE: Site = replace(site_of(*POINTS), causes=CAUSES)
VALUES = {"AHU1": (0.0, 1.5, 3.0), "DP1": (3.0, 8.0, 12.0), "DP2": (3.0, 8.0, 12.0), "PC1": (50.0, 500.0, 5000.0)}

READINGS = st.lists(
    st.sampled_from([(name, value) for name, values in VALUES.items() for value in values]),
    max_size=4,
    unique_by=lambda reading: reading[0],
)
STEPS = st.lists(st.tuples(st.sampled_from([5, 10, 30, 70]), READINGS, st.integers(0, 8)), min_size=1, max_size=15)
Steps = list[tuple[int, list[tuple[str, float]], int]]


def present() -> Present:
    return Present(SITE, RoomStates({}), {}, [], [], MIDNIGHT)


def command(number: int, alarm: Alarm, choice: int, now: Instant) -> WaitingCommand | None:
    """Now and then somebody answers an alarm or shelves it."""
    if choice == 0:
        return WaitingCommand(number, now, Actor("ann"), Acknowledge(alarm.id, alarm.severity, "seen"))
    if choice == 1:
        return WaitingCommand(number, now, Actor("ann"), Shelve(alarm.point, alarm.condition, ALERT, MINUTE, "why"))
    return None


def lived(steps: Steps, watch: Present, shuffle: random.Random | None = None) -> list[list[Alarm]]:
    """The standing alarms after each step."""
    now, after = MIDNIGHT, []
    for number, (gap, readings, choice) in enumerate(steps, start=1):
        now += gap * SECOND
        told = [Reading(name, now, value, 0, now) for name, value in readings]
        if shuffle is not None:
            shuffle.shuffle(told)
        watch.take(Commit(number, now, tuple(told)))
        standing = sorted(watch.alarms.standing.values(), key=lambda alarm: alarm.id)
        decided = command(number, standing[choice % len(standing)], choice, now) if standing else None
        if decided is not None:
            watch.apply(decided, now)
        after.append(sorted(watch.alarms.standing.values(), key=lambda alarm: alarm.id))
    return after


def explained(alarm: Alarm) -> bool:
    return alarm.held is not None and alarm.held.kind is HoldKind.CAUSE


@given(STEPS)
def test_nothing_is_lost_because_of_a_cause(steps: Steps) -> None:
    watch = present()
    now = MIDNIGHT
    for (gap, _, _), standing in zip(steps, lived(steps, watch), strict=True):
        now += gap * SECOND
        known = {alarm.id: alarm for alarm in standing}
        for alarm in (alarm for alarm in standing if explained(alarm) and alarm.returned is None):
            assert alarm.held is not None
            assert alarm.held.until is not None
            assert now < alarm.held.until
            root = alarm
            while explained(root):
                assert root.cause is not None
                root = known[root.cause]
                assert root.returned is None
                assert root.severity >= alarm.severity
            assert root.announced
    called = {step.alarm for step in watch.draft.steps if step.announced}
    for alarm in watch.draft.alarms.values():
        assert alarm.id in called or alarm.held is not None


@given(STEPS, st.randoms(use_true_random=False))
def test_the_order_within_a_commit_changes_nothing(steps: Steps, shuffle: random.Random) -> None:
    told, otherwise = present(), present()
    assert lived(steps, told) == lived(steps, otherwise, shuffle)
    assert told.draft.excursions == otherwise.draft.excursions
    assert told.draft.moved == otherwise.draft.moved


def test_of_two_that_may_explain_each_other_the_first_does() -> None:
    watch = present()
    now = MIDNIGHT + MINUTE
    watch.take(Commit(1, now, (Reading("DP2", now - 2, 8.0, 0, now), Reading("DP1", now - 1, 8.0, 0, now))))
    first, other = (watch.alarms.of(name, Condition.LOW) for name in ("DP2", "DP1"))
    assert first is not None and other is not None
    assert (first.cause, first.announced) == (None, True)
    assert (other.cause, other.announced) == (first.id, False)


def test_of_alarms_that_find_new_causes_at_once_none_explains_itself() -> None:
    """The fan and DP1 return: now PC1 could explain DP2, DP3 could explain PC1, and DP2 could explain DP3."""
    third = replace(DP1, id="DP3")
    one = {id: Which(points=(id,)) for id in ("AHU1", "DP1", "DP2", "DP3", "PC1")}
    causes = (
        Cause("fan", "The fan stands still", one["AHU1"], Which(points=("DP1", "DP2")), 2 * MINUTE),
        Cause("particles", "Particles follow", Which(points=("DP1", "DP3")), one["PC1"], 2 * MINUTE),
        Cause("door", "A door is open", one["PC1"], one["DP2"], 2 * MINUTE),
        Cause("rooms", "Pressure is lost", one["DP2"], one["DP3"], 2 * MINUTE),
    )
    watch = Present(replace(site_of(*POINTS, third), causes=causes), RoomStates({}), {}, [], [], MIDNIGHT)
    alert = {"AHU1": 1.5, "DP1": 8.0, "DP2": 8.0, "DP3": 8.0, "PC1": 500.0}
    inside = {"AHU1": 3.0, "DP1": 12.0}
    told = (
        (0, {id: alert[id] for id in ("AHU1", "DP1", "DP2")}),
        (30, {"PC1": alert["PC1"]}),
        (31, inside | {"DP3": alert["DP3"]}),
    )
    for number, (seconds, values) in enumerate(told, start=1):
        now = MIDNIGHT + MINUTE + seconds * SECOND
        watch.take(Commit(number, now, tuple(Reading(id, now, value, 0, now) for id, value in values.items())))
    calling = {alarm.point for alarm in watch.alarms.standing.values() if alarm.announced and alarm.returned is None}
    assert calling == {"DP3"}
