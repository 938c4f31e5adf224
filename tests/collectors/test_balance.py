"""At any moment, whatever happens: received = stored + repeated + conflicting + dead-lettered + pending."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bus.client import Broker, Message
from collectors.ingest import Collector
from facility.instants import system_clock
from storage.samples.commit import Commit, Intake
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.collectors.plant import SITE
from tests.collectors.senders import SOURCE, TOPIC, pressure_message

OTHER, NOWHERE = "gw2", "unknown source"
TOPICS = {TOPIC: SOURCE, TOPIC.replace(SOURCE, OTHER): OTHER, "x": NOWHERE}
SENT = st.builds(pressure_message, st.integers(0, 9), st.sampled_from([1.0, 2.0, 1e9]), st.sampled_from([None, 1, 2]))
RUBBISH = st.binary(max_size=30)
MOST = 40


class UnsureStore:
    """The store, whose next commit may fail: before it is made, or after, when nobody has heard that it was."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self.fails = ""

    def append(self, intakes: Sequence[Intake]) -> Commit:
        fails, self.fails = self.fails, ""
        if fails == "before":
            raise sqlite.OperationalError("database or disk is full")
        commit = self._store.append(intakes)
        if fails == "after":
            raise sqlite.OperationalError("disk I/O error")
        return commit

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


class Balance(RuleBasedStateMachine):
    """One collector with its store, and a broker that hands over again what was not acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.unacknowledged: list[tuple[str, bytes]] = []

    @initialize()
    def begins(self) -> None:
        self.local = LocalStore.open(Path(self.folder.name) / "samples.db", system_clock)
        self.known = Counter[str]()
        self._new_collector()

    def _new_collector(self) -> None:
        self.store = UnsureStore(self.local)
        self.collector = Collector(Broker(), SITE, self.store, system_clock)  # type: ignore[arg-type]  # stands for it

    def _take(self, topic: str, payload: bytes) -> None:
        self.collector.take(Message(topic, payload, 1, False, 1, 0))
        self.known[TOPICS[topic]] += 1

    @rule(topic=st.sampled_from(sorted(TOPICS)), payload=SENT | RUBBISH)
    def comes(self, topic: str, payload: bytes) -> None:
        """Whatever it is, it is one reading, or stands for one."""
        self.unacknowledged.append((topic, payload))
        self._take(topic, payload)

    @rule()
    def commits(self) -> None:
        self.collector.commit()
        self.unacknowledged.clear()

    @precondition(lambda self: self.unacknowledged)
    @rule(when=st.sampled_from(["before", "after"]))
    def fails_to_commit(self, when: str) -> None:
        self.store.fails = when
        self.collector.commit()
        assert self.collector.health().store_problem is not None
        if when == "after":
            self.known.update(TOPICS[topic] for topic, _ in self.unacknowledged)

    @rule()
    def is_killed_and_starts_again(self) -> None:
        """What was not on disk is forgotten, and comes again: the broker was not told that it had arrived."""
        self.local.close()
        self.local = LocalStore.open(Path(self.folder.name) / "samples.db", system_clock)
        self.known.subtract(TOPICS[topic] for topic, _ in self.unacknowledged)
        self._new_collector()
        for topic, payload in self.unacknowledged:
            self._take(topic, payload)

    @precondition(lambda self: 0 < len(self.unacknowledged) < MOST)
    @rule()
    def is_handed_over_again(self) -> None:
        """The connection was lost: the broker sends again what was not acknowledged."""
        for topic, payload in list(self.unacknowledged):
            self._take(topic, payload)
        self.unacknowledged += self.unacknowledged

    @invariant()
    def adds_up(self) -> None:
        if not hasattr(self, "collector"):
            return
        entries = self.collector.balance()
        for e in entries:
            assert e.received == e.stored + e.repeated + e.conflicting + e.dead_lettered + e.pending
        assert {e.source: e.received for e in entries} == {s: n for s, n in self.known.items() if n}

    def teardown(self) -> None:
        if hasattr(self, "local"):
            self.local.close()
        self.folder.cleanup()


Balance.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestTheBalance = Balance.TestCase
