"""The sources as of the newest event: which of them are lost, and which points are not heard because of that."""

from collections.abc import Iterable
from dataclasses import replace

from alerts import sources
from alerts.machine import Transition
from alerts.present_alarms import PresentAlarms
from facility.alarm import Condition, of_source
from facility.instants import Instant
from facility.people import CLEANWATCH, Actor
from facility.plant_events import SourceHeard, SourceStatus
from facility.site import Site
from facility.site_part import watches
from storage.records.commands import DONE, RetireSource
from storage.records.sources import KnownSource

NEVER: Instant = 1 << 62


class PresentSources:
    """What is known of the sources. Nothing here reads a clock, a file or a socket."""

    def __init__(self, alarms: PresentAlarms, known: Iterable[KnownSource]) -> None:
        self.known = {source.source: source for source in known}
        self.blind: set[str] = set()
        """The points that are not heard because their source is lost: the alarm of the source speaks for them."""
        self.heard_again: dict[str, Instant] = {}
        """When the source of a point was back after an alarm: as after a start, silence is counted from then."""
        self._some_are_back = False
        self._alarms = alarms
        self._see_blind()

    def use_site(self, site: Site) -> None:
        """Only those that this station hears."""
        self.known = {id: source for id, source in self.known.items() if watches(site, of_source(id))}

    def says(self, status: SourceStatus, stamp: Instant) -> None:
        """A source has come or gone."""
        before = self.known.get(status.source)
        after = sources.said(before, status, self._alarms.site.share.station, stamp)
        if after != before:
            self._is(after)
            action = "source online" if after.online else "source gone"
            self._alarms.draft.source_entry(stamp, CLEANWATCH, action, after)

    def serves(self, event: SourceHeard) -> None:
        """A point is heard through one source at a time."""
        for other in [other for other in self.known.values() if other.source != event.source]:
            if not set(event.points).isdisjoint(other.points):
                left = tuple(point for point in other.points if point not in event.points)
                self._is(replace(other, points=left))
        if event.source in self.known:
            self._is(sources.heard(self.known[event.source], event))

    def expire(self, now: Instant, listening_since: Instant) -> None:
        """What time alone brings about up to `now`: a loss becomes an alarm, or is over."""
        dues = [
            (when, source) for source in self.known.values() if (when := self._due(source, listening_since)) <= now
        ]
        for when, source in sorted(dues, key=lambda entry: (entry[0], entry[1].source)):
            place, severity, blinds = sources.place(source, self._alarms.site.points)
            after, finding = sources.at_due(source, when, severity)
            _, transition = self._alarms.follow(place, finding, now, blinds)
            if transition is Transition.RETURNED:
                self.heard_again.update(dict.fromkeys(source.points, when))
            self._is(after)

    def some_are_back(self) -> bool:
        """Are points to be heard again that were blind when this was asked before?"""
        some, self._some_are_back = self._some_are_back, False
        return some

    def retire(self, command: RetireSource, actor: Actor, now: Instant) -> str:
        """A person says that a source will never come back; what came of it, in words."""
        source = self.known.get(command.source)
        if source is None:
            return f"No source {command.source} has announced itself; `cleanwatch source list` shows those that have."
        if source.online:
            return f"Source {command.source} is online; end it first, or it announces itself again."
        del self.known[command.source]
        self._alarms.draft.retire_source(source, self._alarms.site)
        self._alarms.draft.source_entry(now, actor, "source retired", source, reason=command.reason)
        alarm = self._alarms.of(of_source(command.source), Condition.SOURCE_LOST)
        if alarm is not None:
            self._alarms.close(alarm, now, f"{actor.name} has retired the source: {command.reason}")
        self._see_blind()
        return DONE

    def _due(self, source: KnownSource, listening_since: Instant) -> Instant:
        alarm = self._alarms.of(of_source(source.source), Condition.SOURCE_LOST)
        raised = alarm is not None and alarm.returned is None
        return sources.due(source, raised, listening_since) or NEVER

    def _is(self, source: KnownSource) -> None:
        self.known[source.source] = self._alarms.draft.sources[source.source] = source
        self._see_blind()

    def _see_blind(self) -> None:
        before = self.blind
        self.blind = {point for source in self.known.values() if source.lost is not None for point in source.points}
        self._some_are_back |= bool(before - self.blind)
