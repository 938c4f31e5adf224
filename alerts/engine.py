"""The engine: follows the local store, judges every commit, and puts on record what came of it.

One transaction holds alarms, audit rows, outbox rows, memory and checkpoint: at once when anything happened,
otherwise once a second. A restart loads them and follows on.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from alerts import draft
from alerts.draft import Draft
from alerts.hindsight import JOINED_WITHIN, Hindsight
from alerts.present import Present
from alerts.rooms import RoomStates
from alerts.watch import decode, encode
from facility.alarm import AlarmState, of_source
from facility.instants import DAY, SECOND, Clock, Instant, Span
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from facility.site import Site
from facility.site_part import watches
from storage.records import (
    alarm_steps,
    commands,
    engine_journal,
    engine_memory,
    excursions,
    holds,
    revisions,
    room_states,
    station_claims,
)
from storage.records import alarms as alarm_records
from storage.records import sources as source_records
from storage.records.alarms import AlarmFilter
from storage.records.commands import (
    Acknowledge,
    ApproveShelving,
    Command,
    EndHold,
    MergeExcursions,
    PlaceCommand,
    Reset,
    RetireSource,
    Shelve,
    SplitExcursion,
    TakeOutOfService,
)
from storage.records.database import Records
from storage.records.engine_journal import (
    Applied,
    Began,
    Event,
    JournalEntry,
    Listened,
    SiteTaken,
)
from storage.records.station_claims import Claim
from storage.samples.local import LocalStore

FOLLOWER = "engine"
MOST_COMMITS = 200
"""So many commits are judged before what they led to is written."""
MOST_STEPS = 100
"""So many steps of alarms wait for that, and some more: in a flood the first alarms are not to wait for the last."""
SAVE_EVERY: Span = SECOND
RENEW_EVERY: Span = 5 * SECOND
LOOK_EVERY: Span = SECOND // 20
"""While commits come one after the other, people's commands are looked for this often, not after each."""
END_OF_TIME: Instant = 1 << 62


