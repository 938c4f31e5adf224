"""The figure of a trend: stacked plots over one axis of time, and the bands below them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.trends.labels import change_lines, different_limits, is_of_one, labels, title
from app.trends.marks import incomplete_trace, invalid_trace, peak_trace, said_trace
from app.trends.picture import Picture, PointPicture
from app.trends.rows import HALF, ROW, row_traces, rows_axis
from app.trends.ticks import Moments, moments_in, time_ticks
from app.trends.traces import Trace, gap_trace, limit_traces, range_trace, value_trace
from app.trends.value_axis import ValueAxis, value_axis

Dictionary = dict[str, Any]

LEFT, RIGHT, TOP, BOTTOM = 78, 18, 10, 46
TITLE = 34
"""Pixels above each plot for its title."""
LETTER = 6
"""Pixels for each letter of a row's label."""
ABOVE_ROWS = 14
PLOT_HEIGHTS = {1: 380, 2: 240, 3: 190}
SMALLEST_PLOT = 150


def figure(picture: Picture, together: bool) -> Dictionary:
    """The whole figure; its height is in the layout. Colours are token names, see `traces`."""
    plots = picture.plots(together)
    plot = PLOT_HEIGHTS.get(len(plots), SMALLEST_PLOT)
    rows = ABOVE_ROWS + ROW * len(picture.rows)
    inner = len(plots) * (TITLE + plot) + rows
    data: list[Trace] = []
    moments = moments_in(picture.timezone)
    layout = _layout(picture, inner + TOP + BOTTOM)
    for index, points in enumerate(plots):
        top = inner - index * (TITLE + plot) - TITLE
        yaxis = "y" if index == 0 else f"y{index + 1}"
        axis = value_axis_of(points)
        layout[f"yaxis{index + 1 if index else ''}"] = _value_axis_layout(axis, (top - plot) / inner, top / inner)
        data += _traces(points, axis, yaxis, moments)
        layout["annotations"] += [title(points, top / inner), *labels(points, axis, yaxis, picture, plot)]
        layout["shapes"] += change_lines(points, yaxis)
    yaxis = f"y{len(plots) + 1}"
    layout[f"yaxis{len(plots) + 1}"] = rows_axis(picture.rows, (rows - ABOVE_ROWS) / inner)
    data += row_traces(picture.rows, yaxis, picture.end - picture.start)
    return {"data": data, "layout": layout}


def _layout(picture: Picture, height: int) -> Dictionary:
    ticks = time_ticks(picture.start, picture.end, picture.timezone)
    return {
        "height": height,
        "margin": {
            "l": max(LEFT, LETTER * max((len(row.label) for row in picture.rows), default=0) + 14),
            "r": RIGHT,
            "t": TOP,
            "b": BOTTOM,
            "pad": 0,
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "--font", "size": 12, "color": "--ink-3"},
        "showlegend": False,
        "hovermode": "x",
        "hoversubplots": "axis",
        "hoverlabel": {"bgcolor": "--raised", "bordercolor": "--line-2", "font": {"color": "--ink"}, "align": "left"},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "--ink-3", "activecolor": "--ink"},
        "dragmode": "zoom",
        "uirevision": f"{picture.start} {picture.end}",
        "barmode": "overlay",
        "bargap": 1 - 2 * HALF,
        "uniformtext": {"mode": "hide", "minsize": 9},
        "xaxis": {
            "type": "linear",
            "range": [picture.start, picture.end],
            "tickvals": [tick.at for tick in ticks],
            "ticktext": [tick.text + (f"<br>{tick.day}" if tick.day else "") for tick in ticks],
            "anchor": "free",
            "position": 0,
            "side": "bottom",
            "gridcolor": "--grid",
            "zeroline": False,
            "showline": False,
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikedash": "solid",
            "spikecolor": "--ink-3",
            "spikesnap": "data",
        },
        "annotations": [],
        "shapes": [],
    }


def value_axis_of(points: Sequence[PointPicture]) -> ValueAxis:
    """The axis of a plot: all values of its points, and all their limits, lie on it."""
    values = [
        float(extreme)
        for picture in points
        for column, worst in ((picture.series.low, np.nanmin), (picture.series.high, np.nanmax))
        if np.isfinite(column).any()
        for extreme in (worst(column),)
    ]
    limits = [line.limit.value for picture in points if not picture.shift for line in picture.lines]
    return value_axis(points[0].point.quantity, values, limits)


def _value_axis_layout(axis: ValueAxis, bottom: float, top: float) -> Dictionary:
    return {
        "type": "log" if axis.logarithmic else "linear",
        "range": list(axis.range),
        "domain": [max(bottom, 0.0), min(top, 1.0)],
        "tickvals": [value for value, _ in axis.ticks],
        "ticktext": [text for _, text in axis.ticks],
        "fixedrange": True,
        "ticklabelstandoff": 6,
        "gridcolor": "--grid",
        "zeroline": False,
        "showline": False,
        "anchor": "x",
    }


def _traces(points: Sequence[PointPicture], axis: ValueAxis, yaxis: str, moments: Moments) -> list[Trace]:
    traces: list[Trace | None] = []
    if is_of_one(points):
        traces.append(gap_trace(points[0].gaps, axis, yaxis))
    traces += [range_trace(picture, axis, yaxis) for picture in points]
    now = [picture for picture in points if not picture.shift]
    for picture in different_limits(now):
        traces += limit_traces(picture, axis, yaxis)
    traces += [value_trace(picture, axis, yaxis, n, moments) for n, picture in enumerate(points)]
    traces += [invalid_trace(picture, axis, yaxis, moments) for picture in points]
    for picture in now:
        traces.append(incomplete_trace(picture, axis, yaxis))
        traces.append(peak_trace(picture.peaks, axis, yaxis))
        traces.append(said_trace(picture, axis, yaxis, moments))
    return [trace for trace in traces if trace is not None]
