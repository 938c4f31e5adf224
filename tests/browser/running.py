"""A running app for browser tests: the real server, hub, stores and demo suite, fed by hand in place of a station."""

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from playwright.sync_api import BrowserContext

from alerts import excursions as grouping
from alerts.notices import alarm_notice, room_notice
from app.context import AppContext
from app.live.beginning import beginning
from app.live.hub import Hub
from app.scale import Bounds, yardstick
from app.server import Server, create_app
from app.sign_in import session_cookie
from app.sign_in.desk import Desk
from bus import topics
from bus.messages import CleanReading, StationBeat
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import DAY, MINUTE, Span, datetime_of, system_clock
from facility.limit import RoomState, Severity
from facility.plant_events import RoomStateSet
from facility.site import MAIN, Point
from facility.site_file import load_site
from storage.records import alarms, commands, excursions, room_states
from storage.records.commands import DONE, Acknowledge, SplitExcursion, WaitingCommand
from storage.records.excursions import Moved
from storage.samples.local import LocalStore
from tests.parts import free_port
from tests.people import MOREAU
from tests.records import open_records
from tests.signing_in import RULES, make_account, session_cookie_for

BEGAN: Span = 3 * DAY
"""So long ago the records were made."""
DEMO = Path(__file__).parents[2] / "sites" / "demo.yaml"
USER = MOREAU.name


