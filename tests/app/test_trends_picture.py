"""Trends of a week as stores and records hold it: what is in the figure, and in the numbers below it."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.trends.comparison import Comparison
from app.trends.figure import PLOT_HEIGHTS, figure, value_axis_of
from app.trends.gather import gather
from app.trends.picture import Picture
from app.trends.placing import Place
from app.trends.statistics import statistics
from facility.instants import DAY, HOUR, MINUTE
from facility.limit import RoomState, Severity
from tests.app.past import (
    BAD_SAMPLE,
    BAD_VALUE,
    BEGIN,
    DIP,
    FAULT,
    GAP,
    HUMIDITY,
    NOW,
    PARTICLES,
    PRESSURE,
    REVISED,
    VIABLE,
    ZONE,
    Past,
    write_past,
)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    week = write_past(tmp_path_factory.mktemp("past"))
    yield week
    week.samples.close()
    week.records.close()


def look(past: Past, start: int, end: int, *points: str) -> Picture:
    return gather(past.site, past.samples, past.records, points, start, end, NOW)


def numbers(trace: dict[str, Any], column: str) -> Any:
    return np.frombuffer(base64.b64decode(trace[column]["bdata"]), np.float64)


def traces(drawn: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [trace for trace in drawn["data"] if trace["name"] == name]


@pytest.mark.parametrize("hours", [0.1, 0.5, 2, 8, 24, 48, 7 * 24, 30 * 24, 365 * 24])
def test_one_bad_sample_is_drawn_at_every_zoom(past: Past, hours: float) -> None:
    half = round(hours * HOUR / 2)
    drawn = figure(look(past, BAD_SAMPLE - half, BAD_SAMPLE + half, PARTICLES), False)
    curves = [*traces(drawn, PARTICLES), *traces(drawn, "range")]
    assert max(np.nanmax(numbers(curve, "y")) for curve in curves) == BAD_VALUE
    assert BAD_VALUE in numbers(traces(drawn, "worst")[0], "y")
    assert "<b>411,000</b>" in [label["text"] for label in drawn["layout"]["annotations"]]
    low, high = drawn["layout"]["yaxis"]["range"]
    assert low < np.log10(BAD_VALUE) < high


def test_limits_of_a_severity_are_one_curve_that_breaks_where_they_did_not_hold(past: Past) -> None:
    drawn = figure(look(past, NOW - 7 * DAY, NOW, PARTICLES), False)
    (alert,) = traces(drawn, "alert limits")
    assert {*numbers(alert, "y")[::3]} == {150_000, 120_000}
    assert np.isnan(numbers(alert, "x")[2::3]).all()
    assert (numbers(alert, "x")[:-3:3] <= numbers(alert, "x")[1:-2:3]).all()


def test_however_often_a_state_changes_it_is_two_paths(past: Past) -> None:
    drawn = figure(look(past, NOW - 30 * DAY, NOW, PARTICLES), False)
    kinds = {band.kind for band in look(past, NOW - 30 * DAY, NOW, PARTICLES).rows[1].bands}
    assert len([trace for trace in traces(drawn, "State") if trace["type"] == "scatter"]) <= 2 * len(kinds)


def test_the_mean_alone_would_have_hidden_it(past: Past) -> None:
    drawn = figure(look(past, NOW - 365 * DAY, NOW, PARTICLES), False)
    assert np.nanmax(numbers(traces(drawn, PARTICLES)[0], "y")) < 150_000


def test_a_week_of_readings_is_a_small_figure(past: Past) -> None:
    drawn = figure(look(past, NOW - 7 * DAY, NOW, PARTICLES, PRESSURE), False)
    assert len(json.dumps(drawn)) < 400_000


def test_a_gap_is_hatched_and_no_line_crosses_it(past: Past) -> None:
    drawn = figure(look(past, BEGIN + 3 * DAY, BEGIN + 4 * DAY, PARTICLES), False)
    assert (numbers(traces(drawn, "gap")[0], "x")[[0, 2]] == (GAP[0] - MINUTE, GAP[1])).all()
    line = traces(drawn, PARTICLES)[0]
    x = numbers(line, "x")
    before = np.flatnonzero(x < GAP[0])[-1]
    assert np.isnan(x[before + 1])
    assert "no data, 4\u202fh 11\u202fmin" in [label["text"] for label in drawn["layout"]["annotations"]]


def test_invalid_readings_are_marked_and_break_the_line(past: Past) -> None:
    drawn = figure(look(past, FAULT[0] - HOUR, FAULT[1] + HOUR, PARTICLES), False)
    marked = traces(drawn, "invalid")[0]
    assert len(numbers(marked, "x")) == 60
    assert marked["text"][0].endswith("invalid: flow fault")
    line = numbers(traces(drawn, PARTICLES)[0], "x")
    assert not ((line >= FAULT[0]) & (line < FAULT[1])).any()


def test_limit_lines_follow_room_state_and_revision(past: Past) -> None:
    picture = look(past, NOW - 7 * DAY, NOW, PARTICLES)
    alert = {
        line.limit.value: line.stretches for line in picture.points[0].lines if line.limit.severity is Severity.ALERT
    }
    assert set(alert) == {150_000, 120_000}
    assert alert[150_000][-1][1] == alert[120_000][0][0] == REVISED
    assert picture.points[0].changes == ((REVISED, 2, "alert high 150,000 to 120,000"),)
    drawn = figure(picture, False)
    assert [shape["x0"] for shape in drawn["layout"]["shapes"]] == [REVISED]


def test_a_zone_has_the_limits_of_the_state_of_its_room(past: Past) -> None:
    steps = look(past, NOW - DAY, NOW, ZONE).points[0].steps
    assert [step.state for step in steps] == [RoomState.IN_OPERATION, RoomState.AT_REST, RoomState.IN_OPERATION]


def test_alarms_states_and_batches_stand_below(past: Past) -> None:
    picture = look(past, BEGIN + 3 * DAY, BEGIN + 6 * DAY, PRESSURE)
    alarm_row, state_row, batch_row = picture.rows
    assert [(band.kind, band.start, band.end) for band in alarm_row.bands] == [("nodata", *GAP), ("action", *DIP)]
    assert {band.text for band in state_row.bands} == {"at rest", "in operation"}
    assert [band.text for band in batch_row.bands] == ["CT-26-0414", "CT-26-0415", "CT-26-0416"]


def test_an_alarm_of_minutes_is_seen_in_a_month(past: Past) -> None:
    drawn = figure(look(past, NOW - 30 * DAY, NOW, PRESSURE), False)
    assert np.ptp(numbers(traces(drawn, "Alarms")[0], "x")[:5]) >= 0.004 * 30 * DAY


def test_a_point_without_a_reading_says_so(past: Past) -> None:
    drawn = figure(look(past, NOW - DAY, NOW, "B102.DP1"), False)
    assert "no reading in this range: B102 Room pressure" in [a["text"] for a in drawn["layout"]["annotations"]]


def test_a_comparison_with_a_time_without_a_reading_says_which_time_has_none(past: Past) -> None:
    month_before = Comparison(shift=30 * DAY)
    picture = gather(past.site, past.samples, past.records, [PRESSURE], NOW - HOUR, NOW, NOW, month_before)
    said = [label["text"] for label in figure(picture, False)["layout"]["annotations"]]
    assert "no reading in this range: B101 Room pressure, 30 days before" in said


@pytest.mark.parametrize(("before", "after", "anchor"), [(0.2, 8, "left"), (4, 4, "center"), (8, 0.2, "right")])
def test_the_worst_value_is_written_within_the_plot(past: Past, before: float, after: float, anchor: str) -> None:
    start, end = BAD_SAMPLE - round(before * HOUR / 4), BAD_SAMPLE + round(after * HOUR / 4)
    drawn = figure(look(past, start, end, PARTICLES), False)
    (label,) = [a for a in drawn["layout"]["annotations"] if a["text"] == f"<b>{411_000:,}</b>"]
    assert label["xanchor"] == anchor


def test_the_name_of_a_curve_is_not_written_on_its_worst_value(past: Past) -> None:
    end = BAD_SAMPLE + 10 * MINUTE
    picture = gather(past.site, past.samples, past.records, [PARTICLES], end - DAY, end, NOW, Comparison(shift=DAY))
    labels = {label["text"]: label for label in figure(picture, False)["layout"]["annotations"]}
    place = Place(picture.start, picture.end, value_axis_of(picture.everything), PLOT_HEIGHTS[1])
    name, worst = (place.box(labels[f"<b>{text}</b>"]) for text in ("B101 Particles ≥ 0.5 µm", "411,000"))
    assert not name.meets(worst)


def test_a_limit_is_named_before_a_stretch_that_begins_with_a_peak(past: Past) -> None:
    picture = look(past, BAD_SAMPLE - 9 * HOUR, BAD_SAMPLE + 5 * HOUR, PARTICLES)
    begins = BAD_SAMPLE - 3 * HOUR  # the room goes into operation
    drawn = figure(picture, False)["layout"]["annotations"]
    (alone,) = [label for label in drawn if label["text"].startswith("in operation: action")]
    assert (alone["x"], alone["xanchor"]) == (begins, "right")


def test_in_a_time_to_come_nothing_stands_and_nothing_is_made(past: Past) -> None:
    picture = look(past, NOW + HOUR, NOW + DAY, PRESSURE)
    assert [row.bands for row in picture.rows] == [(), (), ()]


def test_what_people_wrote_is_text_in_a_label(past: Past) -> None:
    picture = look(past, DIP[0] - HOUR, DIP[1] + HOUR, PRESSURE)
    assert "J. Moreau" in picture.rows[0].bands[0].facts
    assert "<b>closed" not in picture.rows[0].bands[0].facts


def test_points_of_one_quantity_share_a_plot_when_wanted(past: Past) -> None:
    picture = look(past, NOW - DAY, NOW, PARTICLES, PRESSURE, ZONE)
    assert [len(plot) for plot in picture.plots(together=True)] == [2, 1]
    assert [len(plot) for plot in picture.plots(together=False)] == [1, 1, 1]
    styles = {json.dumps(t["line"]) for t in figure(picture, True)["data"] if t["name"] in (PARTICLES, ZONE)}
    assert len(styles) == 2


def test_another_time_is_drawn_in_the_same_plot_and_says_how_much_earlier_it_is(past: Past) -> None:
    day_before = Comparison(shift=DAY)
    picture = gather(past.site, past.samples, past.records, [PRESSURE], NOW - HOUR, NOW, NOW, day_before)
    drawn = figure(picture, False)
    own, then = (numbers(traces(drawn, name)[0], "x") for name in (PRESSURE, f"{PRESSURE} then"))
    assert abs(np.nanmin(own) - np.nanmin(then)) <= MINUTE
    name = next(a for a in drawn["layout"]["annotations"] if "24\u202fh before" in a["text"])
    assert NOW - HOUR <= name["x"] <= NOW
    assert [row.label for row in picture.rows] == [
        "Alarms",
        "State",
        "Batch",
        "Alarms then",
        "State then",
        "Batch then",
    ]


def test_plates_are_dots_without_a_line_or_gaps(past: Past) -> None:
    drawn = figure(look(past, NOW - 7 * DAY, NOW, VIABLE), False)
    assert traces(drawn, VIABLE)[0]["mode"] == "markers"
    assert not traces(drawn, "gap")


def test_no_colour_is_written_but_token_names(past: Past) -> None:
    text = json.dumps(figure(look(past, NOW - 7 * DAY, NOW, PARTICLES, PRESSURE, HUMIDITY), False))
    assert "#" not in text.replace("rgba(0,0,0,0)", "")


def test_statistics_are_exact_and_split_by_room_state(past: Past) -> None:
    history = look(past, NOW - 7 * DAY, NOW, PARTICLES).points[0]
    rows = {row.state: row for row in statistics(past.samples, history, NOW)}
    busy, quiet = rows[RoomState.IN_OPERATION], rows[RoomState.AT_REST]
    assert (busy.high, busy.outside_action, busy.outside_alert) == (BAD_VALUE, 1, 1)
    assert (quiet.invalid, quiet.outside_alert) == (60, None)
    assert quiet.coverage is not None
    assert quiet.coverage < 0.98 < 1 == busy.coverage


def test_a_suspect_reading_counts_as_suspect_and_is_judged(past: Past) -> None:
    row = statistics(past.samples, look(past, NOW - HOUR, NOW, HUMIDITY).points[0], NOW)[0]
    assert row.suspect == row.n == 60
    assert row.mean is not None


def test_outside_is_counted_under_the_limit_of_each_time(past: Past) -> None:
    history = look(past, DIP[0] - HOUR, DIP[1] + HOUR, PRESSURE).points[0]
    assert sum(row.outside_action or 0 for row in statistics(past.samples, history, NOW)) == 24
