"""100 times `kill -9` of the station while alarms rise and escalate: what of it was missed, and what came twice.

Each alarm is an event of its own, and calls the person of its area and, since nobody answers, the deputy 10 s later.
The readings go on while the station is dead: mosquitto keeps them for it.
"""

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec

from bench.station import SITE, environment, wait_until_it_beats
from bench.told import Layout, Receiver, add_people, receiver
from bus import topics
from bus.client import Broker, Client
from collectors.messages import ReadingsMessage, Value
from facility.instants import datetime_of, system_clock
from storage.records import alarms, notifications
from storage.records.database import Records
from storage.records.notifications import Delivery
from tests.brokers import mosquitto
from tests.parts import free_port

KILLS = 100
LONGEST_LIFE_SECONDS = 6.0
"""A station is killed at any moment up to this after its start, also while it starts."""
AREAS = 40
DEPUTY = AREAS
"""The person of an area is `person<area>`, its deputy so many further."""
A_SECOND, ALARM_EVERY = 20, 20
"""Readings a second, and how many of them to one that begins an alarm."""
INSIDE, OUTSIDE = 20.0, 30.0
REST_SECONDS = 120.0
"""Whatever is under way after the last kill has to have come to rest by then."""


def run(kills: int = KILLS, seed: int | None = None) -> list[tuple[str, str, str]]:
    """What was missed, and what came twice."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, receiver() as server:
        folder, port, ended = Path(name), free_port(), threading.Event()
        (folder / "site.yaml").write_text(LAYOUT.site_file)
        add_people(folder, server.port, 2 * AREAS, admitted=False)
        raised: list[str] = []
        sending = threading.Thread(target=_send, args=(Broker(port=port), raised, ended))
        with mosquitto(port, folder):
            station = _start(folder, port)
            wait_until_it_beats(Broker(port=port))
            sending.start()
            for _ in range(kills):
                time.sleep(chance.uniform(0.2, LONGEST_LIFE_SECONDS))
                station.kill()
                station.wait()
                station = _start(folder, port)
            ended.set()
            sending.join()
            with closing(Records.open(folder / "data" / "records.db", system_clock)) as records:
                _come_to_rest(records, len(raised))
                station.terminate()
                station.wait(30)
                return _rows(records, server, raised, kills)


def _layout() -> Layout:
    policies = "\n".join(
        f"    - {{id: p{area}, name: Area {area}, severities: [action], areas: [A{area}], rounds: 1, steps: "
        f"[{{people: [person{area}], wait: 10 s}}, {{people: [person{area + DEPUTY}], wait: 10 s}}]}}"
        for area in range(AREAS)
    )
    rules = f"excursions: {{same_room: 0 s, same_time: 0 s}}\non_call:\n  policies:\n{policies}"
    return Layout(areas=AREAS, rooms=25, points=1, rules=rules)


LAYOUT = _layout()


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "cleanwatch", "station"], env=environment(folder, port))


def _send(broker: Broker, raised: list[str], ended: threading.Event) -> None:
    """Every n-th reading begins an alarm at the next point; the others are of points that have none."""
    sender = Client(broker, "bench-sender")
    sender.start()
    sender.wait_connected(10)
    quiet, n = LAYOUT.areas * LAYOUT.rooms // 2, 0
    while not ended.wait(1 / A_SECOND) and len(raised) < quiet:
        begins = n % ALARM_EVERY == 0
        point = LAYOUT.point(len(raised) if begins else quiet + n % quiet)
        said = Value(point, datetime_of(system_clock()), OUTSIDE if begins else INSIDE)
        sender.publish(topics.source_readings(SITE, "bench"), msgspec.json.encode(ReadingsMessage(1, values=(said,))))
        if begins:
            raised.append(point)
        n += 1
    while sender.backlog:
        time.sleep(0.01)
    sender.stop()


def _come_to_rest(records: Records, alarms: int) -> None:
    """Every alarm has called both and nothing is to be sent; or the time is over, and the rows tell."""
    deadline = time.monotonic() + REST_SECONDS
    while time.monotonic() < deadline:
        time.sleep(1)
        found = _told(records)
        if len(found) >= 2 * alarms and not any(one.waiting for one in found):
            return


def _told(records: Records) -> list[Delivery]:
    with records.reading() as connection:
        return notifications.newest(connection, 100_000)


def _rows(records: Records, server: Receiver, raised: list[str], kills: int) -> list[tuple[str, str, str]]:
    with records.reading() as connection:
        on_record = Counter(alarm.point for alarm in alarms.every(connection))
    expected = {(point, account) for point in raised for account in _called(point)}
    taken = Counter((handed.to, handed.id) for handed in server.taken)
    handed: Counter[tuple[str, str]] = Counter()
    for one in _told(records):
        to = one.notification.recipient
        if (to.address, one.sent_with) in taken:
            handed.update((alarm.partition("/")[0], to.account) for alarm in one.notification.alarms)
    what = f"{kills} times kill -9 of the station while alarms rise and escalate:"
    twice = taken.total() - len(taken)
    return [
        (f"{what} alarms on record", f"{len(on_record & Counter(raised)):,} of {len(raised):,}", "all"),
        (f"{what} alarms that should not be", f"{(on_record - Counter(raised)).total()}", "0"),
        (f"{what} calls handed over", f"{len(expected & handed.keys()):,} of {len(expected):,}", "all"),
        (f"{what} calls made that should not be", f"{(handed - Counter(expected)).total()}", "0"),
        (f"{what} messages handed over again, of {len(taken):,}", f"{twice}", f"{kills} at most"),
    ]


def _called(point: str) -> tuple[str, str]:
    """Who is called for an alarm, one after the other."""
    area = int(point[1:].partition("-")[0])
    return f"person{area}", f"person{area + DEPUTY}"
