"""Whatever comes in on the clean topics, the live view goes on: what is not understood is left out."""

import json
import logging
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.live.hub import Hub
from app.stations import Stations
from bus import topics
from bus.messages import CleanReading, RoomNotice, StationBeat
from facility.instants import datetime_of
from tests.app.parts import NOON, Time, alarm_notice, publish_reading, site
from tests.wild import wild

NOW = datetime_of(NOON)


def plain(message: Any) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(msgspec.json.encode(message))
    return fields


GOOD = {
    topics.clean_reading("suite", "B101.DP1"): plain(CleanReading("B101.DP1", NOW, 44.0, "Pa", "valid", NOW)),
    topics.clean_alarm("suite", "B101.DP1", "high"): plain(alarm_notice("B101.DP1")),
    topics.clean_room("suite", "B101"): plain(RoomNotice("B101", "cleaning", NOW, ("CT-1",))),
    topics.station("suite", "main"): plain(StationBeat("main", True, NOW, 1, 1, 1)),
}
ANY = st.sampled_from(sorted(GOOD)).flatmap(lambda topic: st.tuples(st.just(topic), wild(GOOD[topic])))


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.lists(ANY, min_size=1, max_size=3))
def test_whatever_comes_in_a_good_reading_after_it_is_shown(messages: list[tuple[str, bytes]]) -> None:
    suite, time = site(), Time()
    hub = Hub(lambda: suite, time)
    for topic, payload in messages:
        hub.take(topic, payload)
        hub.refresh()
    publish_reading(hub, "B102.T1", 21.5, NOON)
    hub.refresh()
    assert hub.look().points["B102.T1"].number == 21.5
    json.loads(hub.everything())


@settings(max_examples=60)
@given(wild({"station": "main", "at": "2026-11-22T08:35:00Z", "state": "running", "problems": [], "version": "1"}))
def test_a_station_report_that_is_not_understood_is_said_to_be(payload: bytes) -> None:
    stations = Stations(lambda: NOON)
    try:
        stations.take(payload)
    except msgspec.MsgspecError:
        assert stations.now().stations == ()
