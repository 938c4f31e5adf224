"""What holds now: every point's watch, every room's state, the standing alarms; and how they follow events.

Nothing here reads a clock, a file or a socket. Events are told in the order of their stamps, and what they lead to
is noted in the draft: the same events lead to the same draft.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

from alerts.draft import Draft
from alerts.findings import Finding, Returned
from alerts.present_alarms import PresentAlarms
from alerts.present_excursions import PresentExcursions
from alerts.present_holds import PresentHolds
from alerts.present_sources import PresentSources
from alerts.present_tasks import PresentTasks
from alerts.reviews import SETTLING, Review, with_late
from alerts.rooms import RoomStates, within
from alerts.watch import Memory, Watch, encode
from facility.alarm import Alarm, room_of
from facility.excursion import Excursion
from facility.holds import Hold
from facility.instants import Instant
from facility.language import N_
from facility.limit import RoomState
from facility.people import CLEANWATCH, Actor
from facility.plant_events import PlantEvent, RoomStateSet, SourceHeard, SourceStatus
from facility.reading import Reading
from facility.site import Point, Site
from facility.site_part import watches
from storage.records.commands import (
    DONE,
    Acknowledge,
    ApproveShelving,
    EndHold,
    MergeExcursions,
    Reset,
    RetireSource,
    Shelve,
    SplitExcursion,
    TakeOutOfService,
    WaitingCommand,
)
from storage.records.sources import KnownSource
from storage.samples.commit import Commit

NEVER: Instant = 1 << 62


class Present:
    """The state of the site, or of the part of it that this station watches, as of the newest event.

    `now` is when listening begins: whoever was silent before is given until then plus its span of silence, so that
    a station that was down does not take its own silence for that of every instrument.
    """

    def __init__(
        self,
        site: Site,
        rooms: RoomStates,
        memories: Mapping[str, Memory],
        standing: Iterable[Alarm],
        known_sources: Iterable[KnownSource],
        now: Instant,
        holds: Iterable[Hold] = (),
        excursions: Iterable[Excursion] = (),
    ) -> None:
        self.rooms = rooms
        self.alarms = PresentAlarms(site, rooms, standing)
        self.sources = PresentSources(self.alarms, known_sources)
        self.holds = PresentHolds(self.alarms, holds)
        self.excursions = PresentExcursions(self.alarms, excursions)
        rooms_kept = {id: memory for id, memory in memories.items() if room_of(id) is not None}
        self.tasks = PresentTasks(self.alarms, rooms_kept)
        self.watches: dict[str, Watch] = {}
        self.reviewing: dict[str, Watch] = {}
        """The points whose past is to be judged again."""
        self._listening_since = now
        self._pending: dict[str, Watch] = {}
        """The points where a delay runs."""
        self._silence_due: Instant = NEVER
        """No point is silent for too long before this."""
        self._watch(site, memories, now)

    @property
    def draft(self) -> Draft:
        """What has been decided and is not yet on record."""
        return self.alarms.draft

    @draft.setter
    def draft(self, draft: Draft) -> None:
        self.alarms.draft = draft

    def use_site(self, site: Site, now: Instant) -> None:
        """Watch another site, or the same one changed; what is remembered of its points goes on."""
        self._watch(site, {id: watch.memory() for id, watch in self.watches.items()}, now)

    def begin_anew(self, listening_since: Instant) -> None:
        """As after a start that has taken up what was on record: silence is counted from then, for every point."""
        self.listen_from(listening_since)
        self.sources.heard_again.clear()
        self._silence_due = 0

    def listen_from(self, now: Instant) -> None:
        """Count silence from now on, as after a start: nobody can have been heard in a time that never was."""
        self._listening_since = now

    def advance(self, now: Instant) -> None:
        """Time has come to `now`: room states begin, what was shelved calls again, delays run out, points have been
        silent for too long."""
        while (due := min(self.rooms.due or NEVER, self.holds.due)) <= now:
            self._expire(due)
            self._rooms_become(self.rooms.at(due), due)
            self.holds.expire(due)
            self.excursions.settle(due)
        self._expire(now)
        self.excursions.settle(now)

    def take(self, commit: Commit) -> None:
        """A commit has come."""
        stamp = commit.stamp
        self.advance(stamp)
        for event in commit.events:
            self.happen(event, stamp)
        watches, pending = self.watches, self._pending
        for reading in commit.readings:
            watch = watches.get(reading.point)
            if watch is None:
                continue
            findings = watch.take(reading, stamp)
            if findings is None and not self._late_result(watch, reading, stamp):
                self._review(watch, reading.time, reading.time, stamp + SETTLING)
            elif findings is None:
                continue
            elif findings or not watch.quiet or reading.point in pending:
                self._found(watch, findings, stamp)
        for stretch in commit.backfilled:
            if stretch.point in watches:
                self._review(watches[stretch.point], stretch.start, stretch.end, stamp)
        self.excursions.settle(stamp)

    def happen(self, event: PlantEvent, stamp: Instant, actor: Actor | None = None) -> None:
        """The plant, or with `actor` a person, has said something beside readings."""
        match event:
            case SourceStatus():
                self.sources.says(event, stamp)
            case SourceHeard():
                self.sources.serves(event)
            case RoomStateSet():
                self.draft.events.append((stamp, event, actor))
                self._rooms_become(self.rooms.with_set(event, stamp), stamp)
            case _:
                self.draft.events.append((stamp, event, actor))
                if event.room in self.site.rooms:
                    self.draft.rooms.update(within(self.site, event.room))

    def apply(self, waiting: WaitingCommand, now: Instant) -> None:
        """A person has decided something; the outcome says what came of it."""
        command = waiting.command
        if isinstance(command, Acknowledge):
            outcome = self.alarms.acknowledge(command, waiting)
        elif isinstance(command, Reset):
            outcome = self.alarms.reset(command, waiting.actor, now)
        elif isinstance(command, Shelve | TakeOutOfService | ApproveShelving | EndHold):
            outcome = self.holds.apply(waiting.id, command, waiting.actor, now)
            self.tasks.expire(now)
        elif isinstance(command, MergeExcursions):
            outcome = self.excursions.merge(command, waiting.actor, now)
        elif isinstance(command, SplitExcursion):
            outcome = self.excursions.split(waiting.id, command, waiting.actor, now)
        elif isinstance(command, RetireSource):
            outcome = self.sources.retire(command, waiting.actor, now)
        elif command.room not in self.site.rooms:
            outcome = N_("There is no room {room}.").format(room=command.room)
        else:
            self.happen(msgspec.structs.replace(command, by=waiting.actor.name), now, waiting.actor)
            outcome = DONE
        self.excursions.settle(now)
        self.draft.outcomes.append((now, waiting.id, outcome))

    def reviewed(self, watch: Watch, review: Review, left_open: Review | None) -> None:
        """A stretch has been judged again; `left_open` is what is to be judged once more is known."""
        rest = tuple(other for other in watch.reviews if other != review)
        self._plan(watch, rest if left_open is None else (*rest, left_open))

    def announce(self, alarms: Iterable[Alarm]) -> None:
        """Publish alarms as they are: a broker that was started anew has forgotten what it retained."""
        self.draft.rooms.update(self.site.rooms)
        self.holds.publish()
        for alarm in alarms:
            self.draft.notice(alarm, self.site)

    def _watch(self, site: Site, memories: Mapping[str, Memory], now: Instant) -> None:
        self.site = site
        self.watches = {
            id: Watch(point, self._state_of(point), memories.get(id, Memory(heard=now)))
            for id, point in site.points.items()
        }
        for id in memories.keys() - site.points.keys():
            if watches(site, id) and room_of(id) is None:
                self.draft.memories[id] = encode(Memory(heard=now, judged=memories[id].judged))
        self.alarms.use_site(site, now)
        self.holds.use_site(site, now)
        self.sources.use_site(site)
        self._pending = {id: watch for id, watch in self.watches.items() if watch.state.due is not None}
        self.reviewing = {id: watch for id, watch in self.watches.items() if watch.reviews}
        self._silence_due = now
        self.draft.rooms = set(site.rooms)
        self.tasks.use_site(site, now)
        self.excursions.use_site(now)

    def _expire(self, now: Instant) -> None:
        """Everything that time alone brings about up to `now`, in the order in which it was due."""
        due = [(when, id) for id, watch in self._pending.items() if (when := watch.state.due or NEVER) <= now]
        for when, due_then in groupby(sorted(due), key=itemgetter(0)):
            for _, id in due_then:
                self._found(self.watches[id], self.watches[id].expire(now), now)
            # At the moment itself: what is explained, and since when, depends on no tick of the clock.
            self.excursions.settle(when)
        self.sources.expire(now, self._listening_since)
        if self.sources.some_are_back():
            self._silence_due = now
        if now >= self._silence_due:
            dues = [(self._silent_at(watch), id) for id, watch in self.watches.items()]
            self._silence_due = min((when for when, _ in dues if when > now), default=NEVER)
            for when, id in sorted(silent for silent in dues if silent[0] <= now):
                self._found(self.watches[id], [self.watches[id].fall_silent(when)], now)
        if now >= self.tasks.due:
            self.tasks.expire(now)

    def _found(self, watch: Watch, findings: Sequence[Finding], at: Instant) -> None:
        self._keep_time(watch)
        for finding in findings:
            self.alarms.follow(watch.point, finding, at)

    def _late_result(self, watch: Watch, reading: Reading, stamp: Instant) -> bool:
        """Does a plate that was read after one of a later sample call somebody? It says nothing of what holds now."""
        findings = watch.late_result(reading, stamp)
        for finding in findings:
            alarm = self.alarms.of(watch.point.id, finding.condition)
            self.alarms.follow(watch.point, finding, stamp)
            if alarm is None or alarm.returned is not None:
                self.alarms.follow(watch.point, Returned(finding.condition, stamp), stamp)
        return bool(findings)

    def _keep_time(self, watch: Watch) -> None:
        if watch.state.due is None:
            self._pending.pop(watch.point.id, None)
        else:
            self._pending[watch.point.id] = watch
        self._silence_due = min(self._silence_due, self._silent_at(watch))

    def _silent_at(self, watch: Watch) -> Instant:
        """When a point will have been silent for too long."""
        id = watch.point.id
        if id in self.sources.blind:
            return NEVER
        return watch.silence_due(max(self._listening_since, self.sources.heard_again.get(id, 0))) or NEVER

    def _rooms_become(self, rooms: RoomStates, now: Instant) -> None:
        before, self.rooms = self.rooms, rooms
        self.alarms.rooms = rooms
        some = False
        for room in self.site.rooms:
            held = rooms.of(self.site, room)
            if held != before.of(self.site, room):
                some = True
                self.draft.rooms.add(room)
                for point in self.site.points_by_room[room]:
                    watch = self.watches[point.id]
                    watch.judge_by(held.state if held else None)
                    self._keep_time(watch)
        if some:
            self.alarms.hold_back(now, CLEANWATCH, "the room is in another state")
            self.tasks.expire(now)

    def _state_of(self, point: Point) -> RoomState | None:
        held = self.rooms.of(self.site, point.room)
        return held.state if held else None

    def _review(self, watch: Watch, start: Instant, end: Instant, ready: Instant) -> None:
        self._plan(watch, with_late(watch.reviews, start, end, ready))

    def _plan(self, watch: Watch, reviews: tuple[Review, ...]) -> None:
        watch.plan(reviews)
        if reviews:
            self.reviewing[watch.point.id] = watch
        else:
            self.reviewing.pop(watch.point.id, None)
