"""One run of the proof: everything is started, troubled, left alone until it has come to rest, and counted."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from sqlalchemy.exc import SQLAlchemyError

from facility.instants import SECOND, system_clock
from storage.records import outbox
from storage.records.errors import RecordsError
from storage.samples.history import BACKLOG
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.crash.proof import count, gateway, told
from tests.crash.proof.count import AlarmsFound, Balances, Kept
from tests.crash.proof.faults import Fault, Kind
from tests.crash.proof.plan import Plan
from tests.crash.proof.told import AuditFound, OutboxFound
from tests.crash.proof.world import DATABASE, World

STARTING_SECONDS = 3
"""Between the start of the parts and the first reading."""
REST_SECONDS = 600
"""Everything has to have come to rest so long after the last fault."""
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    plan: Plan
    faults: Sequence[Fault]
    rested_after: float
    """Seconds from the last reading until all of it was stored, judged and told."""
    ended: Counter[str]
    local: Kept
    influx: Kept
    balances: Balances
    alarms: AlarmsFound
    audit: AuditFound
    outbox: OutboxFound
    app_answers: bool

    @property
    def failures(self) -> list[str]:
        """What is not as it must be, in words; empty where the proof holds."""
        sent = self.plan.readings
        must = {
            "readings lost (local store)": (self.local.lost, 0),
            "readings stored twice (local store)": (self.local.twice, 0),
            "readings with a wrong value (local store)": (self.local.wrong, 0),
            "readings lost (InfluxDB)": (self.influx.lost, 0),
            "readings stored twice (InfluxDB)": (self.influx.twice, 0),
            "readings with a wrong value (InfluxDB)": (self.influx.wrong, 0),
            "readings stored, by the balance": (self.balances.stored, sent),
            "conflicting readings": (self.balances.conflicting, 0),
            "dead letters": (self.balances.dead_lettered, 0),
            "alarms missing": (len(self.alarms.missing), 0),
            "alarms that should not be": (len(self.alarms.surplus), 0),
            "audit rows that are wrong": (len(self.audit.wrong), 0),
            "breaks in the audit chain": (len(self.audit.broken), 0),
            "outbox rows": (self.outbox.rows, self.outbox.expected),
            "outbox rows that are wrong": (len(self.outbox.wrong), 0),
            "outbox rows not sent": (self.outbox.unsent, 0),
            "the app answers": (self.app_answers, True),
        }
        return [f"{what}: {is_} instead of {should}" for what, (is_, should) in must.items() if is_ != should]


def run(folder: Path, plan: Plan, faults: Sequence[Fault], say: Callable[[str], None]) -> Outcome:
    """Run it. Raises TimeoutError where it does not come to rest."""
    expected = count.expected_alarms(plan)
    world = World(folder, plan)
    with world.running():
        last = plan.start + plan.numbers * SECOND
        _trouble(world, faults, say)
        while system_clock() < last:
            time.sleep(LOOK_SECONDS)
        _come_to_rest(world, say)
        rested_after = (system_clock() - last) / SECOND
        return _counted(world, faults, expected, rested_after)


def _trouble(world: World, faults: Sequence[Fault], say: Callable[[str], None]) -> None:
    """Let the faults happen, each in its time."""
    moments = [(fault.at, 0, fault) for fault in faults] + [(fault.at + fault.seconds, 1, fault) for fault in faults]
    with ThreadPoolExecutor(len(world.parts)) as pool:
        ending = []
        for at, over, fault in sorted(moments, key=lambda moment: moment[:2]):
            time.sleep(max(0.0, world.plan.start / SECOND + at - time.time()))
            if over:
                ending.append(pool.submit(world.undo, fault))
            else:
                say(f"{at:7.1f} s  {fault.kind:9} {', '.join(fault.targets)} for {fault.seconds:.1f} s")
                world.do(fault)
        for future in ending:
            future.result()


def _come_to_rest(world: World, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + REST_SECONDS
    said = ""
    while missing := _not_yet(world):
        if missing != said:
            say(f"waiting: {missing}")
            said = missing
        if time.monotonic() > deadline:
            raise TimeoutError(f"not at rest after {REST_SECONDS} s: {missing}; the logs are in {world.folder}/logs")
        time.sleep(LOOK_SECONDS)


def _not_yet(world: World) -> str:
    """What is still to happen; empty when everything has come to rest."""
    plan = world.plan
    to_send = sum(plan.messages_of(source) - gateway.done(world.outboxes, source) for source in plan.sources)
    if to_send:
        return "messages to be sent"
    try:
        if any(gateway.waiting(world.outboxes, source) for source in plan.sources):
            return "outboxes of the gateways to be acknowledged"
        with ExitStack() as stack:
            if unjudged := count.to_be_judged(world.data / "samples.db", world.records):
                return unjudged
            with world.records.reading() as connection:
                if outbox.waiting(connection, limit=1):
                    return "notices to be sent"
            store = stack.enter_context(closing(_store(world)))
            progress = store.progress(BACKLOG)
            if progress is None or progress.waiting:
                return "readings to be forwarded to InfluxDB"
    except (sqlite.Error, SQLAlchemyError, RecordsError) as error:
        return f"an answer: {error}"
    return "" if _answers(world.web_port) else "the app to answer"


def _counted(world: World, faults: Sequence[Fault], expected: Sequence[count.Told], rested_after: float) -> Outcome:
    with ExitStack() as stack:
        store = stack.enter_context(closing(_store(world)))
        alarms = count.alarms_found(world.records, expected)
        return Outcome(
            plan=world.plan,
            faults=faults,
            rested_after=rested_after,
            ended=world.ended,
            local=count.kept_in(store, world.plan),
            influx=count.kept_in_influx(world.influx, DATABASE, world.plan),
            balances=count.balances(store),
            alarms=alarms,
            audit=told.audit_found(world.records, expected),
            outbox=told.outbox_found(world.records, len(world.plan.site.rooms)),
            app_answers=_answers(world.web_port),
        )


def _store(world: World) -> LocalStore:
    return LocalStore.open(world.data / "samples.db", system_clock, read_only=True)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def times_of(faults: Sequence[Fault], kind: Kind) -> Counter[str]:
    """How often each target met with this."""
    return Counter(target for fault in faults if fault.kind is kind for target in fault.targets)
