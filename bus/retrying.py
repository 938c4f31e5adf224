"""When to connect again: after a growing delay, and after a long one where another client has our client id."""

from bus import problems

FIRST_DELAY, LONGEST_DELAY = 0.25, 15.0
"""Seconds between attempts to connect: after the first, and the longest after doubling."""
SOUND_AFTER = 10.0
"""A connection that lasted this many seconds was a good one: the delays begin anew."""
ENDED_SOON = 3
"""After so many connections in a row that were no good ones, another client with our client id is suspected, for not
every broker says so (mosquitto 2.0.11 does not). The growing delay keeps two from throwing each other out."""
TAKEN_OVER_DELAY = 60.0
"""Seconds that we leave the broker to another client with our client id, where the broker says that there is one."""
PERHAPS_TAKEN_OVER_DELAY = 20.0
"""Shorter where it is only suspected: it may be a broker that died and was back at once, several times in a row."""


class Retrying:
    """Decides, after each attempt and each connection that has ended, how long to wait before the next."""

    def __init__(self, client_id: str) -> None:
        self._delays = {
            problems.taken_over(client_id): TAKEN_OVER_DELAY,
            problems.perhaps_taken_over(client_id): PERHAPS_TAKEN_OVER_DELAY,
        }
        self._suspicion = problems.perhaps_taken_over(client_id)
        self._next_delay = FIRST_DELAY
        self._ended_soon = 0

    def ended(self, lasted: float, was_ready: bool) -> str | None:
        """An attempt is over after so many seconds, in which it came to a connection or not.

        Returns the problem that we suspect after several of them, in words.
        """
        was_good = lasted > SOUND_AFTER
        self._ended_soon = self._ended_soon + 1 if was_ready and not was_good else 0
        if was_good:
            self._next_delay = FIRST_DELAY
        return self._suspicion if self._ended_soon >= ENDED_SOON else None

    def delay(self, problem: str | None) -> float:
        """Seconds until the next attempt, after this problem."""
        delay = self._next_delay
        self._next_delay = min(delay * 2, LONGEST_DELAY)
        return self._delays.get(problem or "", delay)
