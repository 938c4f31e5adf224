"""Whatever instruments send, nothing is raised, nothing is lost in silence, and everything can be stored."""

import json
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.codecs.cleanwatch_json import Codec
from facility.instants import text_of
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.collectors.plant import NOW, SITE
from tests.wild import wild

TIME = text_of(NOW)
GOOD = {
    "readings": {
        "version": 1,
        "epoch": 3,
        "sequence": 8,
        "values": [{"point": "B101.DP1", "time": TIME, "value": 15.5, "flags": ["maintenance"]}],
        "samples": [
            {"instrument": "PC1", "time": TIME, "duration_s": 60, "volume_l": 28.3, "counts": {"0.5": 283, "5.0": 0}}
        ],
        "viable": [{"point": "B101.AS1", "time": TIME, "count": 3, "volume_l": 1000}],
    },
    "events": {
        "version": 1,
        "events": [
            {"event": "room state", "room": "B101", "state": "cleaning", "time": TIME, "by": "BMS"},
            {"event": "batch start", "batch": "CT-1", "room": "B101", "time": TIME, "by": "MES"},
            {"event": "batch end", "batch": "CT-1", "room": "B101", "time": TIME, "by": "MES"},
        ],
    },
    "status": {"version": 1, "online": True, "time": TIME},
}
CODEC = Codec(SITE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStore]:
    with closing(LocalStore.open(tmp_path_factory.mktemp("fuzz") / "samples.db", lambda: NOW)) as store:
        yield store


def understood(kind: str, payload: bytes) -> Intake:
    """What became of a message. Where nothing did, it must be in the dead letters."""
    intake = CODEC.decode(f"instruments/demo/gw1/{kind}", payload, NOW)
    assert not any("fault of Cleanwatch" in letter.reason for letter in intake.dead_letters), intake.dead_letters
    return intake


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_is_of_no_year_in_utc_is_told_as_it_was_sent(sent: str) -> None:
    payload = json.dumps({**GOOD["status"], "time": sent}).encode()
    (letter,) = understood("status", payload).dead_letters
    assert sent in letter.reason


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_message_is_understood_whole(kind: str) -> None:
    intake = understood(kind, json.dumps(GOOD[kind]).encode())
    assert intake.readings or intake.events
    assert not intake.dead_letters


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(GOOD)).flatmap(lambda kind: st.tuples(st.just(kind), wild(GOOD[kind]))))
def test_whatever_an_instrument_sends_is_stored_or_a_dead_letter(store: LocalStore, sent: tuple[str, bytes]) -> None:
    kind, payload = sent
    intake = understood(kind, payload)
    store.append([intake])
    assert all(abs(reading.time) < 2**53 for reading in intake.readings)
    if not intake.readings and not intake.events and _has_content(payload):
        assert intake.dead_letters


def _has_content(payload: bytes) -> bool:
    """Is it more than a well-formed message with nothing in it?"""
    try:
        message = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return True
    return not isinstance(message, dict) or any(isinstance(v, list) and v for v in message.values())


@settings(max_examples=60)
@given(st.text(max_size=60), st.binary(max_size=40))
def test_whatever_the_topic_nothing_is_raised(topic: str, payload: bytes) -> None:
    intake = CODEC.decode(topic, payload, NOW)
    assert len(intake.dead_letters) == 1
