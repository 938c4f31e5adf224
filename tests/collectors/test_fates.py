"""Every message has a fate: what is stored, with which doubts, and what becomes a dead letter."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.codecs.cleanwatch_json import Codec
from collectors.messages import Flag
from facility.instants import DAY, SECOND, text_of
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from facility.reading import Reading, Reason, Validity
from storage.samples.commit import DeadLetter, Intake
from tests.collectors.plant import NOW, SITE

READINGS = "instruments/demo/gw1/readings"
EVENTS = "instruments/demo/gw1/events"
TIME = text_of(NOW)


def decoded(topic: str = READINGS, **message: Any) -> Intake:
    payload = msgspec.json.encode({"version": 1, **message})
    return Codec(SITE).decode(topic, payload, NOW)


def pressure(**changes: Any) -> dict[str, Any]:
    return {"point": "B101.DP1", "time": TIME, "value": 15.5} | changes


def sample(**changes: Any) -> dict[str, Any]:
    fields = {"instrument": "PC1", "time": TIME, "duration_s": 60, "volume_l": 28.3, "counts": {"0.5": 283, "5.0": 0}}
    return fields | changes


def plate(**changes: Any) -> dict[str, Any]:
    return {"point": "B101.AS1", "time": TIME, "count": 3, "volume_l": 1000} | changes


def reading(intake: Intake) -> Reading:
    (only,) = intake.readings
    assert not intake.dead_letters
    return only


def dead_letter(intake: Intake) -> DeadLetter:
    (only,) = intake.dead_letters
    return only


def test_a_value_is_a_valid_reading_with_the_number_of_its_message() -> None:
    intake = decoded(values=[pressure()], epoch=3, sequence=8)
    assert reading(intake) == Reading("B101.DP1", NOW, 15.5, 0, NOW, sequence=8)
    assert (intake.source, intake.epoch, intake.sequence) == ("gw1", 3, 8)


def test_a_time_with_an_offset_is_the_same_instant_in_utc() -> None:
    assert reading(decoded(values=[pressure(time="2026-11-22T09:35:00+01:00")])).time == NOW


def test_a_particle_sample_is_one_reading_a_size_per_cubic_metre_of_the_measured_volume() -> None:
    small, large = decoded(samples=[sample(volume_l=28.0)]).readings
    assert small == Reading("B101.PC1.p0_5", NOW, 283 * 1000 / 28.0, 0, NOW, count=283, volume=28.0)
    assert large == Reading("B101.PC1.p5_0", NOW, 0.0, 0, NOW, count=0, volume=28.0)


def test_the_size_of_a_count_is_a_number_not_a_spelling() -> None:
    intake = decoded(samples=[sample(counts={"0.50": 283, "5": 0})])
    assert [found.point for found in intake.readings] == ["B101.PC1.p0_5", "B101.PC1.p5_0"]


def test_a_viable_result_is_whole_cfu_a_cubic_metre_and_keeps_count_and_volume() -> None:
    assert reading(decoded(viable=[plate(volume_l=950)])) == Reading(
        "B101.AS1", NOW, 3.0, 0, NOW, count=3, volume=950.0
    )


def test_a_plate_with_holes_is_corrected_for_them_before_it_is_rounded() -> None:
    assert reading(decoded(viable=[plate(count=120, holes=400)])).value == 142.0


def test_an_overloaded_plate_is_invalid_and_a_full_one_at_least_this_much() -> None:
    overloaded = reading(decoded(viable=[plate(count=401, holes=400)]))
    assert overloaded.reasons == Reason.COUNTS_CONTRADICT and math.isnan(overloaded.value)
    assert reading(decoded(viable=[plate(count=400, holes=400)])).reasons == Reason.COUNTER_OVERFLOW


def test_null_is_a_sensor_fault_without_a_number() -> None:
    fault = reading(decoded(values=[pressure(value=None)]))
    assert fault.reasons == Reason.SENSOR_FAULT and math.isnan(fault.value)


@pytest.mark.parametrize(
    ("flag", "reason", "validity"),
    [
        (Flag.FLOW, Reason.FLOW_FAULT, Validity.INVALID),
        (Flag.LASER, Reason.LASER_FAULT, Validity.INVALID),
        (Flag.SENSOR, Reason.SENSOR_FAULT, Validity.INVALID),
        (Flag.MAINTENANCE, Reason.IN_MAINTENANCE, Validity.INVALID),
        (Flag.OVERFLOW, Reason.COUNTER_OVERFLOW, Validity.SUSPECT),
        (Flag.SERVICE, Reason.SERVICE_DUE, Validity.SUSPECT),
    ],
)
def test_each_flag_of_an_instrument_marks_all_readings_of_its_sample(
    flag: Flag, reason: Reason, validity: Validity
) -> None:
    intake = decoded(samples=[sample(flags=[flag])])
    assert [(found.reasons, found.validity) for found in intake.readings] == [(reason, validity)] * 2


def test_flags_count_for_values_and_viable_results_too() -> None:
    assert reading(decoded(values=[pressure(flags=["maintenance"])])).reasons == Reason.IN_MAINTENANCE
    assert reading(decoded(viable=[plate(flags=["flow"])])).reasons == Reason.FLOW_FAULT


@pytest.mark.parametrize("value", [-500.1, 500.1])
def test_what_is_physically_impossible_is_kept_as_invalid(value: float) -> None:
    found = reading(decoded(values=[pressure(value=value)]))
    assert (found.value, found.reasons) == (value, Reason.OUT_OF_RANGE)


def test_a_concentration_beyond_anything_possible_is_invalid_and_keeps_its_count() -> None:
    found = reading(decoded(samples=[sample(counts={"0.5": 5_000}, volume_l=1e-320)]))
    assert found.reasons & Reason.OUT_OF_RANGE and math.isnan(found.value) and found.count == 5_000


@pytest.mark.parametrize(
    ("volume", "reasons"), [(28.3, 0), (28.3 * 1.04, 0), (28.3 * 1.06, Reason.FLOW_OFF), (20.0, Reason.FLOW_OFF)]
)
def test_a_volume_more_than_five_percent_off_is_suspect(volume: float, reasons: int) -> None:
    assert {found.reasons for found in decoded(samples=[sample(volume_l=volume)]).readings} == {reasons}


def test_counts_that_grow_with_size_contradict_each_other_in_any_order() -> None:
    intake = decoded(samples=[sample(counts={"5.0": 4, "0.5": 3})])
    assert [found.reasons for found in intake.readings] == [Reason.COUNTS_CONTRADICT] * 2


def test_a_sample_without_volume_has_no_concentration() -> None:
    for found in decoded(samples=[sample(volume_l=0)]).readings:
        assert found.reasons & Reason.COUNTS_CONTRADICT and math.isnan(found.value)


def test_another_serial_number_than_the_site_file_names_is_suspect() -> None:
    assert {found.reasons for found in decoded(samples=[sample(serial="9")]).readings} == {Reason.SERIAL_DIFFERS}
    assert {found.reasons for found in decoded(samples=[sample(serial="22817")]).readings} == {0}
    assert reading(decoded(viable=[plate(serial="any")])).reasons == 0


def test_calibration_is_overdue_after_the_end_of_the_due_day_in_the_zone_of_the_site() -> None:
    assert reading(decoded(values=[pressure(time="2026-11-22T22:59:59Z")])).reasons & Reason.CALIBRATION_OVERDUE == 0
    assert reading(decoded(values=[pressure(time="2026-11-22T23:00:00Z")])).reasons & Reason.CALIBRATION_OVERDUE


@pytest.mark.parametrize(("ahead", "reasons"), [(30 * SECOND, 0), (30 * SECOND + 1, Reason.CLOCK_AHEAD)])
def test_dated_more_than_thirty_seconds_ahead_is_suspect(ahead: int, reasons: int) -> None:
    assert reading(decoded(values=[pressure(time=text_of(NOW + ahead))])).reasons == reasons


@pytest.mark.parametrize("time", [text_of(NOW + DAY + 1), "1999-12-31T23:59:59Z"])
def test_dated_more_than_a_day_ahead_or_by_a_clock_never_set_is_a_dead_letter(time: str) -> None:
    intake = decoded(values=[pressure(time=time)], samples=[sample(time=time)], viable=[plate(time=time)])
    assert not intake.readings
    assert dead_letter(intake).readings == 4
    assert "clock" in dead_letter(intake).reason


def test_old_readings_are_stored_as_they_are() -> None:
    assert reading(decoded(values=[pressure(time="2025-01-01T00:00:00Z")])).reasons == 0


def test_unknown_points_and_instruments_are_refused_and_the_others_stored() -> None:
    intake = decoded(
        values=[pressure(point="B101.DP9"), pressure()],
        samples=[sample(instrument="PC9"), sample()],
        viable=[plate(point="B101.AS9"), plate()],
    )
    assert len(intake.readings) == 4
    letter = dead_letter(intake)
    assert letter.readings == 1 + 2 + 1
    for part in (
        "values[0]: site demo has no point 'B101.DP9'",
        "samples[0]: ",
        "'PC9'",
        "viable[0]: ",
        "'B101.AS9'",
    ):
        assert part in letter.reason


@pytest.mark.parametrize("size", ["0.3", "half", "nan", ""])
def test_an_unknown_size_is_refused_and_the_other_sizes_stored(size: str) -> None:
    intake = decoded(samples=[sample(counts={size: 300, "0.5": 283})])
    assert [found.point for found in intake.readings] == ["B101.PC1.p0_5"]
    assert dead_letter(intake).readings == 1
    assert f"sizes 0.5, 5 in µm, but not {size!r}" in dead_letter(intake).reason


def test_a_colony_count_for_a_pressure_is_refused() -> None:
    assert "measures differential_pressure" in dead_letter(decoded(viable=[plate(point="B101.DP1")])).reason


def test_a_dead_letter_keeps_topic_bytes_source_and_time() -> None:
    payload = b'{"version": 1, "values": [{"point": "B101.DP1"}]}'
    letter = dead_letter(Codec(SITE).decode(READINGS, payload, NOW))
    assert (letter.topic, letter.payload, letter.source, letter.received) == (READINGS, payload, "gw1", NOW)
    assert letter.readings == 1


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "malformed"),
        (b"21.5", "Expected `object`"),
        (b"\xff\xfe", "malformed"),
        (b"{", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b'{"version": 2}', "$.version"),
        (b'{"values": []}', "missing required field `version`"),
        (b'{"version":1,"values":[{"point":"B101.DP1","time":"2026-11-22T08:35:00","value":1}]}', "$.values[0].time"),
        (b'{"version":1,"values":[{"point":"B101.DP1","time":"today","value":1}]}', "$.values[0].time"),
        (
            b'{"version":1,"values":[{"point":"B101.DP1","time":"2026-11-22T08:35:00Z","value":"1"}]}',
            "`float | null`",
        ),
        (
            b'{"version":1,"values":[{"point":"B101.DP1","time":"2026-11-22T08:35:00Z","value":1,"flag":[]}]}',
            "`flag`",
        ),
        (b'{"version":1,"samples":[{"instrument":"PC1","counts":{"0.5":-1}}]}', "$.samples[0].counts"),
    ],
)
def test_a_malformed_message_is_a_dead_letter_that_says_where(payload: bytes, says: str) -> None:
    intake = Codec(SITE).decode(READINGS, payload, NOW)
    assert not intake.readings
    assert says in dead_letter(intake).reason


@pytest.mark.parametrize(
    ("topic", "source", "says"),
    [
        ("instruments/elsewhere/gw1/readings", "gw1", "names site 'elsewhere', but this is site 'demo'"),
        ("instruments/demo/gw1/other", "gw1", "instruments/demo/<source>/readings"),
        ("instruments/demo//readings", "unknown source", "<source>"),
        ("x", "unknown source", "<source>"),
    ],
)
def test_a_message_to_another_address_is_a_dead_letter(topic: str, source: str, says: str) -> None:
    letter = dead_letter(decoded(topic, values=[pressure()]))
    assert letter.source == source and says in letter.reason


def test_room_states_and_batches_are_plant_events() -> None:
    intake = decoded(
        EVENTS,
        sequence=4,
        events=[
            {"event": "room state", "room": "B101", "state": "in operation", "time": TIME, "by": "MES"},
            {"event": "batch start", "batch": "B-114", "room": "B101", "time": TIME, "by": "MES"},
            {"event": "batch end", "batch": "B-114", "room": "B101", "time": TIME, "by": "MES"},
        ],
    )
    assert intake.events == [
        RoomStateSet("B101", RoomState.IN_OPERATION, NOW, "MES"),
        BatchStarted("B-114", "B101", NOW, "MES"),
        BatchEnded("B-114", "B101", NOW, "MES"),
    ]
    assert intake.sequence == 4 and not intake.dead_letters


def test_an_event_for_an_unknown_room_or_with_an_impossible_time_is_refused_and_the_others_kept() -> None:
    known = {"event": "room state", "room": "B101", "state": "cleaning", "time": TIME, "by": "MES"}
    intake = decoded(EVENTS, events=[known | {"room": "X"}, known | {"time": text_of(NOW + 2 * DAY)}, known])
    assert len(intake.events) == 1
    letter = dead_letter(intake)
    assert letter.readings == 0, "events do not count in the balance of readings"
    assert "events[0]: site demo has no room 'X'" in letter.reason and "events[1]: is dated" in letter.reason


def test_a_dead_letter_of_many_problems_tells_the_first_ten() -> None:
    letter = dead_letter(decoded(values=[pressure(point=f"X{n}") for n in range(1000)]))
    assert letter.readings == 1000
    assert "values[9]" in letter.reason and "values[10]" not in letter.reason and "and 990 more" in letter.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([TIME, "PC1", "B101.DP1", "0.5", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["B101.DP1", "PC1", "B101.AS1", "nobody"])
TIMES = st.sampled_from([TIME, text_of(NOW + 2 * DAY), text_of(0), "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70)
VALUES = st.fixed_dictionaries({"point": NAMES, "time": TIMES, "value": st.none() | NUMBERS})
SAMPLES = st.fixed_dictionaries(
    {
        "instrument": NAMES,
        "time": TIMES,
        "duration_s": st.just(60),
        "volume_l": NUMBERS,
        "counts": st.dictionaries(st.sampled_from(["0.5", "5", "x", "1e400"]), st.integers(0, 2**53), max_size=4),
    }
)
PLATES = st.fixed_dictionaries(
    {"point": NAMES, "time": TIMES, "count": st.integers(0, 2**53), "volume_l": NUMBERS},
    optional={"holes": st.integers(-1, 10_001)},
)
MESSAGES = st.fixed_dictionaries(
    {"version": st.just(1), "values": st.lists(VALUES), "samples": st.lists(SAMPLES), "viable": st.lists(PLATES)}
)


@given(topic=st.sampled_from([READINGS, EVENTS, "x", ""]) | st.text(max_size=40), payload=st.binary(max_size=200))
def test_any_bytes_on_any_topic_are_an_intake(topic: str, payload: bytes) -> None:
    intake = Codec(SITE).decode(topic, payload, NOW)
    assert intake.readings or intake.dead_letters
    assert all("fault of Cleanwatch" not in letter.reason for letter in intake.dead_letters)


@given(JSON | MESSAGES)
def test_whatever_json_says_each_reading_is_stored_or_refused(message: Any) -> None:
    intake = Codec(SITE).decode(READINGS, msgspec.json.encode(message), NOW)
    refused = sum(letter.readings for letter in intake.dead_letters)
    assert all("fault of Cleanwatch" not in letter.reason for letter in intake.dead_letters)
    if any("malformed" in letter.reason for letter in intake.dead_letters):
        assert (len(intake.readings), refused) == (0, 1)
    else:
        said = len(message["values"]) + len(message["viable"]) + sum(len(s["counts"]) for s in message["samples"])
        assert len(intake.readings) + refused == said
    for found in intake.readings:
        assert not math.isinf(found.value)
        assert found.validity is Validity.INVALID or math.isfinite(found.value)
