"""From stored readings to levels and to the site file of a draft: a week of the demo suite."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from app.jobs import BusyError, Jobs
from app.levels.answer import Answer, answer, attachment, rationale, usual_side, with_level
from app.levels.gather import Gathered, Progress, gather
from app.levels.question import Exclusion, Question, QuestionError, alike
from app.levels.rows import facts, rows
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, MINUTE
from facility.levels.result import Method
from facility.levels.units import Unit, in_units
from facility.limit import RoomState, Severity, Side
from facility.people import Person
from facility.roles import Role
from facility.site_edit import cells
from facility.site_file import parse_site
from storage.records import alarms, annotations, signatures
from storage.records.annotations import About
from tests.app.past import BEGIN, DIP, HUMIDITY, NOW, PARTICLES, PRESSURE, TEMPERATURE, Past, write_past
from tests.people import MOREAU
from tests.waiting import wait_until

QA = Person("s.brandt", "S. Brandt", Role.QA, "test")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    written = write_past(tmp_path_factory.mktemp("past"))
    yield written
    written.samples.close()
    written.records.close()


QUESTION = Question((PRESSURE,), Side.LOW, BEGIN, NOW, RoomState.IN_OPERATION, Unit.HOURLY_WORST)


def of(past: Past, question: Question = QUESTION) -> Answer:
    return answer(past.site, past.samples, past.records, question, lambda _done: None)


def data(past: Past, question: Question = QUESTION) -> Gathered:
    return gather(past.site, past.samples, past.records, question, lambda _done: None)


def test_hours_and_days_have_their_mean_and_their_worst() -> None:
    time = np.array([0, MINUTE, HOUR, HOUR + 1, 3 * HOUR, DAY])
    value = np.array([1.0, 3, 5, 4, 2, 9])
    assert [x.tolist() for x in in_units(time, value, Unit.HOURLY_MEAN, Side.HIGH)] == [
        [0, HOUR, 3 * HOUR, DAY],
        [2, 4.5, 2, 9],
    ]
    assert in_units(time, value, Unit.HOURLY_WORST, Side.LOW)[1].tolist() == [1, 4, 2, 9]
    assert in_units(time, value, Unit.DAILY_WORST, Side.HIGH)[1].tolist() == [5, 9]
    assert in_units(time, value, Unit.EACH, Side.HIGH)[1] is value


def test_room_states_are_told_apart_and_together_are_all_readings(past: Past) -> None:
    each = [data(past, replace(QUESTION, state=state, unit=Unit.EACH)).readings for state in RoomState]
    every = data(past, replace(QUESTION, state=None, unit=Unit.EACH))
    assert 0 < each[0] < every.readings
    frame = past.samples.raw(PRESSURE, BEGIN, NOW)
    assert every.readings + every.invalid == len(frame)
    assert sum(each) <= every.readings


def test_an_exclusion_leaves_out_its_stretch_and_says_what_lay_in_it(past: Past) -> None:
    cause = Exclusion(*DIP, "Filter change, record 17", "J. Moreau")
    question = replace(QUESTION, state=None, unit=Unit.EACH)
    whole, without = data(past, question), data(past, replace(question, exclusions=(cause,)))
    (excluded,) = [each for each in without.excluded if each.exclusion is cause]
    assert excluded.readings == whole.readings - without.readings > 0
    assert excluded.lowest == whole.values.min()
    assert without.values.min() > whole.values.min()


def test_times_of_instrument_fault_are_left_out_by_themselves(past: Past) -> None:
    question = replace(QUESTION, points=(TEMPERATURE,), side=Side.HIGH, unit=Unit.EACH)
    fault = Alarm(
        TEMPERATURE,
        "B101",
        Condition.INSTRUMENT_FAULT,
        Severity.ADVISORY,
        AlarmState.NORMAL,
        onset=BEGIN + DAY + 9 * HOUR,
        raised=BEGIN + DAY + 9 * HOUR,
        returned=BEGIN + DAY + 10 * HOUR,
    )
    whole = data(past, question)
    with past.records.transaction() as connection:
        alarms.save(connection, [fault])
    without = data(past, question)
    (excluded,) = without.excluded
    assert (excluded.exclusion.reason, excluded.exclusion.point) == ("instrument fault", TEMPERATURE)
    assert excluded.readings == whole.readings - without.readings == 61


def test_readings_that_an_approved_correction_calls_invalid_are_left_out(past: Past) -> None:
    question = replace(QUESTION, points=(HUMIDITY,), side=Side.HIGH, unit=Unit.EACH)
    stretch = About(f"point {HUMIDITY}", BEGIN + DAY + 9 * HOUR, BEGIN + DAY + 9 * HOUR + 4 * MINUTE)
    whole = data(past, question)
    with past.records.transaction() as connection:
        told = annotations.correct(connection, NOW, MOREAU, stretch, "47 %", "Invalid", "the hygrometer was wet")
    assert data(past, question).readings == whole.readings
    with past.records.transaction() as connection:
        signatures.sign(connection, NOW, QA, told.object, annotations.MEANING, told.content, rules=told.rules)
    without = data(past, question)
    (excluded,) = without.excluded
    assert (excluded.exclusion.reason, excluded.readings) == ("the hygrometer was wet", 5)
    assert without.readings == whole.readings - 5


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (replace(QUESTION, points=()), "Choose a point"),
        (replace(QUESTION, points=("B101.DP9",)), "Not in the site file: B101.DP9"),
        (replace(QUESTION, end=BEGIN), "ends before it begins"),
        (replace(QUESTION, points=(PARTICLES,), state=None), "are not pooled"),
        (replace(QUESTION, points=(PRESSURE, TEMPERATURE)), "pool like with like"),
        (replace(QUESTION, exclusions=(Exclusion(BEGIN, NOW, " ", "me"),)), "assigned cause"),
    ],
)
def test_what_cannot_be_asked_is_told_in_words(past: Past, question: Question, words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        of(past, question)


def test_like_points_have_the_same_quantity_grade_and_action_limit(past: Past) -> None:
    states = frozenset({RoomState.IN_OPERATION})
    found = alike(past.site, past.site.points[PRESSURE], Side.LOW, states)
    assert PRESSURE in [point.id for point in found]
    assert {past.site.rooms[point.room].classification for point in found} == {past.site.rooms["B101"].classification}


def test_a_level_becomes_the_alert_level_of_a_point_and_keeps_its_delay(past: Past) -> None:
    found = of(past)
    result = next(r for r in found.comparison.results if r.method is Method.PERCENTILE)
    text = with_level(past.site.text, found, result, "Because.")
    kind = (Severity.ALERT, Side.LOW, RoomState.IN_OPERATION)
    old, new = cells(past.site.points[PRESSURE])[kind], cells(parse_site(text, "draft").points[PRESSURE])[kind]
    assert (new.value, new.on_delay, new.deadband) == (result.alert, old.on_delay, old.deadband)
    assert new.rationale == f"Because. Delay as before: {old.rationale}"
    others = {id: point for id, point in parse_site(text, "draft").points.items() if id != PRESSURE}
    assert others == {id: point for id, point in past.site.points.items() if id != PRESSURE}


def test_the_rationale_names_method_period_unit_and_what_is_provisional(past: Past) -> None:
    found = of(past, replace(QUESTION, exclusions=(Exclusion(*DIP, "filter change", "me"),), state=None))
    result = next(r for r in found.comparison.results if r.method is Method.PERCENTILE)
    words = rationale(found, result, "Europe/Zurich")
    for part in ("Percentile of", "hourly worst", "all room states", "filter change", "provisional"):
        assert part in words


def test_the_whole_answer_is_kept_as_json(past: Past) -> None:
    kept = json.loads(json.dumps(attachment(of(past))))
    assert kept["points"] == [PRESSURE]
    assert [method["method"] for method in kept["methods"]] == ["percentile", "tolerance limit", "mean and SD"]


def test_the_table_says_what_each_method_says(past: Past) -> None:
    found = of(past)
    assert [row.method for row in rows(found)] == ["Percentile", "Tolerance limit", "Mean and SD"]
    assert any("provisional" in line.casefold() for line in facts(found))


def test_the_low_side_is_usual_for_a_pressure_with_a_low_limit(past: Past) -> None:
    assert usual_side(past.site.points[PRESSURE]) is Side.LOW
    assert usual_side(past.site.points[PARTICLES]) is Side.HIGH


def test_a_job_says_how_far_it_is_and_is_found_by_its_owner_alone(past: Past) -> None:
    jobs, go_on = Jobs[Answer]("levels"), threading.Event()

    def work(progress: Progress) -> Answer:
        progress(0.5)
        go_on.wait(10)
        return of(past)

    id = jobs.start(MOREAU.account, work)
    assert jobs.find("somebody.else", id) is None
    job = jobs.find(MOREAU.account, id)
    assert job is not None
    wait_until(lambda: job.done == 0.5)
    go_on.set()
    wait_until(lambda: job.answer is not None)


def test_a_cancelled_job_ends_at_its_next_step_and_a_third_must_wait() -> None:
    jobs, go_on = Jobs[Answer]("levels"), threading.Event()

    def work(progress: Progress) -> Answer:
        go_on.wait(10)
        progress(0.1)
        raise AssertionError("went on")

    first, second = jobs.start("a", work), jobs.start("b", work)
    with pytest.raises(BusyError):
        jobs.start("c", work)
    jobs.cancel("a", first)
    jobs.cancel("a", second)
    go_on.set()
    job = jobs.find("a", first)
    assert job is not None
    wait_until(lambda: job.problem == "Cancelled.")
    other = jobs.find("b", second)
    assert other is not None
    wait_until(lambda: other.is_over)
    assert "log" in other.problem
