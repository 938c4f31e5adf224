"""The picture of a trend for paper (SVG): the same curves, ranges, limits, gaps and bands as on the screen."""

from collections.abc import Sequence
from html import escape

import numpy as np

from app import formats
from app.copies.as_pdf import FONT
from app.copies.copy import Chart
from app.trends.figure import value_axis_of
from app.trends.labels import is_of_one
from app.trends.picture import Picture, PointPicture
from app.trends.series import runs
from app.trends.ticks import time_ticks
from app.trends.value_axis import ValueAxis
from facility.language import N_, _
from facility.limit import Severity
from storage.samples.columns import Array

WIDTH, LEFT, RIGHT = 1000, 84, 12
TITLE, TITLE_LINE, ROW, FOOT = 24, 15, 20, 34
ON_FIRST_PAGE, LOWEST_PLOT, HIGHEST_PLOT = 400, 80, 170
"""How high the whole picture may be to stand below the head of the copy, and how high one plot is in any case."""
MOST_LETTERS = 140
"""Of a line of a title."""
INK, SOFT, LINE, GRID = "#14181b", "#555e66", "#a9b0b6", "#d9dde0"
ACTION, ALERT = "#b00e28", "#7a4e00"
CURVES = (("#23313c", ""), ("#2f6f7a", "7 3"), ("#7c5b2e", "2 3"), ("#6a5596", "8 3 2 3"))
"""Colour and dashes of the first, second, … point of a plot."""
BANDS = {
    "action": "#c8102e",
    "alert": "#ffb000",
    "advisory": "#5aa9e6",
    "nodata": "#ffffff",
    "in operation": "#8e979f",
    "at rest": "#d3d7da",
    "cleaning": "#b7bec4",
}
DASHES = (N_("solid"), N_("dashed"), N_("dotted"), N_("dash-dotted"))
LEGEND = N_("Line: mean or reading. Grey band: lowest to highest. Red line: action limit. Brown dashes: alert level.")
SIGNS = N_("Hatched: no data. ×: invalid. ▼: comment or correction.")


def chart(picture: Picture, together: bool) -> Chart:
    """The picture, with a mark above each stretch that is commented or corrected."""
    plots = picture.plots(together)
    below = FOOT + ROW * len(picture.rows)
    titles = [_title(points) for points in plots]
    above = [TITLE + TITLE_LINE * (len(title) - 1) for title in titles]
    plot = min(max((ON_FIRST_PAGE - below - sum(above)) // len(plots), LOWEST_PLOT), HIGHEST_PLOT)
    height = sum(above) + len(plots) * plot + below
    place = _Place(picture, plot)
    parts, top = [], 0
    for points, title, high in zip(plots, titles, above, strict=True):
        top += high
        last = top - 7
        parts += [_text(LEFT, last - TITLE_LINE * n, line, "start") for n, line in enumerate(reversed(title))]
        parts += _plot(points, place, top)
        top += plot
    parts += _time_axis(place, height - below)
    parts += _bands(place, height - below + FOOT)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="{FONT}" font-size="13" fill="{INK}">'
        '<defs><pattern id="none" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<line x1="0" y1="0" x2="0" y2="7" stroke="{LINE}" stroke-width="1.2"/></pattern></defs>'
        f"{''.join(parts)}</svg>"
    )
    return Chart(svg, f"{_(LEGEND)} {_(SIGNS)}")


class _Place:
    """Where times and values lie on the paper."""

    def __init__(self, picture: Picture, plot: int) -> None:
        self.picture = picture
        self.plot = plot
        """How high a plot is."""
        self._scale = (WIDTH - LEFT - RIGHT) / (picture.end - picture.start)

    def x(self, at: float) -> float:
        """Kept within the plot."""
        held = min(max(at, self.picture.start), self.picture.end)
        return round(LEFT + (held - self.picture.start) * self._scale, 1)

    def y(self, axis: ValueAxis, value: float, top: float) -> float:
        """In the plot that begins at `top`."""
        placed = float(axis.place(np.array([value]))[0])
        if axis.logarithmic:
            part = np.log(placed / axis.bottom) / np.log(axis.top / axis.bottom)
        else:
            part = (placed - axis.bottom) / (axis.top - axis.bottom)
        return round(float(top + self.plot * (1 - part)), 1)


def _plot(points: Sequence[PointPicture], place: _Place, top: float) -> list[str]:
    axis = value_axis_of(points)
    parts = []
    for value, text in axis.ticks:
        y = place.y(axis, value, top)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, GRID))
        parts.append(_text(LEFT - 6, y + 4, text, "end", SOFT))
    parts.append(
        f'<clipPath id="c{top:g}"><rect x="{LEFT}" y="{top}" width="{WIDTH - LEFT - RIGHT}" height="{place.plot}"/>'
    )
    parts.append(f'</clipPath><g clip-path="url(#c{top:g})">')
    now = [picture for picture in points if not picture.shift]
    for picture in points[:1] if is_of_one(points) else ():
        parts += [_rectangle(place.x(a), top, place.x(b), place.plot, "url(#none)") for a, b in picture.gaps]
    for picture in points:
        parts += [_range(picture, run, axis, place, top) for run in runs(picture.series, picture.gaps)]
    for picture in now:
        parts += _limits(picture, axis, place, top)
    for number, picture in enumerate(points):
        parts += _curve(picture, number, axis, place, top)
        parts += [
            _text(place.x(at + picture.shift), top + place.plot - 3, "×", "middle")
            for at in picture.series.time[picture.series.judged < picture.series.n]
        ]
    parts.append(f'</g><rect x="{LEFT}" y="{top}" width="{WIDTH - LEFT - RIGHT}" height="{place.plot}" fill="none" ')
    parts.append(f'stroke="{LINE}"/>')
    for picture in now:
        for one in picture.said:
            left, right = place.x(one.about.start), place.x(one.about.end)
            parts.append(_rectangle(left, top, right, 4, INK))
            parts.append(_text((left + right) / 2, top + 10, "▼", "middle"))
    return parts


