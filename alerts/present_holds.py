"""The holds as of the newest event: what people have put aside, and what follows for the alarms that stand."""

from collections.abc import Iterable

from alerts import holding
from alerts.machine import RefusedError
from alerts.notices import holds_notice
from alerts.present_alarms import PresentAlarms
from bus import topics
from facility.alarm import HoldKind, source_of
from facility.holds import Hold, room_of_hold
from facility.instants import Instant
from facility.people import CLEANWATCH, Actor
from facility.site import Site
from facility.site_part import watches
from storage.records.commands import DONE, ApproveShelving, EndHold, HoldCommand, Shelve, TakeOutOfService

NEVER: Instant = 1 << 62

ENDS = {HoldKind.SHELVED: "unshelved", HoldKind.OUT_OF_SERVICE: "put back in service"}
"""How the audit trail calls the end of each kind."""


class PresentHolds:
    """What is put aside. Nothing here reads a clock, a file or a socket; what changes is noted in the draft."""

    def __init__(self, alarms: PresentAlarms, holds: Iterable[Hold]) -> None:
        self._alarms = alarms
        self._alarms.holds = {hold.id: hold for hold in holds}

    @property
    def due(self) -> Instant:
        """When the first of them ends by itself."""
        return min((hold.due for hold in self._alarms.holds.values() if hold.due is not None), default=NEVER)

    def apply(self, id: int, command: HoldCommand, actor: Actor, now: Instant) -> str:
        """A person has decided something; what came of it, in words."""
        try:
            match command:
                case Shelve():
                    hold = holding.shelved(id, command, actor.name, now, self._open, self._alarms.site)
                    self._is(hold, now, actor, "shelving asked for" if hold.waits else "shelved", hold.reason)
                case TakeOutOfService():
                    hold = holding.out_of_service(id, command, actor.name, now, self._open, self._alarms.site)
                    self._is(hold, now, actor, "taken out of service", hold.reason)
                case ApproveShelving():
                    hold = holding.approved(self._alarms.holds.get(command.hold), command, actor.name, now)
                    self._is(hold, now, actor, "shelving approved", command.comment.strip())
                case EndHold():
                    self._end(self._alarms.holds.get(command.hold), command, now, actor)
        except RefusedError as refusal:
            return str(refusal)
        return DONE

    def expire(self, now: Instant) -> None:
        """What was shelved until `now` calls again."""
        for hold in self._open:
            if hold.due is not None and hold.due <= now:
                over = holding.ended(hold, hold.kind, hold.of, CLEANWATCH.name, now, "its time is over")
                self._is(over, now, CLEANWATCH, "unshelved", "its time is over")

    def publish(self) -> None:
        """What is put aside is to be published, as it is now."""
        site = self._alarms.site
        topic = topics.clean_holds(site.id, site.share.station)
        self._alarms.draft.notices[topic] = holds_notice(self._open)

    def use_site(self, site: Site, now: Instant) -> None:
        """Holds of another site, or of the same one changed."""
        for hold in self._open:
            if not watches(site, hold.of):  # another station's from now on
                del self._alarms.holds[hold.id]
            elif room_of_hold(hold.of, site) is None and source_of(hold.of) is None:
                why = "it is watched no longer"
                over = holding.ended(hold, hold.kind, hold.of, CLEANWATCH.name, now, why)
                self._is(over, now, CLEANWATCH, ENDS[hold.kind], why)
        self._alarms.hold_back(now, CLEANWATCH, "the site is described otherwise")

    def _end(self, hold: Hold | None, command: EndHold, now: Instant, actor: Actor) -> None:
        over = holding.ended(hold, command.kind, command.of, actor.name, now, command.reason)
        if over.since is not None:
            action = ENDS[over.kind]
        else:
            action = "shelving taken back" if actor.name == over.asked_by else "shelving refused"
        self._is(over, now, actor, action, command.reason.strip())

    @property
    def _open(self) -> list[Hold]:
        return list(self._alarms.holds.values())

    def _is(self, hold: Hold, now: Instant, actor: Actor, action: str, reason: str) -> None:
        """A hold is now like this."""
        if hold.ended is None:
            self._alarms.holds[hold.id] = hold
        else:
            self._alarms.holds.pop(hold.id, None)
        self._alarms.draft.hold(now, actor, action, hold, reason)
        self.publish()
        self._alarms.hold_back(now, actor, reason)
