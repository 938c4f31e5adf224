"""The figure of a trend: stacked plots over one axis of time, and the bands below them."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np

from app.trends.bands import LEAST_BAND, MIXED, Band
from app.trends.labels import change_lines, different_limits, is_of_one, labels, title
from app.trends.picture import Picture, PointPicture
from app.trends.ticks import Moments, moments_in, time_ticks
from app.trends.traces import (
    Trace,
    gap_trace,
    incomplete_trace,
    invalid_trace,
    limit_traces,
    peak_trace,
    range_trace,
    said_trace,
    typed,
    value_trace,
)
from app.trends.value_axis import ValueAxis, value_axis
from facility.instants import Span
from facility.limit import RoomState

Dictionary = dict[str, Any]

LEFT, RIGHT, TOP, BOTTOM = 78, 18, 10, 46
TITLE = 34
"""Pixels above each plot for its title."""
LETTER = 6
"""Pixels for each letter of a row's label."""
ROW = 26
"""Pixels for each row of bands."""
ABOVE_ROWS = 14
HALF = 0.38
"""Half of what a band takes of the height of its row."""
LETTER_WIDE = 1 / 180
"""The part of the range that a letter in a band covers, on a laptop."""
POINTED_AT = 0.02
"""The part of the range between places of a wide band where its facts are found."""
PLOT_HEIGHTS = {1: 380, 2: 240, 3: 190}
SMALLEST_PLOT = 150

LOOKS: dict[str, tuple[str, str, str]] = {
    "action": ("--action", "--outline", "--action-ink"),
    "alert": ("--alert", "--outline", "--alert-ink"),
    "advisory": ("--advisory", "--outline", "--advisory-ink"),
    "nodata": ("--nodata", "--nodata-ink", "--nodata-ink"),
    RoomState.IN_OPERATION: ("--st-op", "--st-op", "--ink"),
    RoomState.AT_REST: ("--st-rest", "--st-rest", "--ink"),
    RoomState.CLEANING: ("--st-clean", "--st-clean", "--ink"),
    RoomState.NOT_IN_USE: ("--surface", "--line", "--ink"),
    "batch": ("--surface", "--ink-2", "--ink"),
    MIXED: ("--grid", "--line-2", "--ink-2"),
}
"""Fill, outline and text of a band by its kind."""


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
        layout["annotations"] += [title(points, top / inner), *labels(points, axis, yaxis, picture)]
        layout["shapes"] += change_lines(points, yaxis)
    _add_rows(picture, data, layout, len(plots) + 1, (rows - ABOVE_ROWS) / inner)
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


def _add_rows(picture: Picture, data: list[Trace], layout: Dictionary, number: int, top: float) -> None:
    """The bands as bars, one row below the other."""
    yaxis = f"y{number}"
    rows = len(picture.rows)
    layout[f"yaxis{number}"] = {
        "type": "linear",
        "range": [rows - 0.5, -0.5],
        "domain": [0, max(top, 0.001)],
        "tickvals": list(range(rows)),
        "ticktext": [row.label for row in picture.rows],
        "tickfont": {"color": "--ink-2"},
        "ticklabelstandoff": 6,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "anchor": "x",
    }
    span = picture.end - picture.start
    for index, row in enumerate(picture.rows):
        silent = [band for band in row.bands if not _has_room(band, span)]
        named = [band for band in row.bands if _has_room(band, span)]
        data += [_areas(row.label, kind, list(alike), index, yaxis, span) for kind, alike in groupby(silent, _kind)]
        if named:
            data.append(_bars(row.label, named, index, yaxis))


def _has_room(band: Band, span: Span) -> bool:
    """Has it words, and room for them?"""
    return bool(band.text) and band.end - band.start > LETTER_WIDE * len(band.text) * span


def _kind(band: Band) -> str:
    return band.kind


def _bars(label: str, bands: Sequence[Band], index: int, yaxis: str) -> Trace:
    """Bands with their words in them."""
    return {
        "type": "bar",
        "orientation": "h",
        "name": label,
        "base": typed(np.array([band.start for band in bands], np.float64)),
        "x": typed(np.array([band.end - band.start for band in bands], np.float64)),
        "y": [index] * len(bands),
        "yaxis": yaxis,
        "text": [band.text for band in bands],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": [LOOKS[band.kind][2] for band in bands], "size": 11},
        "marker": {
            "color": [LOOKS[band.kind][0] for band in bands],
            "line": {"color": [LOOKS[band.kind][1] for band in bands], "width": 1},
        },
        "customdata": [band.facts for band in bands],
        "hoverinfo": "text",
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _areas(label: str, kind: str, bands: Sequence[Band], index: int, yaxis: str, span: Span) -> Trace:
    """Bands of one look without words, all of them one path: a bar each takes a browser a millisecond.

    Where they are pointed at, the facts are found at their corners, and every now and then along wide ones.
    """
    x: list[float] = []
    y: list[float] = []
    facts: list[str] = []
    for band in bands:
        end = max(band.end, band.start + LEAST_BAND * span)
        upper = np.linspace(band.start, end, 2 + int((end - band.start) / (POINTED_AT * span))).tolist()
        x += [*upper, *upper[::-1], band.start, math.nan]
        y += [index - HALF] * len(upper) + [index + HALF] * len(upper) + [index - HALF, math.nan]
        facts += [band.facts] * (2 * len(upper) + 1) + [""]
    fill, outline, _ink = LOOKS[kind]
    return {
        "type": "scatter",
        "name": label,
        "mode": "lines",
        "x": typed(np.array(x)),
        "y": typed(np.array(y)),
        "yaxis": yaxis,
        "fill": "toself",
        "fillcolor": fill,
        "line": {"color": outline, "width": 1},
        "hoveron": "points",
        "customdata": facts,
        "hoverinfo": "text",
        "hovertemplate": "%{customdata}<extra></extra>",
    }
