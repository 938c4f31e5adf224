"""What is marked beside the curve of a point: invalid and missing readings, worst values, what people wrote."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np

from app.trends.bands import escaped
from app.trends.outside import Peak
from app.trends.picture import PointPicture
from app.trends.ticks import Moments
from app.trends.traces import Trace, typed
from app.trends.value_axis import ValueAxis
from facility.language import _
from facility.limit import Severity
from facility.reading import words_of

LOUD = {Severity.ACTION: "--action", Severity.ALERT: "--alert"}


def invalid_trace(picture: PointPicture, axis: ValueAxis, yaxis: str, moments: Moments) -> Trace | None:
    """A cross at the bottom for each reading, or bucket with a reading, that is kept but not judged."""
    series = picture.series
    rows = np.flatnonzero(series.judged < series.n)
    if len(rows) == 0:
        return None
    words = [
        f"{moment}<br>" + _invalid_words(int(reasons), int(n))
        for moment, reasons, n in zip(
            moments(series.start[rows], series.width),
            series.reasons[rows],
            (series.n - series.judged)[rows],
            strict=True,
        )
    ]
    return {
        "type": "scatter",
        "name": "invalid",
        "mode": "markers",
        "x": typed(series.time[rows] + picture.shift),
        "y": typed(np.full(len(rows), _near_bottom(axis))),
        "text": words,
        "yaxis": yaxis,
        "marker": {"symbol": "x-thin", "size": 8, "color": "--ink", "line": {"color": "--ink", "width": 2}},
        "hoverinfo": "text",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _invalid_words(reasons: int, n: int) -> str:
    """Why a reading is invalid; of a bucket how many are."""
    if reasons:
        return _("invalid: {reasons}", reasons=", ".join(_(words) for words in words_of(reasons)))
    return _("{n} invalid", n=n)


def incomplete_trace(picture: PointPicture, axis: ValueAxis, yaxis: str) -> Trace | None:
    """A bar at the bottom of each bucket that holds data, but not all that it should."""
    rows = np.flatnonzero(picture.incomplete)
    if len(rows) == 0:
        return None
    return {
        "type": "scatter",
        "name": "incomplete",
        "mode": "markers",
        "x": typed(picture.series.time[rows]),
        "y": typed(np.full(len(rows), _near_bottom(axis, 0.015))),
        "yaxis": yaxis,
        "marker": {"symbol": "line-ns", "size": 8, "line": {"color": "--ink-3", "width": 1.5}},
        "hoverinfo": "text",
        "hovertemplate": _("readings missing") + "<extra></extra>",
    }


def peak_trace(peaks: Sequence[Peak], axis: ValueAxis, yaxis: str) -> Trace | None:
    """A dot on the worst value of each excursion."""
    if not peaks:
        return None
    return {
        "type": "scatter",
        "name": "worst",
        "mode": "markers",
        "x": typed(np.array([peak.time for peak in peaks])),
        "y": typed(axis.place(np.array([peak.value for peak in peaks]))),
        "yaxis": yaxis,
        "marker": {
            "size": 9,
            "color": [LOUD[peak.severity] for peak in peaks],
            "line": {"color": "--outline", "width": 1.5},
        },
        "hoverinfo": "skip",
    }


def said_trace(picture: PointPicture, axis: ValueAxis, yaxis: str, moments: Moments) -> Trace | None:
    """A mark at the top for each comment or correction, and a line over the stretch that it is about."""
    if not picture.said:
        return None
    top = _near_bottom(axis, 0.95)
    times = np.array([(one.about.start, one.about.end, np.nan) for one in picture.said], np.float64).ravel()
    words = []
    for one in picture.said:
        (moment,) = moments(np.array([one.about.start]), 0)
        lines = [f"{moment}: {_(one.kind.value)} {one.id}" + (f", {_(one.standing.value)}" if one.was else "")]
        lines += [_("{was} should read {becomes}", was=one.was, becomes=one.becomes)] if one.was else []
        text = "<br>".join(escaped(line) for line in (*lines, *wrap(one.reason, 60)))
        words += [text, text, ""]
    return {
        "type": "scatter",
        "name": "said",
        "mode": "lines+markers",
        "x": typed(times),
        "y": typed(np.tile([top, top, np.nan], len(picture.said))),
        "text": words,
        "yaxis": yaxis,
        "line": {"color": "--ink", "width": 3},
        "marker": {"symbol": "triangle-down", "size": 11, "color": "--ink"},
        "connectgaps": False,
        "hoverinfo": "text",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _near_bottom(axis: ValueAxis, part: float = 0.045) -> float:
    """A little above the bottom of the plot."""
    if axis.logarithmic:
        return float(axis.bottom * (axis.top / axis.bottom) ** part)
    return axis.bottom + (axis.top - axis.bottom) * part
