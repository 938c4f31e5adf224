"""How far an instrument's clock is off: late readings do not count, a clock that is set is seen soon."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from collectors.instrument_clocks import SET_BACK_READINGS, InstrumentClocks
from facility.instants import HOUR, MINUTE, SECOND, Instant, Span
from facility.reading import Reading

NOON = 1_795_348_800_000
EVERY = 10 * SECOND
DELAY = 200
POINT = "B101.DP1"


def live(clock: InstrumentClocks, delays: Iterable[Span], begin: int = 0) -> None:
    """Readings every ten seconds, each that much later received than its instrument says it was taken."""
    for number, delay in enumerate(delays, start=begin):
        comes(clock, NOON + number * EVERY - delay, NOON + number * EVERY)


def comes(clock: InstrumentClocks, time: Instant, received: Instant) -> None:
    clock.heard([Reading(POINT, time, 1.0, 0, received)])


def test_before_the_first_reading_nothing_is_known() -> None:
    assert InstrumentClocks().ahead(["B101.DP1"]) is None


def test_the_least_delay_of_the_last_thirty_counts() -> None:
    clock = InstrumentClocks()
    live(clock, [50, *[DELAY] * 30])
    assert clock.ahead([POINT]) == (-DELAY, 30)
    live(clock, [90], begin=31)
    assert clock.ahead([POINT]) == (-90, 30)


def test_single_late_readings_do_not_matter() -> None:
    clock = InstrumentClocks()
    live(clock, [DELAY, 40 * SECOND, DELAY, 60 * SECOND, 7 * SECOND, DELAY, 9 * SECOND, 9 * SECOND])
    assert clock.ahead([POINT]) == (-DELAY, 7)


def test_what_an_outbox_held_back_says_nothing_of_the_clock() -> None:
    clock = InstrumentClocks()
    live(clock, [DELAY] * 3)
    for number in range(3, 303):  # fifty minutes of readings, sent within a second and a half after an outage
        comes(clock, NOON + number * EVERY, NOON + 303 * EVERY + number * 5)
    assert clock.ahead([POINT]) == (-DELAY, 4)


def test_a_clock_set_forward_an_hour_is_seen_at_the_first_reading() -> None:
    clock = InstrumentClocks()
    live(clock, [DELAY] * 30)
    live(clock, [DELAY - HOUR], begin=30)
    assert clock.ahead([POINT]) == (HOUR - DELAY, 30)


def test_a_clock_set_back_an_hour_is_seen_at_the_third_reading() -> None:
    clock = InstrumentClocks()
    live(clock, [DELAY] * 30)
    live(clock, [DELAY + HOUR] * 2, begin=30)
    assert clock.ahead([POINT]) == (-DELAY, 30)
    live(clock, [DELAY + HOUR], begin=32)
    assert clock.ahead([POINT]) == (-DELAY - HOUR, SET_BACK_READINGS)


def test_a_clock_that_was_ahead_and_is_set_right_is_seen_as_right() -> None:
    clock = InstrumentClocks()
    live(clock, [DELAY - HOUR] * 30)
    live(clock, [DELAY] * 3, begin=30)
    assert clock.ahead([POINT]) == (-DELAY, 3)


def test_an_instrument_is_told_by_its_point_that_was_heard_last() -> None:
    clocks = InstrumentClocks()
    clocks.heard([Reading("B101.PC1.p0_5", NOON, 1.0, 0, NOON + DELAY)])
    clocks.heard([Reading("B101.PC1.p5_0", NOON + MINUTE, 1.0, 0, NOON + 3 * MINUTE)])
    assert clocks.ahead(["B101.PC1.p0_5", "B101.PC1.p5_0"]) == (-2 * MINUTE, 1)


@given(
    off=st.integers(-2 * HOUR, 2 * HOUR),
    delays=st.lists(st.integers(0, 2 * SECOND), min_size=30, max_size=60),
    late=st.sets(st.integers(0, 14).map(lambda place: place * 4)),
)
def test_the_error_is_at_most_the_transport_of_the_quickest_reading(
    off: Span, delays: list[Span], late: set[int]
) -> None:
    clock = InstrumentClocks()
    live(clock, [(delay + MINUTE if place in late else delay) - off for place, delay in enumerate(delays)])
    found = clock.ahead([POINT])
    assert found is not None
    assert 0 <= off - found[0] <= 2 * SECOND
