"""Which stretches of a point's past are to be judged again, and when."""

import msgspec

from facility.instants import HOUR, SECOND, Instant, Span

SETTLING: Span = 10 * SECOND
"""So long after the last late reading a stretch is judged again: a backlog comes in many pieces, and half of it
would look like an excursion that nobody ended."""

ONE_STRETCH: Span = HOUR
"""Late readings no farther apart are judged in one go."""


class Review(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of time, both ends included, that is to be judged again from `ready` on.

    `known_until` is set once it has been judged and an alarm had not returned within what was known then.
    """

    start: Instant
    end: Instant
    ready: Instant
    known_until: Instant | None = None


def with_late(reviews: tuple[Review, ...], start: Instant, end: Instant, ready: Instant) -> tuple[Review, ...]:
    """The reviews after readings from `start` to `end` came late: one more, or some of them joined into one."""
    joined, apart = Review(start, end, ready), []
    for review in reviews:
        if review.start <= joined.end + ONE_STRETCH and joined.start <= review.end + ONE_STRETCH:
            joined = Review(min(joined.start, review.start), max(joined.end, review.end), ready)
        else:
            apart.append(review)
    return (*apart, joined)


def first_ready(reviews: tuple[Review, ...], now: Instant, judged: Instant | None, quiet: bool) -> Review | None:
    """The first that can be judged now; one that was left open waits until the point is quiet again."""
    for review in reviews:
        again = review.known_until is None or (quiet and judged is not None and judged > review.known_until)
        if review.ready <= now and again:
            return review
    return None
