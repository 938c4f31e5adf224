"""The past lived through once more by the same engine, in the order in which it came.

Commits come again as they were handed over; what was not among them (since when silence counted, which revision held,
what people decided, when a stretch was judged again) is in the engine's journal. What comes out must be what is on
record; where it is not, `against_record` says every difference.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import Connection

from alerts import retrospect
from alerts.draft import Draft
from alerts.hindsight import JOINED_WITHIN
from alerts.past_sites import PastSites
from alerts.present import Present
from alerts.reviews import Review
from alerts.rooms import RoomStates, around
from facility.alarm import Alarm
from facility.excursion import Excursion
from facility.instants import DAY, Instant
from facility.site import Site
from facility.site_part import part, watches
from storage.records import alarm_steps, alarms, commands, engine_journal, engine_memory, excursions, room_states
from storage.records.commands import Command, MergeExcursions, SplitExcursion, WaitingCommand
from storage.records.database import Records
from storage.records.engine_journal import (
    Applied,
    Began,
    JournalEntry,
    Listened,
    ReviewBegun,
    ReviewContinued,
    SiteTaken,
)
from storage.samples.columns import Columns
from storage.samples.commit import Commit
from storage.samples.local import LocalStore

COLLECT_EVERY = 500
"""After so many commits what they led to is taken out of the engine's draft."""
COMMANDS_AT_ONCE = 500
END_OF_TIME: Instant = 1 << 62

Progress = Callable[[float], None]
"""Told the part that is done, 0 to 1; may raise, which ends the replay."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record of a station at one moment: what its engine was given beside commits, and what came of it.

    `judged` is the newest commit that is judged, `until` the moment to which time had come at least.
    Alarms that stood in `[start, end)` are held against the record.
    """

    station: str
    judged: int
    until: Instant
    journal: Sequence[JournalEntry]
    alarms: Sequence[Alarm]
    commands: dict[int, WaitingCommand]
    start: Instant
    end: Instant

    def asks_for(self, alarm: Alarm) -> bool:
        """Did the alarm stand in the period?"""
        return alarm.onset < self.end and (alarm.returned is None or alarm.returned >= self.start)


@dataclass(slots=True)
class Lived:
    """What the replay led to: alarms by id, over how many commits and readings, since when."""

    begins: Instant | None = None
    """None where there was nothing to replay."""
    complete: bool = False
    """Was it from the first commit on, with nothing known before?"""
    alarms: dict[str, Alarm] = field(default_factory=dict)
    commits: int = 0
    readings: int = 0


class NoJournalError(Exception):
    """There is nothing to replay: the engine has written no journal. Says so in words."""


def record_of(connection: Connection, present: Site, start: Instant = 0, end: Instant = END_OF_TIME) -> Record:
    """What is on record of the station that watches this part of a site, to be compared from `start` until `end`."""
    station = present.share.station
    journal = engine_journal.all(connection, station)
    steps = alarm_steps.newest_at(connection, station)
    ids = [entry.event.command for entry in journal if isinstance(entry.event, Applied)]
    decided: dict[int, WaitingCommand] = {}
    for first in range(0, len(ids), COMMANDS_AT_ONCE):
        decided |= commands.submitted(connection, ids[first : first + COMMANDS_AT_ONCE])
    return Record(
        station,
        engine_memory.checkpoint(connection, station),
        max((*(entry.at for entry in journal), steps or 0)),
        journal,
        [alarm for alarm in alarms.every(connection) if watches(present, alarm.point)],
        decided,
        start,
        end,
    )


def live_again(
    record: Record, present: Site, store: LocalStore, records: Records, progress: Progress = lambda _done: None
) -> Lived:
    """Everything that the store has kept of the past, from its first commit on, up to what is judged on record.

    Whatever period is asked for: what was pending when it began is on record nowhere, and the steps of its alarms are
    dated by their readings, so they do not say after which commit nothing more comes.

    `present` is the part of the site that the station watches now, for a past in which it had no revision. Raises
    NoJournalError.
    """
    if not record.journal:
        raise NoJournalError("The engine has no journal yet; start the station, which writes it from then on.")
    life = _Life(record, present, store, records)
    entries = iter(record.journal)
    entry = next(entries, None)
    for commit in store.commits():
        if commit.number > record.judged:
            break
        while entry is not None and entry.number < commit.number:
            life.meet(entry)
            entry = next(entries, None)
        life.take(commit)
        if life.lived.commits % COLLECT_EVERY == 0:
            progress(commit.number / record.judged)
    while entry is not None:
        life.meet(entry)
        entry = next(entries, None)
    life.advance(record.until)
    return life.lived


