"""What a station does for those on call beside calling them: calendars, gaps in rotas, escalations that are stuck."""

from collections.abc import Callable
from dataclasses import dataclass

from alerts import on_call_feed, whom
from alerts.escalation_audit import EscalationAudit
from alerts.on_call_feed import Calendars
from alerts.on_call_gaps import AHEAD, gaps
from cleanwatch.problems import Finding
from facility.instants import Clock
from facility.site import Site
from storage.records import on_call
from storage.records.database import Records

PART = "on-call duty"


@dataclass(frozen=True, slots=True)
class OnCallWork:
    """Use it from one thread."""

    records: Records
    site: Callable[[], Site]
    clock: Clock
    audit: EscalationAudit
    calendars: Calendars

    def step(self) -> list[Finding]:
        """Fetch calendars that are due, put right what is stuck; what is wrong, in words. Raises RecordsAwayError."""
        self.calendars.step()
        return [*self._escalations(), *self._rotas()]

    def _escalations(self) -> list[Finding]:
        return [Finding(PART, text, key=text) for text in self.audit.step()]

    def _rotas(self) -> list[Finding]:
        """The first station speaks for the site."""
        site, now = self.site(), self.clock()
        if not site.share.leads or not (site.on_call.rotas or site.on_call.policies):
            return []
        with self.records.reading() as connection:
            found = gaps(
                site, whom.duties(connection, site, now, now + AHEAD), whom.gather(connection, site, now), now
            )
            copies = on_call.calendars(connection)
        told = [Finding(PART, gap.text, gap.key, advisory=not gap.now) for gap in found]
        for rota in on_call_feed.with_calendars(site):
            for text in on_call_feed.troubles(rota, copies.get(rota.id), now):
                told.append(Finding(PART, text, f"calendar {rota.id} {text[:40]}", advisory=True))
        return told