def _title(points: Sequence[PointPicture]) -> list[str]:
    """Its lines: of many points one would leave the paper."""
    names = [f"{p.point.room} {formats.what(p.point)} ({p.point.id})" for p in points]
    times = [_("{point}, time compared", point=n) if p.shift else n for n, p in zip(names, points, strict=True)]
    dashes = [_(DASHES[n % len(DASHES)]) for n in range(len(points))]
    said = [f"{name}, {dash}" for name, dash in zip(times, dashes, strict=True)]
    lines = [""]
    for words in said if len(names) > 1 else names:
        if not lines[-1]:
            lines[-1] = words
        elif len(lines[-1]) + len(words) < MOST_LETTERS:
            lines[-1] += f"; {words}"
        else:
            lines[-1] += ";"
            lines.append(words)
    lines[-1] += f", {points[0].point.unit}"
    return lines


def _curve(picture: PointPicture, number: int, axis: ValueAxis, place: _Place, top: float) -> list[str]:
    colour, dashes = CURVES[number % len(CURVES)]
    series = picture.series
    parts = []
    for run in runs(series, picture.gaps):
        shown = _points(series.time[run] + picture.shift, series.mean[run], axis, place, top)
        if picture.point.silent_after is not None and run.stop - run.start > 1:
            joined = " ".join(f"{x},{y}" for x, y in shown)
            parts.append(
                f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="1.2" '
                f'stroke-dasharray="{dashes}"/>'
            )
        else:
            parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in shown]
    return parts


def _range(picture: PointPicture, run: slice, axis: ValueAxis, place: _Place, top: float) -> str:
    series = picture.series
    if series.width == 0:
        return ""
    upper = _points(series.time[run] + picture.shift, series.high[run], axis, place, top)
    lower = _points(series.time[run] + picture.shift, series.low[run], axis, place, top)
    joined = " ".join(f"{x},{y}" for x, y in [*upper, *reversed(lower)])
    return f'<polygon points="{joined}" fill="{INK}" fill-opacity="0.2" stroke="{SOFT}" stroke-width="0.4"/>'


def _limits(picture: PointPicture, axis: ValueAxis, place: _Place, top: float) -> list[str]:
    parts = []
    for line in picture.lines:
        y = place.y(axis, line.limit.value, top)
        action = line.limit.severity is Severity.ACTION
        look = (ACTION, "1.6", "") if action else (ALERT, "1.3", "6 4")
        parts += [_line(place.x(a), y, place.x(b), y, *look) for a, b in line.drawn(picture.end - picture.start)]
    return parts


def _time_axis(place: _Place, top: float) -> list[str]:
    parts = []
    for tick in time_ticks(place.picture.start, place.picture.end, place.picture.timezone):
        parts.append(_line(place.x(tick.at), top, place.x(tick.at), top + 4, LINE))
        parts.append(_text(place.x(tick.at), top + 15, tick.text, "middle", SOFT))
        parts.append(_text(place.x(tick.at), top + 28, tick.day, "middle", SOFT))
    return parts


def _bands(place: _Place, top: float) -> list[str]:
    parts = []
    for number, row in enumerate(place.picture.rows):
        y = top + number * ROW
        parts.append(_text(LEFT - 6, y + 14, row.label, "end", SOFT))
        for band in row.bands:
            left, right = place.x(band.start), max(place.x(band.end), place.x(band.start) + 2)
            parts.append(_rectangle(left, y + 2, right, ROW - 5, BANDS.get(band.kind, "#ffffff"), SOFT))
            if right - left > 7 * len(band.text):
                light = "#ffffff" if band.kind == "action" else INK
                parts.append(_text((left + right) / 2, y + 14, band.text, "middle", light))
    return parts


def _points(times: Array, values: Array, axis: ValueAxis, place: _Place, top: float) -> list[tuple[float, float]]:
    return [
        (place.x(at), place.y(axis, value, top))
        for at, value in zip(times, values, strict=True)
        if np.isfinite(value)
    ]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: str = "0.7", dashes: str = "") -> str:
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _rectangle(left: float, top: float, right: float, height: float, fill: str, stroke: str = "none") -> str:
    width = max(round(right - left, 1), 1)
    return f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{fill}" stroke="{stroke}"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = INK) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>' if text else ""