class _Life:
    """The engine's present, followed through the past."""

    def __init__(self, record: Record, present: Site, store: LocalStore, records: Records) -> None:
        self.lived = Lived()
        self._record = record
        self._site = present
        self._store = store
        self._records = records
        self._past = PastSites()
        self._present: Present | None = None
        self._excursions: dict[str, Excursion] = {}
        self._reviewed: Iterator[list[Alarm]] | None = None
        """What is found slice by slice in the stretch that is judged again."""
        self._known_until: Instant = 0
        self._number = 0

    def take(self, commit: Commit) -> None:
        """A commit comes; before the journal begins there was no engine."""
        if self._present is None:
            return
        self._present.take(commit)
        self.lived.commits += 1
        self.lived.readings += len(commit.readings)
        if self.lived.commits % COLLECT_EVERY == 0:
            self._collect(self._present)

    def advance(self, until: Instant) -> None:
        """Time has come to the end of what is on record."""
        if self._present is not None:
            self._present.advance(until)
            self._collect(self._present)

    def meet(self, entry: JournalEntry) -> None:
        """What the engine met after a commit."""
        if self._present is not None:
            self._present.advance(entry.come_to)
        match entry.event:
            case Began():
                self._begin(entry, entry.event)
            case _ if self._present is not None:
                self._go_on(self._present, entry)

    def _go_on(self, present: Present, entry: JournalEntry) -> None:
        match entry.event:
            case Listened(since=since):
                present.listen_from(since)
            case SiteTaken(revision=revision):
                present.use_site(self._site_of(revision), entry.at)
            case Applied(command=command):
                self._recall_named(present, self._record.commands[command].command)
                present.apply(self._record.commands[command], entry.at)
            case ReviewBegun():
                self._begin_review(present, entry, entry.event)
                self._review_slice(present, entry)
            case ReviewContinued():
                self._review_slice(present, entry)
        self._collect(present)

    def _begin(self, entry: JournalEntry, began: Began) -> None:
        site = self._site_of(began.revision)
        if self._present is None:
            self.lived.begins, self.lived.complete = entry.at, entry.number == 0
            with self._records.reading() as connection:
                timeline = room_states.timeline(
                    connection, list(site.rooms), entry.at, END_OF_TIME, known_at=entry.at
                )
            rooms = RoomStates({}, tuple(timeline)).at(entry.at)
            self._present = Present(site, rooms, {}, [], [], entry.at)
        elif site != self._present.site:
            self._present.use_site(site, entry.at)
        self._present.begin_anew(began.listening)

    def _begin_review(self, present: Present, entry: JournalEntry, begun: ReviewBegun) -> None:
        """A stretch is to be judged again, by what was stored and known at the time."""
        self._reviewed = None
        watch = present.watches.get(begun.point)
        if watch is None:
            return
        point, review = watch.point, Review(begun.start, begun.end, begun.ready, begun.left_open)
        with self._records.reading() as connection:
            described = self._past.described(
                connection, present.site, point, review.start - DAY, begun.known_until + 1
            )
            start = retrospect.first_moment(described, review)
            rooms = around(present.site, point.room)
            timeline = room_states.timeline(connection, rooms, start, begun.known_until + 1, known_at=entry.at)
        read = partial(self._as_known, point.id)
        self._reviewed = retrospect.alarms_of(described, review, begun.known_until, read, timeline)
        self._known_until = begun.known_until
        for planned in watch.reviews:  # the journal says what was judged when, whatever is planned here
            present.reviewed(watch, planned, None)

    def _review_slice(self, present: Present, entry: JournalEntry) -> None:
        if self._reviewed is None:
            return
        self._number = entry.number
        found = next(self._reviewed, None)
        if found:
            self._collect(present)
            on_record = self._overlapping(found)
            self._recall_around(present, found)
            for alarm in found:
                retrospect.put_on_record(present.alarms, alarm, on_record, entry.at)
            present.excursions.settle(entry.at)

    def _overlapping(self, found: Sequence[Alarm]) -> list[Alarm]:
        """The alarms of the point that stood while one of these did, newest first, as the records answer it."""
        start = min(alarm.onset for alarm in found)
        end = max(alarm.returned or self._known_until for alarm in found) + 1
        stood = (
            alarm
            for alarm in self.lived.alarms.values()
            if alarm.point == found[0].point
            and alarm.onset < end
            and (alarm.returned is None or alarm.returned > start)
        )
        return sorted(stood, key=lambda alarm: (alarm.raised, alarm.id), reverse=True)

    def _recall_around(self, present: Present, found: Sequence[Alarm]) -> None:
        """The excursions that these alarms may be part of."""
        start = min(alarm.onset for alarm in found) - JOINED_WITHIN
        end = max(alarm.returned or self._known_until for alarm in found) + JOINED_WITHIN
        present.excursions.recall(
            self._as_of_now(excursion)
            for excursion in self._excursions.values()
            if excursion.merged_into is None
            and excursion.onset < end
            and (excursion.returned is None or excursion.returned >= start)
        )

    def _recall_named(self, present: Present, command: Command) -> None:
        """The excursions that a person names by the numbers that they have on record."""
        if isinstance(command, MergeExcursions | SplitExcursion):
            into = [command.into] if isinstance(command, MergeExcursions) else []
            with self._records.reading() as connection:
                named = excursions.with_merged(connection, [command.excursion, *into], self._record.station)
            present.excursions.recall(
                replace(self._as_of_now(self._excursions[one.id]), number=one.number)
                for one in named
                if one.id in self._excursions
            )

    def _as_of_now(self, excursion: Excursion) -> Excursion:
        alarms = {id: self.lived.alarms.get(id, alarm) for id, alarm in excursion.alarms.items()}
        return replace(excursion, alarms=alarms)

    def _as_known(self, point: str, start: Instant, end: Instant) -> Columns:
        """What had come by the commit after which the slice is judged."""
        found = self._store.numbered(point, start, end)
        return found.take(found.number <= self._number)

    def _site_of(self, revision: int | None) -> Site:
        if revision is None:
            return self._site
        with self._records.reading() as connection:
            return part(self._past.site(connection, revision), self._record.station)

    def _collect(self, present: Present) -> None:
        if present.draft.alarms:
            self.lived.alarms.update(present.draft.alarms)
        self._excursions.update(present.draft.excursions)
        present.draft = Draft()


@dataclass(frozen=True, slots=True)
class Unlike:
    """One way in which record and replay differ: of which alarm, in what, and what either says."""

    alarm: str
    what: str
    on_record: str
    replayed: str


def unlike(record: Record, lived: Lived) -> Iterator[Unlike]:
    """Every difference between the alarms on record and those of a replay in the period asked for, by onset.

    Where the replay could not begin with the first commit, what began before it is left out.
    """
    since = 0 if lived.complete else lived.begins or END_OF_TIME
    recorded = {alarm.id: alarm for alarm in record.alarms}
    every = {
        alarm.id: alarm
        for alarm in (*recorded.values(), *lived.alarms.values())
        if alarm.onset >= since and record.asks_for(alarm)
    }
    for id in sorted(every, key=lambda id: (every[id].onset, id)):
        one, other = recorded.get(id), lived.alarms.get(id)
        if one is None or other is None:
            yield Unlike(id, "alarm", "none" if one is None else one.state, "none" if other is None else other.state)
            continue
        for name in Alarm.__dataclass_fields__:
            said, again = getattr(one, name), getattr(other, name)
            if said != again:
                yield Unlike(id, name.replace("_", " "), str(said), str(again))
