"""A small suite with something of everything that the API tells, people of every role, and an engine that answers."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app import asking
from app.context import AppContext
from app.limits import ALLOWANCES, Allowance, Kind
from app.live.hub import Hub
from app.server import Server, create_app
from app.sign_in.desk import Desk
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, MINUTE, Instant
from facility.limit import RoomState, Severity
from facility.plant_events import BatchStarted, RoomStateSet
from facility.reading import Reading, Reason
from facility.roles import RIGHTS, Right, Role
from storage.records import alarms, batches, commands, revisions, room_states
from storage.records.commands import DONE, Acknowledge
from storage.records.database import Records
from storage.records.people import accounts, api_tokens
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.app.parts import NOON, Time, publish_beat, publish_reading, site
from tests.parts import free_port
from tests.people import ANN
from tests.records import open_records
from tests.signing_in import RULES

POINT = "B101.DP1"
ALARM = Alarm(
    POINT,
    "B101",
    Condition.LOW,
    Severity.ACTION,
    AlarmState.UNACKNOWLEDGED,
    onset=NOON - HOUR,
    raised=NOON - HOUR + MINUTE,
    value=9.5,
    limit=10.0,
    operator="<",
    worst=8.5,
    worst_at=NOON - HOUR + 2 * MINUTE,
)
PEOPLE = [role for role in Role if role is not Role.WALL]


@dataclass(frozen=True, slots=True)
class ApiWorld:
    """A server, and a token of somebody of each role with all rights of the role."""

    server: Flask
    address: str
    """Where it is served."""
    context: AppContext
    time: Time
    tokens: dict[Role, str]

    def token(self, role: Role, rights: frozenset[Right] | None = None, expires: Instant = NOON + DAY) -> str:
        """One more token of the person of a role."""
        with self.context.records.transaction() as connection:
            allowed = RIGHTS[role] if rights is None else rights
            return api_tokens.make(connection, NOON, ANN, account_of(role), "test", allowed, expires)


def account_of(role: Role) -> str:
    return f"the.{role.value.lower()}"


@contextmanager
def api_world(folder: Path, allowances: Mapping[Kind, Allowance] = ALLOWANCES) -> Iterator[ApiWorld]:
    """Everything running; times are around NOON, and stand."""
    time, suite = Time(), site()
    with (
        closing(open_records(folder / "records.db", time)) as records,
        closing(LocalStore.open(folder / "samples.db", time)) as samples,
    ):
        _fill(records)
        samples.append([_intake()])
        hub = Hub(lambda: suite, time)
        publish_beat(hub, NOON)
        publish_reading(hub, POINT, 44.0, NOON)
        publish_reading(hub, "B102.T1", 21.0, NOON - 10 * MINUTE, "suspect")
        hub.refresh()
        context = AppContext(
            lambda: suite, samples, records, hub, lambda: asking.person(context), time, desk=Desk(RULES)
        )
        app = create_app(context, allowances)
        port = free_port()
        world = ApiWorld(app.server, f"http://127.0.0.1:{port}", context, time, {})
        world.tokens.update({role: world.token(role) for role in PEOPLE})
        with _engine(records), _served(Server(app, context, port)):
            yield world


@contextmanager
def _served(server: Server) -> Iterator[None]:
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


def _intake() -> Intake:
    readings = [
        Reading(POINT, NOON - (30 - n) * MINUTE, 40.0 + n, Reason.FLOW_OFF if n == 3 else 0, NOON, sequence=n)
        for n in range(30)
    ]
    bad = Reading(POINT, NOON, float("nan"), Reason.SENSOR_FAULT, NOON)
    return Intake("test", [*readings, bad])


def _fill(records: Records) -> None:
    with records.transaction() as connection:
        for role in PEOPLE:
            accounts.make(connection, NOON, ANN, account_of(role), name=f"The {role.value}", role=role)
        answered = Acknowledgement("ann", NOON - DAY, "Door was open", Severity.ALERT)
        over = Alarm(
            "B102.T1",
            "B102",
            Condition.HIGH,
            Severity.ALERT,
            AlarmState.NORMAL,
            onset=NOON - DAY - HOUR,
            raised=NOON - DAY - HOUR,
            returned=NOON - DAY,
            acknowledgements=(answered,),
        )
        alarms.save(connection, [ALARM, over])
        room_states.record(connection, RoomStateSet("B101", RoomState.IN_OPERATION, NOON - DAY, "BMS"), NOON)
        batches.record(connection, BatchStarted("CT-0042", "B101", NOON - HOUR, "MES"), NOON)
        revisions.add(
            connection, NOON, in_force_from=0, author=ANN, reason="first", text="site: {}", differences=["all new"]
        )


@contextmanager
def _engine(records: Records) -> Iterator[None]:
    """Applies what people decide; an acknowledgement of anything but an action alarm is refused."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.02):
            with records.reading() as connection:
                waiting = commands.waiting(connection)
            for command in waiting:
                wrong = isinstance(command.command, Acknowledge) and command.command.severity != Severity.ACTION
                with records.transaction() as connection:
                    commands.applied(connection, command.id, NOON, "it has risen to action" if wrong else DONE)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