class Engine:
    """Use it from one thread: `step` again and again. Only what says so may be called from another."""

    def __init__(
        self, site: Site, store: LocalStore, records: Records, clock: Clock, claim: Claim | None = None
    ) -> None:
        """Load what is on record, and follow the store from there.

        With a claim every transaction renews it, and `step` raises ClaimLostError once another process is this
        station. Raises MemoryNotUsableError, and what `LocalStore.follow` raises.
        """
        self._site = self._next_site = site
        self._store = store
        self._records = records
        self._clock = clock
        self._claim = claim
        self._listening_since = clock()
        self._hindsight = Hindsight(store, records)
        self._journal: list[JournalEntry] = []
        """What is not in the store, decides, and is not yet on record."""
        self._looked_at = clock()
        """When people's commands were looked for last."""
        self._announced = False
        """Is what stood at the start, or came with another site, on record as published?"""
        self._must_load = False
        """Set while a step is under way: after one that failed, only what is on record is sure."""
        self.on_steps: Callable[[], object] = lambda: None
        """Called when steps that alarms have taken are on record."""
        self.written = 0
        """How often something was put on record that is to be published."""
        self._load()

    def _load(self) -> None:
        """Take up what is on record."""
        now = self._clock()
        with self._records.reading() as connection:
            on_record = engine_memory.checkpoint(connection, self._site.share.station)
            self._judged = self._saved = on_record or self._store.passed(FOLLOWER) or 0
            stored = engine_memory.load(connection)
            memories = {id: decode(memory) for id, memory in stored.items() if self._watches(id)}
            last = max((memory.heard for memory in memories.values()), default=now)
            timeline = room_states.timeline(connection, list(self._site.rooms), last, END_OF_TIME)
            standing = [alarm for alarm in alarm_records.standing(connection) if self._watches(alarm.point)]
            put_aside = [hold for hold in holds.open(connection) if self._watches(hold.of)]
            station, standing_ids = self._site.share.station, [alarm.id for alarm in standing]
            going_on = excursions.recent(connection, min(now, last) - JOINED_WITHIN, station, standing_ids)
            sources = [s for s in source_records.all(connection) if self._watches(of_source(s.source))]
            over = AlarmFilter(states=[AlarmState.NORMAL], start=now - DAY, retrospective=False)
            ended = alarm_records.history(connection, over, limit=1000)
            just_over = [alarm for alarm in ended if self._watches(alarm.point)]
            revision = revisions.number_of_text(connection, self._site.text, now)
            self._come_to = alarm_steps.newest_at(connection, self._site.share.station) or 0
        rooms = RoomStates({}, tuple(timeline)).at(last)
        self._present = Present(self._site, rooms, memories, standing, sources, now, put_aside, going_on)
        self._present.listen_from(self._listening_since)
        if self._announced:
            self._present.draft.rooms.clear()
        else:
            self._present.announce([*reversed(just_over), *standing])
        self._follower = self._store.follow(FOLLOWER, self._judged)
        self._saved_at = now
        self._hindsight.forget()
        self._journal = []
        self._note(now, Began(revision, self._listening_since))

    @property
    def judged(self) -> int:
        """The number of the newest commit whose outcome is on record."""
        return self._saved

    @property
    def reviewing(self) -> int:
        """At how many points something of the past is still to be judged again."""
        return len(self._present.reviewing)

    def use_site(self, site: Site) -> None:
        """Watch this site from the next step on. From any thread."""
        self._next_site = site

    def clock_set_forward(self, now: Instant) -> None:
        """The clock that this engine reads is about to say `now`, a leap: no point was silent meanwhile.

        From any thread, before anyone is told the new time. Set back, the clock tells no earlier time: then nothing
        changes.
        """
        self._listening_since = max(self._listening_since, now)
        self._present.listen_from(self._listening_since)
        self._note(now, Listened(self._listening_since))

    def step(self, timeout: float) -> None:
        """Judge the commits that are there, waiting up to `timeout` seconds for one, and write what they led to.

        Where nothing comes, a slice of the past is judged instead. Where it raises (a disk is full, the records are
        away) nothing is forgotten: call it again. It then begins with what is on record, because a transaction whose
        answer was lost may have been committed or not.
        """
        if self._must_load:
            self._load()
        self._must_load = True
        self._take_site()
        number = self._judged
        behind = self._hindsight.waits(self._present, self._clock())
        commit = self._follower.next(0 if behind else timeout)
        while commit is not None:
            self._present.take(commit)
            self._judged, self._come_to = commit.number, commit.stamp
            if self._judged >= number + MOST_COMMITS or len(self._present.draft.steps) >= MOST_STEPS:
                break
            commit = self._follower.next(0)
        now = self._clock()
        if commit is None:
            self._present.advance(now)
            self._come_to = now
        if self._judged == number or not 0 <= now - self._looked_at < LOOK_EVERY:
            self._obey(now)
        self._save(now)
        if self._judged == number and self._hindsight.waits(self._present, now):
            self._note(now, self._hindsight.judge_slice(self._present, now))
            self._save(now)
        self._must_load = False

    def _note(self, now: Instant, event: Event) -> None:
        """Something decides that is not in the store."""
        self._journal.append(JournalEntry(self._judged, now, self._come_to, event))

    def _watches(self, id: str) -> bool:
        return watches(self._site, id)

    def _take_site(self) -> None:
        if self._next_site is self._site:
            return
        now, others = self._clock(), self._site.share.elsewhere
        self._hindsight.forget()
        if any(watches(self._next_site, id) for id in others):
            # Another station has watched this until now: what it put on record goes on here.
            self._save(now)
            self._site, self._announced = self._next_site, False
            self._load()
        else:
            self._site, self._announced = self._next_site, False
            self._present.use_site(self._site, now)
            with self._records.reading() as connection:
                revision = revisions.number_of_text(connection, self._site.text, now)
            self._note(now, SiteTaken(revision))

    def _obey(self, now: Instant) -> None:
        """Do what people want."""
        self._looked_at = now
        with self._records.reading() as connection:
            waiting = [c for c in commands.waiting(connection) if self._decides(connection, c.command)]
        noted = {id for _, id, _ in self._present.draft.outcomes}
        for command in waiting:
            if command.id not in noted:
                self._recall(command.command)
                self._present.apply(command, now)
                self._note(now, Applied(command.id))

    def _decides(self, connection: Connection, command: Command) -> bool:
        """Is a command for this station?"""
        if isinstance(command, MergeExcursions | SplitExcursion):
            station = excursions.station_of(connection, command.excursion)
            return station == self._site.share.station or (station is None and self._site.share.leads)
        return self._watches(_of(command))

    def _recall(self, command: Command) -> None:
        """Excursions that a person names may be of the past."""
        if isinstance(command, MergeExcursions | SplitExcursion):
            into = [command.into] if isinstance(command, MergeExcursions) else []
            with self._records.reading() as connection:
                named = excursions.with_merged(connection, [command.excursion, *into], self._site.share.station)
            self._present.excursions.recall(named)

    def _save(self, now: Instant) -> None:
        present = self._present
        if not present.draft.urgent and 0 <= now - self._saved_at < SAVE_EVERY:
            return
        changed = [watch for watch in present.watches.values() if watch.changed]
        if not present.draft.urgent and not changed and self._judged == self._saved:
            self._renew_claim(now)
            return
        memories = {watch.point.id: encode(watch.memory()) for watch in changed}
        with self._records.transaction() as connection:
            if self._claim is not None:
                station_claims.renew(connection, self._claim, now)
            draft.write(connection, present.draft, present.site, present.rooms, memories, self._judged, now)
            journal = list(self._journal)
            engine_journal.add(connection, journal, present.site.share.station)
        self.written += bool(present.draft.notices or present.draft.rooms)
        if present.draft.steps:
            self.on_steps()
        present.draft = Draft()
        del self._journal[: len(journal)]
        for watch in changed:
            watch.changed = False
        self._saved, self._saved_at, self._announced = self._judged, now, True
        self._follower.passed(self._saved)

    def _renew_claim(self, now: Instant) -> None:
        """Also while nothing is to be written."""
        if self._claim is not None and not 0 <= now - self._saved_at < RENEW_EVERY:
            with self._records.transaction() as connection:
                station_claims.renew(connection, self._claim, now)
            self._saved_at = now


def _of(command: PlaceCommand) -> str:
    """What a command is about, as `watches` knows it: a point, a room, a source."""
    match command:
        case Acknowledge(alarm=alarm) | Reset(alarm=alarm):
            return alarm.split("/")[0]
        case Shelve(of=place) | TakeOutOfService(of=place) | ApproveShelving(of=place) | EndHold(of=place):
            return place
        case RetireSource(source=source):
            return of_source(source)
        case RoomStateSet(room=room) | BatchStarted(room=room) | BatchEnded(room=room):
            return room
