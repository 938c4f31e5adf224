"""Dead letters are listed, and replayed after a fix of the site file or of the program."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from bus import topics
from collectors.codecs.cleanwatch_json import Codec
from collectors.dead_letters import Replay, replay, replay_waiting, waiting
from collectors.messages import ReadingsMessage, Value
from facility.instants import DAY, datetime_of
from facility.reading import Reason
from storage.samples.local import LocalStore
from tests.collectors.plant import NOW, SITE
from tests.collectors.senders import local_store

WITHOUT_PRESSURE = replace(SITE, points={id: p for id, p in SITE.points.items() if id != "B101.DP1"})
TOPIC = topics.source_readings("demo", "gw1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    with local_store(tmp_path) as opened:
        yield opened


def arrive(store: LocalStore, *values: Value, received: int = NOW) -> None:
    payload = msgspec.json.encode(ReadingsMessage(1, values=values))
    store.append([Codec(WITHOUT_PRESSURE).decode(TOPIC, payload, received)])


def value(point: str, time: int = NOW) -> Value:
    return Value(point, datetime_of(time), 15.0)


def test_a_point_added_to_the_site_file_gets_what_was_sent_before(store: LocalStore) -> None:
    arrive(store, value("B101.DP1"), value("B101.AS1"))
    (letter,) = waiting(store)
    assert replay(store, SITE, letter.id) == Replay(letter.id, stored=1, known=1, events=0, refused=None)
    assert store.latest(["B101.DP1"])["value"].tolist() == [15.0]
    assert list(waiting(store)) == []


def test_what_is_refused_again_keeps_waiting(store: LocalStore) -> None:
    arrive(store, value("B101.DP1"), value("nowhere"))
    (letter,) = waiting(store)
    outcome = replay(store, SITE, letter.id)
    assert (outcome.stored, outcome.known) == (1, 0)
    assert outcome.refused is not None and "values[1]" in outcome.refused and "'nowhere'" in outcome.refused
    assert [again.id for again in waiting(store)] == [letter.id]


def test_replaying_twice_stores_once(store: LocalStore) -> None:
    arrive(store, value("B101.DP1"))
    (letter,) = waiting(store)
    replay(store, SITE, letter.id)
    assert replay(store, SITE, letter.id) == Replay(letter.id, stored=0, known=1, events=0, refused=None)


def test_a_replayed_reading_is_judged_by_when_it_was_received(store: LocalStore) -> None:
    arrive(store, value("B101.DP1", NOW - DAY), received=NOW - 2 * DAY + 1)
    (letter,) = waiting(store)
    replay(store, SITE, letter.id)
    latest = store.latest(["B101.DP1"])
    assert latest["reasons"].tolist() == [Reason.CLOCK_AHEAD]
    assert latest["received"].tolist() == [NOW - 2 * DAY + 1]


def test_all_that_wait_are_replayed_oldest_first(store: LocalStore) -> None:
    for number in range(230):
        arrive(store, value("B101.DP1" if number % 2 else "nowhere", NOW - number))
    outcomes = list(replay_waiting(store, SITE))
    assert len(outcomes) == 230
    assert [outcome.id for outcome in outcomes] == sorted(outcome.id for outcome in outcomes)
    assert sum(outcome.stored for outcome in outcomes) == 115
    assert len(list(waiting(store))) == 115


def test_a_number_that_does_not_exist_is_named(store: LocalStore) -> None:
    with pytest.raises(KeyError, match="no dead letter 7"):
        replay(store, SITE, 7)