class RunningApp:
    """The demo suite behind a real server. `reading`, `alarm` and `beat` are what the station would publish."""

    def __init__(self, folder: Path, port: int | None = None, most_viewers: int = 8) -> None:
        self.site = load_site(DEMO)
        self.records = open_records(folder / "records.db", lambda: system_clock() - BEGAN)
        self.samples = LocalStore.open(folder / "samples.db", system_clock)
        self.desk = Desk(RULES)
        make_account(self.records, system_clock, MOREAU)
        self.port = port or free_port()
        self.most_viewers = most_viewers
        self.beating = True
        self.beats = [MAIN]
        """The stations that are heard."""
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._beat), threading.Thread(target=self._engine)]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def let_in(self, browser: BrowserContext, account: str = MOREAU.account) -> None:
        """Sign in at this browser, without the page for it."""
        name, token = session_cookie_for(self.records, system_clock, account)
        browser.add_cookies([{"name": name, "value": token, "url": self.address}])

    @contextmanager
    def running(self) -> Iterator["RunningApp"]:
        """Serve until the end of the block."""
        self.start_server()
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            for thread in self._threads:
                thread.join()
            self.stop_server()
            with closing(self.samples), closing(self.records):
                pass

    def start_server(self) -> None:
        """Start the hub and the web server, as the app process does."""
        self.hub = Hub(lambda: self.site, system_clock, self.most_viewers)
        self.context = AppContext(
            lambda: self.site,
            self.samples,
            self.records,
            self.hub,
            lambda: session_cookie.person(self.context),
            system_clock,
            desk=self.desk,
        )
        self._server = Server(create_app(self.context), self.context, self.port)
        self.hub.begin_with(beginning(self.site, self.samples, self.records, system_clock))
        self.hub.start()
        self._serving = threading.Thread(target=self._server.serve)
        self._serving.start()

    def stop_server(self) -> None:
        """End every stream, and answer no more."""
        self._server.stop()
        self._serving.join()

    def reading(self, point: str, value: float, validity: str = "valid") -> None:
        """A reading of a point, taken now."""
        time = datetime_of(system_clock())
        reading = CleanReading(point, time, value, self.site.points[point].unit, validity, time)
        self.hub.take(topics.clean_reading(self.site.id, point), msgspec.json.encode(reading))

    def everything_normal(self) -> None:
        """A reading inside its limits from every point, and every room in operation."""
        for room in self.site.rooms:
            self.room_state(room)
        for point in self.site.points.values():
            self.reading(point.id, inside(point))

    def room_state(self, room: str) -> None:
        held = RoomStateSet(room, RoomState.IN_OPERATION, system_clock(), "plan")
        self.hub.take(topics.clean_room(self.site.id, room), room_notice(room, held, ()))

    def alarm(
        self,
        point: str,
        *,
        severity: Severity = Severity.ACTION,
        condition: Condition = Condition.HIGH,
        minutes: int = 2,
    ) -> Alarm:
        """A new alarm, on record and published, as the engine does it."""
        now = system_clock()
        limits = [
            limit
            for limit in yardstick(self.site.points[point], RoomState.IN_OPERATION).limits
            if limit.severity is severity and limit.side.value == condition.value
        ]
        limit = limits[0] if limits else None
        found = Alarm(
            point=point,
            room=self.site.points[point].room,
            condition=condition,
            severity=severity,
            state=AlarmState.UNACKNOWLEDGED,
            onset=now - minutes * MINUTE,
            raised=now,
            limit=limit.value if limit else None,
            operator=limit.operator if limit else None,
        )
        self.publish(found)
        return found

    def publish(self, alarm: Alarm) -> None:
        """An alarm as it is now, of a point or a source, on record and published."""
        with self.records.transaction() as connection:
            alarms.save(connection, [alarm])
        topic = topics.clean_alarm(self.site.id, alarm.point, alarm.condition)
        point = self.site.points.get(alarm.point)
        self.hub.take(topic, alarm_notice(alarm, point.unit if point else ""))

    def _beat(self) -> None:
        while not self._ended.wait(0.5):
            for station in self.beats if self.beating else []:
                beat = StationBeat(station, True, datetime_of(system_clock()), 1, 1, 1)
                self.hub.take(topics.station(self.site.id, station), msgspec.json.encode(beat))

    def _engine(self) -> None:
        """Applies what people decide; an acknowledgement with the word "refuse" in its comment is refused."""
        while not self._ended.wait(0.1):
            with self.records.reading() as connection:
                waiting = commands.waiting(connection)
            for command in waiting:
                if isinstance(command.command, RoomStateSet):
                    self._set(command.id, command.command)
                    continue
                if isinstance(command.command, SplitExcursion):
                    self._split(command, command.command)
                    continue
                if not isinstance(command.command, Acknowledge):
                    with self.records.transaction() as connection:
                        commands.applied(connection, command.id, system_clock(), DONE)
                    continue
                refused = "refuse" in command.command.comment
                with self.records.transaction() as connection:
                    outcome = "the alarm has risen to action meanwhile; look again" if refused else DONE
                    commands.applied(connection, command.id, system_clock(), outcome)
                    alarm = alarms.find(connection, command.command.alarm)
                if alarm is not None and not refused:
                    answer = Acknowledgement(
                        command.actor.name, system_clock(), command.command.comment, command.command.severity
                    )
                    self.publish(
                        dataclasses.replace(alarm, state=AlarmState.ACKNOWLEDGED, acknowledgements=(answer,))
                    )

    def _split(self, waiting: WaitingCommand, command: SplitExcursion) -> None:
        with self.records.transaction() as connection:
            known = {one.id: one for one in excursions.with_merged(connection, [command.excursion])}
            (whole,) = known
            split = grouping.split(known, whole, command.alarms, f"split/{waiting.id}", command.reason)
            moved = [Moved(system_clock(), waiting.actor, move) for move in split.moves]
            excursions.save(connection, split.excursions.values(), moved, self.site.timezone)
            commands.applied(connection, waiting.id, system_clock(), DONE)

    def _set(self, command: int, state: RoomStateSet) -> None:
        with self.records.transaction() as connection:
            room_states.record(connection, state, system_clock())
            commands.applied(connection, command, system_clock(), DONE)
        self.hub.take(topics.clean_room(self.site.id, state.room), room_notice(state.room, state, ()))


def inside(point: Point) -> float:
    """A value well inside the limits of a point."""
    bounds: Bounds = yardstick(point, None).bounds
    low, high = bounds.low, bounds.high
    if low is not None and high is not None:
        return (low + high) / 2
    if high is not None:
        return high * 0.2 if high > 0 else high - 20
    return low * 1.7 if low is not None else 20.0
