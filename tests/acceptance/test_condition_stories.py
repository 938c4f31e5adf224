"""What is an alarm beside limits, told as time lines."""

from dataclasses import replace

from alerts.present import Present
from alerts.rooms import RoomStates
from facility.alarm import Alarm, AlarmState, Condition, of_room
from facility.conditions import Conditions, Frozen, Invalid, Rate
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.limit import Limit, RollingVolume, RoomState, Severity, Side
from facility.plant_events import RoomStateSet
from facility.quantities import Quantity
from facility.reading import Reading, Reason
from facility.site import Point, Site
from storage.samples.commit import Commit
from tests.acceptance.story import MIDNIGHT, site_of
from tests.alerts.examples import ACTION, ALERT, high, low, point

PRESSURE = point(low(10), silent_after=HOUR)


class Line:
    """A site whose readings come as they are told."""

    def __init__(self, site: Site) -> None:
        self.present = Present(site, RoomStates({}), {}, [], [], MIDNIGHT)
        self._commits = 0

    def read(
        self,
        at: Instant,
        value: float,
        reasons: int = 0,
        arrives: Instant | None = None,
        sample: tuple[int, float] | None = None,
        point: str = PRESSURE.id,
    ) -> None:
        """A reading of so long after midnight."""
        self._commits += 1
        stamp = MIDNIGHT + (at if arrives is None else arrives)
        count, litres = sample or (None, None)
        reading = Reading(point, MIDNIGHT + at, value, int(reasons), stamp, None, count, litres)
        self.present.take(Commit(self._commits, stamp, (reading,)))

    def alarm(self, condition: Condition, point: str = PRESSURE.id) -> Alarm | None:
        return self.present.alarms.of(point, condition)

    def stands(self, condition: Condition) -> bool:
        alarm = self.alarm(condition)
        return alarm is not None and alarm.returned is None


def watching(**conditions: object) -> Line:
    """A pressure with some conditions beside its limit."""
    return Line(site_of(replace(PRESSURE, conditions=Conditions(**conditions))))  # type: ignore[arg-type]  # passed on


def test_a_value_that_does_not_move_is_frozen_from_when_it_stopped() -> None:
    line = watching(frozen=Frozen(10 * MINUTE, within=0.1))
    for minute in range(30):
        line.read(minute * MINUTE, 15.0 + (0.05 if minute % 2 else 0.0) if minute > 4 else 12.0 + minute)
        assert line.stands(Condition.FROZEN) is (minute >= 15)
    alarm = line.alarm(Condition.FROZEN)
    assert alarm is not None
    assert (alarm.onset, alarm.raised) == (MIDNIGHT + 5 * MINUTE, MIDNIGHT + 15 * MINUTE)
    line.read(30 * MINUTE, 15.2)
    assert not line.stands(Condition.FROZEN)


def test_the_same_value_after_a_pause_is_not_frozen() -> None:
    line = watching(frozen=Frozen(10 * MINUTE))
    for minute in (*range(6), *range(50, 59)):
        line.read(minute * MINUTE, 15.0)
    assert not line.stands(Condition.FROZEN)


def test_a_value_that_cannot_be_is_an_alarm_of_its_own_and_judged_against_no_limit() -> None:
    line = watching()
    line.read(0, -200.0, Reason.OUT_OF_RANGE)
    alarm = line.alarm(Condition.OUT_OF_RANGE)
    assert alarm is not None
    assert (alarm.severity, alarm.value) == (ALERT, -200.0)
    assert not line.stands(Condition.LOW)
    assert not line.stands(Condition.INSTRUMENT_FAULT)
    line.read(MINUTE, 15.0)
    assert not line.stands(Condition.OUT_OF_RANGE)


def test_a_fault_that_comes_and_goes_is_one_alarm_until_it_has_been_gone_for_a_while() -> None:
    line = watching(invalid=Invalid(readings=3, within=HOUR))
    for minute in range(0, 60, 10):
        line.read(minute * MINUTE, 15.0, Reason.FLOW_FAULT)
        line.read((minute + 5) * MINUTE, 15.0)
    alarm = line.alarm(Condition.INVALID_READINGS)
    assert alarm is not None
    assert (alarm.onset, alarm.raised) == (MIDNIGHT, MIDNIGHT + 25 * MINUTE)
    for minute in range(60, 95, 5):
        line.read(minute * MINUTE, 15.0)
        assert line.stands(Condition.INVALID_READINGS) is (minute < 90)


def test_one_long_fault_is_an_instrument_fault_and_no_more() -> None:
    line = watching(invalid=Invalid(readings=3, within=HOUR))
    for minute in range(10):
        line.read(minute * MINUTE, 15.0, Reason.FLOW_FAULT)
    line.read(10 * MINUTE, 15.0)
    assert line.alarm(Condition.INVALID_READINGS) is None
    assert not line.stands(Condition.INSTRUMENT_FAULT)


def test_a_clock_that_is_ahead_is_an_advisory_until_it_has_been_right_for_ten_minutes() -> None:
    line = watching(clock=True)
    line.read(5 * MINUTE, 15.0, Reason.CLOCK_AHEAD, arrives=MINUTE)
    alarm = line.alarm(Condition.CLOCK_SKEW)
    assert alarm is not None
    assert (alarm.severity, alarm.onset) == (Severity.ADVISORY, MIDNIGHT + MINUTE)
    line.read(10 * MINUTE, 15.0)
    assert line.stands(Condition.CLOCK_SKEW)
    line.read(11 * MINUTE, 15.0)
    assert not line.stands(Condition.CLOCK_SKEW)


