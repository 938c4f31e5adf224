"""Random limits and readings, for tests that compare two ways of judging them."""

from hypothesis import strategies as st

from facility.instants import SECOND
from facility.limit import Consecutive, Dose, Each, Limit, MOfN, RollingVolume, Rule, Side
from tests.alerts.examples import ACTION, ALERT

CUBIC_METRE = 1000.0

RULES = st.one_of(
    st.just(Each()),
    st.integers(2, 3).map(Consecutive),
    st.sampled_from([MOfN(2, 3), MOfN(2, 5), MOfN(3, 4)]),
    st.integers(1, 20).map(Dose),
)
SAMPLES = st.sampled_from([(None, None), (None, CUBIC_METRE), (2, 400.0), (7, CUBIC_METRE)])
"""Count and litres of a reading."""


@st.composite
def limits(draw: st.DrawFn, rolling: bool = True) -> Limit:
    """A limit of any rule, at a value that readings from 0 to 10 pass now and then."""
    side, value = draw(st.sampled_from(Side)), float(draw(st.integers(3, 7)))
    rule: Rule = draw(RULES)
    if rolling and side is Side.HIGH and draw(st.booleans()):
        rule = RollingVolume(3 * CUBIC_METRE)
    counted_by_depth = isinstance(rule, Dose | RollingVolume)
    deeper = None if isinstance(rule, RollingVolume) else draw(st.sampled_from([None, None, 2.0]))
    return Limit(
        severity=draw(st.sampled_from([ALERT, ACTION])),
        side=side,
        value=value,
        reached=draw(st.booleans()),
        on_delay=0 if counted_by_depth else draw(st.integers(0, 5)) * SECOND,
        off_delay=draw(st.integers(0, 5)) * SECOND,
        deadband=float(draw(st.integers(0, 2))),
        rule=rule,
        at_once=None if deeper is None else value + deeper if side is Side.HIGH else value - deeper,
    )
