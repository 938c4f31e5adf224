"""A time line that is told step by step and lived through by the real store, the real records and the real engine.

story.at("00:00").reads(8)
story.at("00:30")
assert story.alarm(LOW).state is UNACKNOWLEDGED
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from alerts.engine import Engine
from alerts.replay.as_it_happened import Unlike, live_again, record_of, unlike
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.limit import RoomState, Severity
from facility.people import Actor
from facility.plant_events import PlantEvent, RoomStateSet
from facility.reading import Reading
from facility.site import Area, Grade, Instrument, Point, Rectangle, Room, Site
from storage.records import alarms, commands
from storage.records.alarms import AlarmFilter
from storage.records.commands import Acknowledge, Command, Reset
from storage.records.database import Records
from storage.records.trail import agreement, audit
from storage.records.trail.audit import AuditFilter, AuditRow
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.records import open_records

MIDNIGHT: Instant = 20_000 * DAY
STEPS = 10
"""So many steps the engine is given while time passes from one moment to the next."""


def site_of(*points: Point) -> Site:
    """A grade B room with a grade A workstation inside, and these points."""
    rooms = [Room("B101", "Filling", "suite", Grade.B, Rectangle(0, 0, 4, 4))]
    rooms.append(Room("A101", "Workstation", "suite", Grade.A, Rectangle(1, 1, 1, 1), inside="B101"))
    return Site(
        id="demo",
        name="Demo",
        timezone="Europe/Zurich",
        areas=(Area("suite", "Suite"),),
        rooms={room.id: room for room in rooms},
        doors=(),
        instruments={p.instrument: Instrument(p.instrument, p.name, p.room, None, None, 10 * SECOND) for p in points},
        points={p.id: p for p in points},
        cascade=(),
    )


class Story:
    """Everything happens at the moment that `at` has come to. Readings are of the first point unless named."""

    def __init__(self, folder: Path, *points: Point, records: str | None = None, store: Path | None = None) -> None:
        self.now = MIDNIGHT
        self.site = site_of(*points)
        self._has_changed = False
        """Is the site another one by now, which no revision tells?"""
        self.store = LocalStore.open(store or folder / "store.db", self.clock)
        self.records = (
            Records.open(records, self.clock) if records else open_records(folder / "records.db", self.clock)
        )
        self.engine = Engine(self.site, self.store, self.records, self.clock)
        self.engine.step(0)

    def clock(self) -> Instant:
        return self.now

    def close(self) -> None:
        with self.records.reading() as connection:
            assert list(agreement.check(connection)) == []
        if not self._has_changed:
            assert self.unlike() == []
        self.store.close()
        self.records.close()

    def unlike(self) -> list[Unlike]:
        """What is told otherwise where the past is lived through again."""
        with self.records.reading() as connection:
            record = record_of(connection, self.site)
        return list(unlike(record, live_again(record, self.site, self.store, self.records)))

    def at(self, moment: str) -> Self:
        """Let time pass until then: minutes and seconds, or hours too."""
        until = instant(moment)
        step = max(SECOND, (until - self.now) // STEPS)
        while self.now < until:
            self.now = min(until, self.now + step)
            self.engine.step(0)
        return self

    def reads(self, value: float, point: str | None = None, *, stamped: str | None = None, reasons: int = 0) -> Self:
        """A reading arrives now; its own time is now as well, unless `stamped` says otherwise."""
        name = point or next(iter(self.site.points))
        time = self.now if stamped is None else instant(stamped)
        return self.receives(Reading(name, time, value, reasons, self.now))

    def receives(self, *readings: Reading, events: Sequence[PlantEvent] = ()) -> Self:
        """One commit."""
        self.store.append([Intake("test", readings, events)])
        self.engine.step(0)
        return self

    def room_becomes(self, state: RoomState, room: str = "B101", *, since: str | None = None) -> Self:
        time = self.now if since is None else instant(since)
        return self.receives(events=[RoomStateSet(room, state, time, "BMS")])

    def acknowledges(
        self, alarm: Alarm, comment: str = "seen", by: str = "Ada Muster", seen: Severity | None = None
    ) -> str:
        """What comes of a person's acknowledgement."""
        return self.asks(Acknowledge(alarm.id, alarm.severity if seen is None else seen, comment), by)

    def resets(self, alarm: Alarm, comment: str = "back to normal", by: str = "Ada Muster") -> str:
        """What comes of a person's reset of a latched alarm."""
        return self.asks(Reset(alarm.id, comment), by)

    def asks(self, command: Command, by: str) -> str:
        """What comes of what a person decides."""
        with self.records.transaction() as connection:
            id = commands.submit(connection, self.now, Actor(by), command)
        self.engine.step(0)
        with self.records.reading() as connection:
            outcome = commands.outcome(connection, id)
        assert outcome is not None
        return outcome

    def watches(self, *points: Point) -> Self:
        """The site file is another one from now on."""
        return self.uses(site_of(*points))

    def uses(self, site: Site) -> Self:
        """The site is this one from now on."""
        self.site, self._has_changed = site, True
        self.engine.use_site(self.site)
        self.engine.step(0)
        return self

    def restarts(self) -> Self:
        """The engine is gone without a word, and another one takes over."""
        self.engine = Engine(self.site, self.store, self.records, self.clock)
        self.engine.step(0)
        return self

    def alarms(self, condition: Condition | None = None, point: str | None = None) -> list[Alarm]:
        """Every alarm on record, oldest first."""
        wanted = AlarmFilter(conditions=[condition] if condition else [], points=[point] if point else [])
        with self.records.reading() as connection:
            return alarms.history(connection, wanted, limit=1000)[::-1]

    def alarm(self, condition: Condition, point: str | None = None) -> Alarm:
        """The one alarm of this condition."""
        found = self.alarms(condition, point)
        assert len(found) == 1, found
        return found[0]

    def standing(self) -> list[tuple[Condition, AlarmState]]:
        return [(alarm.condition, alarm.state) for alarm in self.alarms() if alarm.state is not AlarmState.NORMAL]

    def told(self) -> list[str]:
        """What the audit trail says about alarms, oldest first."""
        return [row.action for row in self.audit() if row.object.startswith("alarm ")]

    def audit(self) -> list[AuditRow]:
        with self.records.reading() as connection:
            assert audit.verify(connection) == []
            return audit.rows(connection, AuditFilter(), limit=10_000)[::-1]


def instant(moment: str) -> Instant:
    """`12:30` is twelve and a half minutes after midnight, `01:12:30` an hour more."""
    parts = [float(part) for part in moment.split(":")]
    spans = (MINUTE, SECOND) if len(parts) == 2 else (HOUR, MINUTE, SECOND)
    return MIDNIGHT + round(sum(part * span for part, span in zip(parts, spans, strict=True)))
