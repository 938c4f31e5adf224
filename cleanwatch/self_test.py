"""The broker's self-test, once after the start: what it finds stands as a problem until the next start."""

from bus.client import Broker, BrokerUnreachableError
from cleanwatch.problems import Finding, Problems
from collectors.broker_check import check_broker
from facility.site import Site

PART = "broker self-test"


class BrokerSelfTest:
    """Call it again and again; it tries until the broker could be reached, and then does nothing more."""

    def __init__(self, broker: Broker, site: Site, station: str, problems: Problems) -> None:
        self._broker, self._site, self._station = broker, site, station
        self._problems = problems
        self._done = False

    def __call__(self) -> None:
        if self._done:
            return
        try:
            found = check_broker(self._broker, self._site.id, self._station)
        except BrokerUnreachableError:
            return  # which the station's own connection says better
        self._done = True
        advisory = self._site.simulated  # the embedded broker forgets, and may
        self._problems.tell_all(PART, [Finding(PART, text, text, advisory) for text in found.problems])
