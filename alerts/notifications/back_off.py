"""How long to wait before a message is tried again, and when to give up."""

from facility.instants import DAY, MINUTE, SECOND, Instant, Span

FIRST: Span = 5 * SECOND
LONGEST: Span = 5 * MINUTE
JITTER = 0.2
"""Up to so much longer, so that many that failed together do not come together again."""
TRIES = 8
"""Failures for which no reason is known; then it is taken for a permanent one. About 12 minutes."""
GIVE_UP_AFTER: Span = DAY
"""A message that was on its way for so long tells nobody anything any more."""
FALL_OVER_AFTER: Span = MINUTE
"""So long after the first attempt the person is told by the next channel as well."""


def wait(attempts: int, jitter: float) -> Span:
    """How long until the next attempt, after so many (from 1); `jitter` is from 0 to 1."""
    return int(min(FIRST * 2 ** min(attempts - 1, 16), LONGEST) * (1 + JITTER * jitter))


def is_over(attempts: int, known: bool, since: Instant, now: Instant) -> bool:
    """Is it no use any more, after a failure that is not permanent? `known` says whether its reason is."""
    return (not known and attempts >= TRIES) or now - since >= GIVE_UP_AFTER


def falls_over(since: Instant, now: Instant) -> bool:
    """Has it been tried for so long that the next channel is told as well?"""
    return now - since >= FALL_OVER_AFTER
