"""What is wrong with a broker that we are connected to: what it does not let us do, a certificate that ends soon."""

from collections.abc import Iterable, Iterator

from bus.client import Health
from cleanwatch.problems import Finding
from facility.instants import DAY, SECOND, Instant, datetime_of
from facility.language import N_

SOON = 30 * DAY
"""So long before its end a certificate is a task for somebody."""


def broker_findings(connections: Iterable[Health], now: Instant) -> Iterator[Finding]:
    """What several connections to one broker find, each thing once."""
    up = [health for health in connections if health.connected]
    for problem in dict.fromkeys(health.problem for health in up if health.problem):
        yield Finding("broker", problem, key=problem, logged=True)
    ends = [int(health.certificate_ends) * SECOND for health in up if health.certificate_ends is not None]
    if ends and min(ends) - now < SOON:
        yield Finding(
            "broker",
            N_(
                "the broker's certificate ends on {day}; then nothing comes in any more. Renew it before "
                "(docs/operations.md)"
            ).format(day=f"{datetime_of(min(ends)):%Y-%m-%d}"),
            key="certificate",
            advisory=True,
        )
