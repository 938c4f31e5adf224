"""The curves of one point, as the plotting library takes them: plain dictionaries with typed arrays.

Colours are names of tokens (`--ink`): the browser puts in those of the theme, so that one figure serves both.
"""

import base64
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from app import formats
from app.trends.picture import PointPicture
from app.trends.series import Series, runs
from app.trends.steps import LimitLine
from app.trends.ticks import Moments
from app.trends.value_axis import ValueAxis
from facility.instants import DAY, Instant
from facility.language import _
from facility.limit import Severity
from facility.quantities import Quantity
from storage.samples.columns import Array

Trace: TypeAlias = dict[str, Any]

LINES: tuple[tuple[str, str], ...] = (("--d-1", "solid"), ("--d-2", "dash"), ("--d-3", "dot"), ("--d-4", "dashdot"))
"""Colour and dash of the first, second, ... point of a plot."""
FEW = 240
"""So many single readings are drawn as dots, too."""
NOWHERE: Array = np.array([np.nan])
"""Ends a line or an area; the next one begins after it."""
LIMITS = {Severity.ALERT: ("--lim-alert", 1.5, "6px,4px"), Severity.ACTION: ("--lim-action", 1.8, "solid")}
"""Colour, width and dash of limits."""
SUPPOSED = 2.4, "2px,3px"
"""Width and dash of limits that did not hold."""