def test_a_pressure_on_the_wrong_side_of_nought_is_reversed_after_its_delay() -> None:
    line = watching(reversal=Limit(ACTION, Side.LOW, 0.0, on_delay=10 * SECOND))
    for second, value in ((0, 12.0), (10, 4.0), (20, -1.0), (30, -3.0), (40, 2.0)):
        line.read(second * SECOND, value)
        assert line.stands(Condition.REVERSAL) is (second == 30)
    alarm = line.alarm(Condition.REVERSAL)
    assert alarm is not None
    assert (alarm.onset, alarm.worst, alarm.returned) == (MIDNIGHT + 20_000, -3.0, MIDNIGHT + 40_000)


def test_too_much_change_in_a_while_tells_how_much() -> None:
    line = watching(rate=Rate(5.0, MINUTE, ALERT))
    for second, value in ((0, 20.0), (20, 17.0), (40, 14.0), (60, 11.0), (120, 11.0)):
        line.read(second * SECOND, value)
    alarm = line.alarm(Condition.RATE)
    assert alarm is not None
    assert (alarm.onset, alarm.value, alarm.worst, alarm.limit) == (MIDNIGHT + 40_000, 6.0, 9.0, 5.0)
    assert alarm.returned == MIDNIGHT + 120_000


def test_a_calibration_is_a_task_from_its_day_on_until_the_site_file_has_a_later_one() -> None:
    line = watching(overdue_from=MIDNIGHT + DAY)
    line.present.advance(MIDNIGHT + DAY - 1)
    assert line.alarm(Condition.CALIBRATION_OVERDUE) is None
    line.present.advance(MIDNIGHT + DAY + HOUR)
    alarm = line.alarm(Condition.CALIBRATION_OVERDUE)
    assert alarm is not None
    assert (alarm.severity, alarm.raised) == (Severity.ADVISORY, MIDNIGHT + DAY)
    later = replace(PRESSURE, conditions=Conditions(overdue_from=MIDNIGHT + 365 * DAY))
    line.present.use_site(site_of(later), MIDNIGHT + 2 * DAY)
    assert not line.stands(Condition.CALIBRATION_OVERDUE)


def test_a_room_of_which_nobody_says_what_it_is_doing_is_a_task_until_somebody_does() -> None:
    site = site_of(PRESSURE)
    line = Line(replace(site, rooms={"B101": replace(site.rooms["B101"], state_unknown_after=HOUR)}))
    line.present.advance(MIDNIGHT + HOUR)
    alarm = line.alarm(Condition.ROOM_STATE_UNKNOWN, of_room("B101"))
    assert alarm is not None
    assert (alarm.severity, alarm.room, alarm.onset) == (Severity.ADVISORY, "B101", MIDNIGHT)
    line.present.happen(RoomStateSet("B101", RoomState.AT_REST, MIDNIGHT + 2 * HOUR, "x"), MIDNIGHT + 2 * HOUR)
    known = line.alarm(Condition.ROOM_STATE_UNKNOWN, of_room("B101"))
    assert known is not None
    assert known.returned == MIDNIGHT + 2 * HOUR


def plates() -> Point:
    """A sampler of viable air, whose plates are read days later."""
    return replace(point(high(10), silent_after=None), quantity=Quantity.VIABLE_AIR)


def test_a_plate_alarms_when_it_is_read_dated_to_when_air_was_drawn() -> None:
    line = Line(site_of(plates()))
    line.read(HOUR, 12.0, arrives=5 * DAY)
    alarm = line.alarm(Condition.HIGH)
    assert alarm is not None
    assert (alarm.onset, alarm.raised) == (MIDNIGHT + HOUR, MIDNIGHT + 5 * DAY)
    assert (alarm.state, alarm.retrospective) == (AlarmState.UNACKNOWLEDGED, False)


def test_a_plate_that_is_read_after_a_later_one_calls_as_well_and_has_returned() -> None:
    line = Line(site_of(plates()))
    line.read(9 * HOUR, 0.0, arrives=5 * DAY)
    line.read(HOUR, 12.0, arrives=5 * DAY + HOUR)
    alarm = line.alarm(Condition.HIGH)
    assert alarm is not None
    assert (alarm.onset, alarm.raised, alarm.state) == (
        MIDNIGHT + HOUR,
        MIDNIGHT + 5 * DAY + HOUR,
        AlarmState.RETURNED,
    )
    assert alarm.announced


def test_plates_are_judged_by_the_strictest_state_since_the_room_was_in_another_when_air_was_drawn() -> None:
    in_use = replace(high(10), room_states=frozenset({RoomState.IN_OPERATION}))
    line = Line(site_of(replace(plates(), limits=(in_use,))))
    line.present.happen(RoomStateSet("B101", RoomState.CLEANING, MIDNIGHT, "x"), MIDNIGHT)
    line.read(HOUR, 12.0, arrives=5 * DAY)
    assert line.stands(Condition.HIGH)


def test_a_cubic_metre_of_grade_a_that_fills_up_with_particles() -> None:
    counter = replace(point(high(29, rule=RollingVolume(1000)), silent_after=None), quantity=Quantity.PARTICLES)
    line = Line(site_of(counter))
    for minute in range(40):
        line.read(minute * MINUTE, 35.3, sample=(1, 28.3))
        assert line.stands(Condition.HIGH) is (minute >= 29)
