"""kill -9 of the collecting process under load: nothing lost, everything stored once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from facility.instants import system_clock
from storage.samples.local import LocalStore
from tests.brokers import BROKER_KINDS, BrokerKind, BrokerUnderTest, running_broker
from tests.collectors.senders import SOURCE, TOPIC, client_of, pressure_message, stored_numbers
from tests.waiting import wait_until

MESSAGES_A_ROUND = 1_500
KILLS = 2

PROGRAM = """
import sys
from pathlib import Path
from bus.client import Broker
from collectors.ingest import Collector
from facility.instants import system_clock
from storage.samples.local import LocalStore
from tests.collectors.plant import SITE

store = LocalStore.open(Path(sys.argv[2]), system_clock)
collector = Collector(Broker(port=int(sys.argv[1])), SITE, store, system_clock)
collector.start()
collector.wait_connected(30)
print("collecting", flush=True)
sys.stdin.read()
collector.stop()
"""


@contextmanager
def collecting_process(broker: BrokerUnderTest, samples: Path) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [sys.executable, "-c", PROGRAM, str(broker.address.port), str(samples)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == b"collecting\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("kind", BROKER_KINDS)
def test_killing_the_collector_under_load_loses_nothing_and_stores_nothing_twice(
    kind: BrokerKind, tmp_path: Path
) -> None:
    samples = tmp_path / "samples.db"
    sent = 0
    left_behind = []
    with running_broker(kind, tmp_path) as broker, client_of(broker, "gw") as (gateway, _):
        for _ in range(KILLS):
            with collecting_process(broker, samples) as process, reading(samples) as store:
                before = received(store)
                for _ in range(MESSAGES_A_ROUND):
                    gateway.publish(TOPIC, pressure_message(sent))
                    sent += 1
                while received(store) == before:
                    pass
                process.send_signal(signal.SIGKILL)
                process.wait()
                left_behind.append(sent - received(store))
        with collecting_process(broker, samples), reading(samples) as store:
            wait_until(lambda: stored_numbers(store) == list(range(sent)))
            (balance,) = store.balance()
    assert any(left_behind), "at least one kill came under load"
    assert balance.source == SOURCE
    assert (balance.stored, balance.conflicting, balance.dead_lettered) == (sent, 0, 0)


@contextmanager
def reading(samples: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(samples, system_clock, read_only=True)
    try:
        yield store
    finally:
        store.close()


def received(store: LocalStore) -> int:
    return sum(balance.received for balance in store.balance())
