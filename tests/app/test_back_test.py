"""From a form or an address to what other limits would have made of a week of the demo suite."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from alerts.replay.comparison import Fate
from app.back_test.answer import Answer, answer, attachment
from app.back_test.figure import figure
from app.back_test.question import FIELDS, PATH, Question, QuestionError, asked, of_change
from app.components.back_test_form import form
from app.pages.page import Address, query_of
from facility.instants import DAY, MINUTE, text_of
from facility.limit import MOfN, Severity
from tests.app.past import BEGIN, DIP, NOW, PARTICLES, PRESSURE, TEMPERATURE, Past, write_past


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    written = write_past(tmp_path_factory.mktemp("past"))
    yield written
    written.samples.close()
    written.records.close()


def fields(**other: Any) -> dict[str, Any]:
    told = {"points": [PRESSURE], "limit": "action low", "from": text_of(BEGIN), "to": text_of(NOW)}
    return dict.fromkeys(FIELDS, "") | told | other


def question(past: Past, **other: Any) -> Question:
    return asked(past.site, fields(**other), NOW)


def of(past: Past, question: Question) -> Answer:
    return answer(past.site, past.samples, past.records, question, lambda _done: None, processes=1)


def test_the_dip_would_have_been_an_alert_only(past: Past) -> None:
    found = of(past, question(past, value="30"))
    (lost,) = found.lost
    assert (lost.fate, lost.alarm.onset, lost.lasted) == (Fate.MILDER, DIP[0], DIP[1] - DIP[0])
    assert (found.totals[Severity.ACTION].before, found.totals[Severity.ACTION].after) == (1, 0)
    assert (found.totals[Severity.ALERT].before, found.totals[Severity.ALERT].after) == (0, 1)
    assert found.question.changes == ("B101.DP1 action low: 42 Pa to 30 Pa",)


def test_what_is_on_record_is_as_instrument_time_tells_it(past: Past) -> None:
    (outcome,) = of(past, question(past, on_delay="5 min")).outcomes
    assert [alarm.onset for alarm in outcome.before] == [DIP[0]]
    assert {difference.late for difference in outcome.differences} <= {300}


def test_the_address_asks_the_same_again(past: Past) -> None:
    first = question(past, value="30", on_delay="2 min", rule="3 of 5")
    query = {name: values[0] for name, values in parse_qs(first.search[1:]).items()}
    again = asked(past.site, fields(**query | {"points": query["points"].split(",")}), NOW)
    assert again == first
    limit = next(one for one in again.changed[PRESSURE].limits if one.value == 30)
    assert (limit.on_delay, limit.rule) == (2 * MINUTE, MOfN(3, 5))


def test_a_moment_of_the_address_that_is_none_is_asked_for(past: Past) -> None:
    search = f"points={PRESSURE}&limit=action low&value=30&from=yesterday&to={text_of(NOW)}"
    shown: Any = form(past.site, Address(PATH, {}, query_of(search)), NOW, [])
    assert shown["back-test-from"].value is None
    assert shown["back-test-to"].value == "2026-11-22 11:06:40"
    assert shown["back-test-start"].n_clicks == 0
    assert "“from=yesterday” in the address cannot be understood" in str(shown)
    with pytest.raises(QuestionError, match="Choose a day and a time"):
        question(past, **{"from": None}, value="30")


def test_a_room_stands_for_its_points_that_have_the_limit(past: Past) -> None:
    found = question(past, points=["room:B101"], limit="alert low", on_delay="7 min")
    assert PRESSURE in found.changed
    assert TEMPERATURE in found.changed
    assert PARTICLES not in found.changed


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "Change at least one value"),
        ({"value": "much"}, "A number"),
        ({"on_delay": "soon"}, "A number and a unit"),
        ({"rule": "seldom"}, "seldom"),
        ({"value": "30", "points": []}, "None of these points"),
        ({"value": "30", "from": "then"}, "Choose a day"),
        ({"value": "30", "from": text_of(NOW)}, "ends before it begins"),
        ({"value": "30", "from": text_of(NOW - 400 * DAY)}, "A year at most"),
        ({"value": "42"}, "in force already"),
        ({"value": "30", "limit": "alert low", "points": ["room:B101"]}, "different quantities"),
    ],
)
def test_what_cannot_be_asked_is_told(past: Past, other: dict[str, Any], words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        question(past, **other)


def test_a_change_is_tried_as_it_is_proposed(past: Past) -> None:
    other = question(past, value="30")
    proposed = replace(past.site, points={**past.site.points, **other.changed})
    tried = of_change(past.site, proposed, 7, fields(), NOW)
    assert tried.changed == other.changed
    assert "change=7" in tried.search
    with pytest.raises(QuestionError, match="changes nothing"):
        of_change(past.site, past.site, 8, fields(), NOW)


def test_the_result_is_kept_with_a_change(past: Past) -> None:
    kept = json.loads(json.dumps(attachment(past.site, of(past, question(past, value="30")))))
    assert kept["back-test"] == ["B101.DP1 action low: 42 Pa to 30 Pa"]
    assert kept["lost alarms"][0]["becomes"] == "milder"
    assert kept["points"][0] == {
        "point": PRESSURE,
        "severity": "action",
        "alarms before": 1,
        "alarms after": 0,
        "time before": "4 min",
        "time after": "0 s",
    }
    assert kept["again"].startswith("/back-test?points=B101.DP1&limit=action%20low")


def test_both_limits_and_both_sides_are_drawn(past: Past) -> None:
    found = of(past, question(past, value="30"))
    drawn = figure(past.site, past.samples, past.records, found.question, found.outcomes[0], NOW)
    lines = {trace["name"]: trace["line"]["dash"] for trace in drawn["data"] if trace["name"].startswith("action")}
    assert lines == {"action limits": "solid", "action limits, supposed": "2px,3px"}
    assert {"action &lt; 42, 1 min", "action &lt; 30, 1 min"} <= {a["text"] for a in drawn["layout"]["annotations"]}
    before, after = (
        next(t for t in drawn["data"] if t["name"] == name and "customdata" in t) for name in ("Before", "After")
    )
    assert before["customdata"][0].startswith("Action, low, from 20 Nov 2026")
    assert after["customdata"][0].startswith("Alert, low")
    assert before["customdata"].count("") == after["customdata"].count("") == 1  # each of them ends once
