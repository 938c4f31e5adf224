"""Random limits and readings, for tests that compare two ways of judging them."""

from math import nan
from typing import TypeAlias

from hypothesis import strategies as st

from facility.conditions import Conditions, Frozen, Invalid, Rate
from facility.instants import SECOND
from facility.limit import Consecutive, Dose, Each, Limit, MOfN, RollingVolume, Rule, Side
from facility.reading import Reason
from tests.alerts.examples import ACTION, ALERT

CUBIC_METRE = 1000.0

RULES = st.one_of(
    st.just(Each()),
    st.integers(2, 3).map(Consecutive),
    st.sampled_from([MOfN(2, 3), MOfN(2, 5), MOfN(3, 4)]),
    st.integers(1, 20).map(Dose),
)
SAMPLES = ((None, None), (None, CUBIC_METRE), (1, 400.0), (4, 400.0), (7, CUBIC_METRE), (3, 1300.0))
"""Count and litres of a reading."""
DOUBTS = (Reason.FLOW_FAULT, Reason.OUT_OF_RANGE, Reason.COUNTER_OVERFLOW, Reason.CLOCK_AHEAD, Reason.SERVICE_DUE)

Told: TypeAlias = tuple[int, float, int, int | None, float | None]
"""Seconds since the one before, value, reasons, count and litres."""


@st.composite
def stretches(draw: st.DrawFn) -> list[Told]:
    """Readings that go on alike for a while: still, swaying, climbing or wild, at times with a fault in some."""
    length, gap = draw(st.integers(1, 14)), draw(st.sampled_from([1, 1, 1, 2, 3]))
    value, way = float(draw(st.integers(3, 7))), draw(st.sampled_from(["still", "sways", "climbs", "wild"]))
    doubt, every = draw(st.sampled_from([0, 0, 0, *DOUBTS])), draw(st.integers(1, 4))
    sample = draw(st.integers(0, 5))
    found: list[Told] = []
    for number in range(length):
        here = {
            "still": value,
            "sways": value + number % 2 * 0.75,
            "climbs": value + number * 0.75,
            "wild": (value * 7 + number * 5) % 11,
        }[way]
        reasons = int(doubt) if number % every == 0 else 0
        found.append((gap, here if reasons != Reason.FLOW_FAULT else nan, reasons, *SAMPLES[(sample + number) % 6]))
    return found


TIME_LINES = st.lists(stretches(), max_size=8).map(lambda found: [reading for part in found for reading in part])


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """A limit of any rule but a rolling volume, at a value that readings from 0 to 10 pass now and then."""
    side, value = draw(st.sampled_from(Side)), float(draw(st.integers(3, 7)))
    rule: Rule = draw(RULES)
    deeper = draw(st.sampled_from([None, None, 2.0]))
    return Limit(
        severity=draw(st.sampled_from([ALERT, ACTION])),
        side=side,
        value=value,
        reached=draw(st.booleans()),
        on_delay=0 if isinstance(rule, Dose) else draw(st.integers(0, 5)) * SECOND,
        off_delay=draw(st.integers(0, 5)) * SECOND,
        deadband=float(draw(st.integers(0, 2))),
        rule=rule,
        at_once=None if deeper is None else value + deeper if side is Side.HIGH else value - deeper,
    )


FROZEN = st.sampled_from([Frozen(10 * SECOND), Frozen(20 * SECOND), Frozen(10 * SECOND, 1.0)])
RATES = st.sampled_from([Rate(6.0, 5 * SECOND, ALERT), Rate(2.0, 9 * SECOND, ALERT), Rate(4.0, 3 * SECOND, ALERT)])
CONDITIONS = st.builds(
    Conditions,
    frozen=st.none() | FROZEN,
    rate=st.none() | RATES,
    invalid=st.sampled_from([None, Invalid(2, 8 * SECOND), Invalid(4, 30 * SECOND)]),
    reversal=st.sampled_from(
        [None, Limit(ACTION, Side.LOW, 2.0, on_delay=2 * SECOND), Limit(ACTION, Side.HIGH, 9.0, off_delay=SECOND)]
    ),
    clock=st.booleans(),
)
"""With spans so short that readings a second or so apart meet them."""


def rolling_limits() -> st.SearchStrategy[Limit]:
    """Limits on a volume of about three samples."""
    rule = RollingVolume(3 * CUBIC_METRE)
    return st.builds(
        Limit,
        severity=st.sampled_from([ALERT, ACTION]),
        side=st.just(Side.HIGH),
        value=st.sampled_from([2.0, 3.0, 5.0]),
        reached=st.booleans(),
        rule=st.just(rule),
    )