def look(which: int) -> tuple[str, str]:
    """Colour and dash of a point of a plot: all together sixteen, before they begin again."""
    return LINES[which % len(LINES)][0], LINES[(which + which // len(LINES)) % len(LINES)][1]


def typed(values: Array, kind: str = "f8") -> dict[str, str]:
    """Numbers as the plotting library reads them fastest: their bytes, in base64."""
    array = np.ascontiguousarray(values, dtype=f"<{kind}")
    encoded = {"dtype": kind, "bdata": base64.b64encode(array.tobytes()).decode()}
    if array.ndim > 1:
        encoded["shape"] = ", ".join(map(str, array.shape))
    return encoded


def gap_trace(gaps: Sequence[tuple[Instant, Instant]], axis: ValueAxis, yaxis: str) -> Trace | None:
    """Hatched from bottom to top where no reading is."""
    if not gaps:
        return None
    x = np.array([(b, b, e, e, b, np.nan) for b, e in gaps]).ravel()
    y = np.tile([axis.bottom, axis.top, axis.top, axis.bottom, axis.bottom, np.nan], len(gaps))
    return {
        "type": "scatter",
        "name": "gap",
        "mode": "lines",
        "x": typed(x),
        "y": typed(y),
        "yaxis": yaxis,
        "fill": "toself",
        "fillcolor": "--surface",
        "fillpattern": {"shape": "/", "fgcolor": "--line-2", "bgcolor": "--surface", "size": 9, "solidity": 0.16},
        "line": {"color": "--line-2", "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def range_trace(picture: PointPicture, axis: ValueAxis, yaxis: str) -> Trace | None:
    """The band from the lowest to the highest reading of each bucket; none for single readings."""
    series = picture.series
    if series.width == 0:
        return None
    x: list[Array] = []
    y: list[Array] = []
    time, low, high = series.time + picture.shift, axis.place(series.low), axis.place(series.high)
    for run in runs(series, picture.gaps):
        x += [time[run], time[run][::-1], time[run][:1], NOWHERE]
        y += [high[run], low[run][::-1], high[run][:1], NOWHERE]
    if not x:
        return None
    return {
        "type": "scatter",
        "name": "range",
        "mode": "lines",
        "x": typed(np.concatenate(x)),
        "y": typed(np.concatenate(y)),
        "yaxis": yaxis,
        "fill": "toself",
        "fillcolor": "--band",
        "line": {"color": "--band", "width": 1},
        "hoverinfo": "skip",
    }


def limit_traces(picture: PointPicture, axis: ValueAxis, yaxis: str) -> list[Trace]:
    """The limits, each over the time that it was in force: one curve for those that look alike."""
    by_look: dict[tuple[str, float, str], list[LimitLine]] = {}
    for line in sorted(picture.lines, key=lambda line: line.limit.severity):
        colour, width, dash = LIMITS[line.limit.severity]
        by_look.setdefault((colour, *SUPPOSED) if line.supposed else (colour, width, dash), []).append(line)
    traces = []
    for (colour, width, dash), lines in by_look.items():
        stretches = [line.drawn(picture.end - picture.start).astype(np.float64) for line in lines]
        values = axis.place(np.array([line.limit.value for line in lines], np.float64))
        heights = np.repeat(values, [len(each) for each in stretches])
        traces.append(
            {
                "type": "scatter",
                "name": f"{lines[0].limit.severity.name.lower()} limits"
                + (", supposed" if lines[0].supposed else ""),
                "mode": "lines",
                "x": typed(np.insert(np.concatenate(stretches), 2, np.nan, axis=1).ravel()),
                "y": typed(np.insert(np.column_stack([heights, heights]), 2, np.nan, axis=1).ravel()),
                "yaxis": yaxis,
                "line": {"color": colour, "width": width, "dash": dash},
                "hoverinfo": "skip",
            }
        )
    return traces


def value_trace(picture: PointPicture, axis: ValueAxis, yaxis: str, which: int, moments: Moments) -> Trace:
    """The readings themselves, or the mean of each bucket; with all its numbers when pointed at."""
    series, point = picture.series, picture.point
    colour, dash = look(which)
    rows = _broken(series, picture)
    time = series.time + picture.shift
    x = np.append(time, np.nan)[rows]
    y = np.append(axis.place(series.mean), np.nan)[rows]
    facts = np.column_stack([series.low, series.mean, series.high, series.n])
    facts = np.vstack([facts, np.full((1, 4), np.nan)])[rows]
    words = [*moments(series.start, series.width), ""]
    sparse = point.silent_after is None
    few = series.width == 0 and len(series) <= FEW
    return {
        "type": "scatter",
        "name": f"{point.id} then" if picture.shift else point.id,
        "mode": "markers" if sparse else "lines+markers" if few else "lines",
        "x": typed(x),
        "y": typed(y),
        "customdata": typed(facts),
        "text": [words[row] for row in rows],
        "yaxis": yaxis,
        "line": {"color": colour, "width": 1.5, "dash": dash},
        "marker": {"color": colour, "size": 8 if sparse else 4},
        "connectgaps": False,
        "hoverinfo": "text",
        "hovertemplate": _hover(picture),
    }


def sampling_words(picture: PointPicture) -> str:
    """How the curve was made, in words: single readings, or mean and range of what."""
    every = formats.age(picture.interval)
    every = _("1 day") if picture.interval == DAY else every
    if picture.series.width == 0:
        words = _("single readings, one each {every}", every=every)
    else:
        step = formats.age(picture.series.width)
        words = _("mean and range of readings each {every}, in steps of {step}", every=every, step=step)
    if picture.point.quantity is Quantity.PARTICLES:
        return _("{sampling}, logarithmic", sampling=words)
    return words


def _broken(series: Series, picture: PointPicture) -> Array:
    """The order in which rows are drawn, with the index after the last standing for a break in the line."""
    parts: list[Any] = []
    for run in runs(series, picture.gaps):
        parts += [np.arange(run.start, run.stop), [len(series)]]
    return np.concatenate(parts).astype(np.int64) if parts else np.array([], np.int64)


def _hover(picture: PointPicture) -> str:
    point = picture.point
    decimals = point.measure.decimals
    name = f"<b>{point.room} {formats.what(point)}</b>"
    number = f",.{decimals}f"
    if picture.series.width == 0:
        return f"{name}<br>%{{text}}<br>%{{customdata[1]:{number}}} {point.unit}<extra></extra>"
    low, mean, high = (f"%{{customdata[{n}]:{number}}}" for n in range(3))
    count = _("{n} readings", n="%{customdata[3]}")
    values = _("{low} to {high}, mean {mean} {unit}", low=low, high=high, mean=mean, unit=point.unit)
    return f"{name}<br>%{{text}}, {count}<br>{values}<extra></extra>"
