"""The broker's self-test, once after the start: what it finds stands until the next start."""

from bus.client import Broker, BrokerUnreachableError
from cleanwatch.problems import Finding, Problems
from collectors.broker_check import check_broker
from facility.language import N_
from facility.site import Site

PART = "broker self-test"
SIMULATED = N_("Good enough for simulated data: {problem}.")
"""The embedded broker forgets, and may: nobody who tries the demo has to do anything about it."""


class BrokerSelfTest:
    """Call it again and again; it tries until the broker could be reached, and then does nothing more."""

    def __init__(self, broker: Broker, site: Site, station: str, problems: Problems) -> None:
        self._broker, self._site, self._station = broker, site, station
        self._problems = problems
        self.notes: tuple[str, ...] = ()
        """What is known since, and is no problem; empty until the test is done."""

    def __call__(self) -> None:
        if self.notes:
            return
        try:
            found = check_broker(self._broker, self._site.id, self._station)
        except BrokerUnreachableError:
            return  # which the station's own connection says better
        if self._site.simulated:
            self.notes = (*(SIMULATED.format(problem=text) for text in found.problems), *found.notes)
        else:
            self.notes = found.notes
            self._problems.tell_all(PART, [Finding(PART, text, text) for text in found.problems])
