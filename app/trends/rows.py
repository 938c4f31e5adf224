"""The rows of bands below the plots: alarms, room states and batches over the same axis of time."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.trends.bands import LEAST_BAND, MIXED, Band, BandRow
from app.trends.traces import NOWHERE, Trace, typed
from facility.instants import Span
from facility.limit import RoomState
from storage.samples.columns import Array

ROW = 26
"""Pixels for each row."""
HALF = 0.38
"""Half of what a band takes of the height of its row."""
EDGE = 1 / ROW
"""A pixel, as a part of the height of a row."""
EDGE_WIDE = 0.001
"""A pixel, as a part of the range, on a laptop."""
LETTER_WIDE = 1 / 180
"""The part of the range that a letter in a band covers, on a laptop."""
POINTED_AT = 0.02
"""The part of the range between places of a wide band where its facts are found."""

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


def rows_axis(rows: Sequence[BandRow], top: float) -> dict[str, Any]:
    """The axis that the labels of the rows stand at; the first row is the uppermost."""
    return {
        "type": "linear",
        "range": [len(rows) - 0.5, -0.5],
        "domain": [0, max(top, 0.001)],
        "tickvals": list(range(len(rows))),
        "ticktext": [row.label for row in rows],
        "tickfont": {"color": "--ink-2"},
        "ticklabelstandoff": 6,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "anchor": "x",
    }


def row_traces(rows: Sequence[BandRow], yaxis: str, span: Span) -> list[Trace]:
    """All bands of a range of this length: bars with words, where there is room for them, else areas."""
    traces: list[Trace] = []
    for index, row in enumerate(rows):
        by_kind: dict[str, list[Band]] = {}
        for band in row.bands:
            if not _has_room(band, span):
                by_kind.setdefault(band.kind, []).append(band)
        for kind, alike in by_kind.items():
            traces += _areas(row.label, kind, alike, index, yaxis, span)
        if named := [band for band in row.bands if _has_room(band, span)]:
            traces.append(_bars(row.label, named, index, yaxis))
    return traces


def _has_room(band: Band, span: Span) -> bool:
    """Has it words, and room for them?"""
    return bool(band.text) and band.end - band.start > LETTER_WIDE * len(band.text) * span


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


def _areas(label: str, kind: str, bands: Sequence[Band], index: int, yaxis: str, span: Span) -> list[Trace]:
    """Bands of one look without words: two paths, however many there are. A bar, or a line around each of them, takes
    a browser a millisecond; so the outline is an area, too, and the fill lies a pixel within.

    Where they are pointed at, the facts are found at their corners, and every now and then along wide ones.
    """
    pixel = EDGE_WIDE * span
    stretches = [(band.start, max(band.end, band.start + LEAST_BAND * span)) for band in bands]
    within = [
        np.linspace(start + pixel, end - pixel, 2 + int((end - start) / (POINTED_AT * span)))
        for start, end in stretches
    ]
    facts = [[band.facts] * (2 * len(upper) + 1) + [""] for band, upper in zip(bands, within, strict=True)]
    fill, outline, _ink = LOOKS[kind]
    area = {"type": "scatter", "name": label, "mode": "none", "yaxis": yaxis, "fill": "toself"}
    return [
        {
            **area,
            **_closed([np.array(each) for each in stretches], index, HALF),
            "fillcolor": outline,
            "hoverinfo": "skip",
        },
        {
            **area,
            **_closed(within, index, HALF - EDGE),
            "fillcolor": fill,
            "hoveron": "points",
            "customdata": [each for corners in facts for each in corners],
            "hoverinfo": "text",
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]


def _closed(uppers: Sequence[Array], index: int, half: float) -> dict[str, Any]:
    """The columns of areas around the middle of a row, by the times along their upper edges."""
    corners = (index - half, index + half, index - half, math.nan)
    x = [np.concatenate([upper, upper[::-1], upper[:1], NOWHERE]) for upper in uppers]
    y = [np.repeat(corners, [len(upper), len(upper), 1, 1]) for upper in uppers]
    return {"x": typed(np.concatenate(x)), "y": typed(np.concatenate(y))}
