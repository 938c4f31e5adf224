"""The words of a limit beside its line: short, and exact."""

import pytest

from app.trends.limit_words import limit_words
from facility.instants import HOUR, MINUTE, SECOND
from facility.limit import Consecutive, Limit, MOfN, RoomState, Severity, Side

REST = frozenset({RoomState.AT_REST})


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(Severity.ACTION, Side.HIGH, 66, on_delay=MINUTE), "action &gt; 66, 1 min"),
        (Limit(Severity.ALERT, Side.LOW, 8.5, on_delay=90 * SECOND), "alert &lt; 8.5, 90 s"),
        (Limit(Severity.ALERT, Side.LOW, 8.5, on_delay=25 * HOUR), "alert &lt; 8.5, 25 h"),
        (
            Limit(Severity.ALERT, Side.HIGH, 150_000, rule=Consecutive(2), room_states=REST),
            "at rest: alert &gt; 150,000, 2 in a row",
        ),
        (Limit(Severity.ACTION, Side.HIGH, 3520, rule=MOfN(3, 5)), "action &gt; 3,520, 3 of 5"),
        (Limit(Severity.ACTION, Side.LOW, 10, at_once=5), "action &lt; 10, at once &lt; 5"),
    ],
)
def test_a_limit_says_how_long_it_waits_exactly(limit: Limit, words: str) -> None:
    assert limit_words(limit) == words
