"""The words in a trend's plots: titles, limits, worst values, gaps, changes of the site file."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app import formats
from app.formats import NARROW
from app.trends.limit_words import limit_words
from app.trends.outside import Peak
from app.trends.picture import Picture, PointPicture
from app.trends.placing import Label, Place, apart
from app.trends.steps import LimitLine
from app.trends.traces import look, sampling_words
from app.trends.value_axis import ValueAxis
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, Span
from facility.language import _
from facility.limit import Severity, Side
from facility.quantities import MEASURES

MOST_LIMITS = 6
LETTER = 1 / 120
"""The part of the range that a letter of a label covers, in a plot as wide as on a laptop."""
MOST_REACH = 0.5
"""A label covers no more: from the middle there is as much room to either side."""
PEAK_REACH = 5 * LETTER
"""The part of the range that the value of a peak covers to either side."""
MOST_GAPS = 3
DOT = 6
"""Half a peak's dot, in pixels."""
NARROW_GAP = 0.2
"""The part of the range below which a gap is too narrow for its words."""


def title(points: Sequence[PointPicture], top: float) -> Label:
    """What a plot shows, above it; `top` is a part of the height of all plots."""
    measure = MEASURES[points[0].point.quantity]
    same = len({picture.point.id for picture in points}) == 1
    what = f"{points[0].point.room} {formats.what(points[0].point)}" if same else _(measure.name)
    text = f"<b>{what}, {measure.unit}</b>"
    return _label(
        f"{text}   <span style='font-weight:400'>{sampling_words(points[0])}</span>",
        name="title",
        xref="paper",
        yref="paper",
        x=0,
        y=top,
        yshift=7,
        xanchor="left",
        yanchor="bottom",
        font={"size": 13, "color": "--ink"},
    )


def labels(
    points: Sequence[PointPicture], axis: ValueAxis, yaxis: str, picture: Picture, height: float
) -> list[Label]:
    """Everything that is written inside a plot of this height in pixels."""
    now = [owner for owner in points if not owner.shift]
    worst = [_peak_label(peak, axis, yaxis, owner, picture) for owner in now for peak in owner.peaks]
    fixed = [_change_label(change, yaxis, picture) for owner in now for change in owner.changes]
    empty = [owner for owner in points if len(owner.series) == 0]
    if empty:
        alone = len(empty) == len(points)
        fixed.append(_emptiness_label(empty, yaxis, picture, 0.5 if alone else 0.06))
    if is_of_one(points):
        longest_gaps = sorted(points[0].gaps, key=lambda gap: gap[0] - gap[1])[:MOST_GAPS]
        fixed += [_gap_label(begin, end, yaxis, picture) for begin, end in longest_gaps]
    limits: dict[str, Label] = {}
    for owner in different_limits(now):
        longest = sorted(owner.lines, key=lambda line: -max(e - b for b, e in line.stretches))
        for line in longest[:MOST_LIMITS]:
            label = _limit_label(line, owner.peaks, axis, yaxis, picture)
            limits.setdefault(label["text"], label)  # two rooms often have the same limits
    named = points if len(points) > 1 else ()
    names = [_name_label(owner, n, axis, yaxis, picture.end) for n, owner in enumerate(named) if len(owner.series)]
    place = Place(picture.start, picture.end, axis, height)
    return [*fixed, *apart(place, fixed, [*worst, *limits.values(), *names])]


def is_of_one(points: Sequence[PointPicture]) -> bool:
    """Is a plot of one point, alone or with what it is compared with? Then there is room for its gaps."""
    return len(points) == len(points[0].both) and points[0].beside in (None, *points[1:])


def _limit_label(line: LimitLine, peaks: Sequence[Peak], axis: ValueAxis, yaxis: str, picture: Picture) -> Label:
    """At the beginning of a long stretch; before one that is too short for it, or has a labelled peak there.

    An action limit is named on its outside, an alert level on its inside: so the two do not meet.
    """
    words = limit_words(line.limit)
    span = picture.end - picture.start
    reach = min(LETTER * len(words), MOST_REACH) * span

    def is_crossed(begin: float) -> bool:
        return any(begin - reach / 3 < peak.time < begin + reach for peak in peaks)

    begin, finish = max(
        line.drawn(span).tolist(),
        key=lambda stretch: (
            stretch[0] + reach <= picture.end,
            not is_crossed(stretch[0]),
            stretch[1] - stretch[0],
        ),
    )
    aside = PEAK_REACH * span
    before = min([begin, *(peak.time - aside for peak in peaks if abs(peak.time - begin) < aside)])
    free = before - reach >= picture.start
    fits = begin + reach <= picture.end and not (free and is_crossed(begin))
    action = line.limit.severity is Severity.ACTION
    return _label(
        words,
        x=begin if fits else before if free else finish,
        y=_at(axis, line.limit.value),
        yref=yaxis,
        xshift=4 if fits else -4,
        xanchor="left" if fits else "right",
        yanchor="bottom" if action == (line.limit.side is Side.HIGH) else "top",
        font={"color": "--lim-action" if action else "--lim-alert", "size": 12, "weight": 600},
    )


def duration(span: Span) -> str:
    """A length of time in its largest whole unit and the next: 4 h 10 min, 90 s, 3 days."""
    if span < 2 * MINUTE:
        return f"{span // SECOND}{NARROW}s"
    if span < HOUR:
        return f"{span // MINUTE}{NARROW}min"
    if span < 2 * DAY:
        minutes = span % HOUR // MINUTE
        return f"{span // HOUR}{NARROW}h" + (f" {minutes}{NARROW}min" if minutes else "")
    return _("{n} days", n=span // DAY)


def _peak_label(peak: Peak, axis: ValueAxis, yaxis: str, owner: PointPicture, picture: Picture) -> Label:
    """Above or below its dot; at an edge beside it, where the middle of the label would be cut."""
    above = peak.side is Side.HIGH
    aside = PEAK_REACH * (picture.end - picture.start)
    left, right = peak.time < picture.start + aside, peak.time > picture.end - aside
    return _label(
        f"<b>{formats.number(peak.value, owner.point.quantity)}</b>",
        x=peak.time,
        y=_at(axis, peak.value),
        yref=yaxis,
        xanchor="left" if left else "right" if right else "center",
        xshift=-DOT if left else DOT if right else 0,
        yshift=6 if above else -6,
        yanchor="bottom" if above else "top",
        font={"color": "--ink", "size": 13},
        bgcolor="--surface",
        borderpad=1,
    )


def _gap_label(begin: int, end: int, yaxis: str, picture: Picture) -> Label:
    """In the middle of the gap; upright, as most gaps are narrow."""
    narrow = end - begin < NARROW_GAP * (picture.end - picture.start)
    return _label(
        _("no data, {span}", span=duration(end - begin)),
        x=(begin + end) / 2,
        y=0.5,
        yref=f"{yaxis} domain",
        textangle=-90 if narrow else 0,
        font={"color": "--ink-2", "size": 12},
        bgcolor="--surface",
        borderpad=2,
    )


def _emptiness_label(owners: Sequence[PointPicture], yaxis: str, picture: Picture, height: float) -> Label:
    """Which points have no reading at all in this range, or in that of a comparison; out of the way of those that
    have.
    """
    names = ", ".join(_name(owner) for owner in owners)
    return _label(
        _("no reading in this range: {points}", points=names),
        x=(picture.start + picture.end) / 2,
        y=height,
        yref=f"{yaxis} domain",
        font={"color": "--ink-2", "size": 13},
        bgcolor="--surface",
        borderpad=3,
    )


def _name_label(owner: PointPicture, which: int, axis: ValueAxis, yaxis: str, end: Instant) -> Label:
    """The name of a curve, at its last value that is in the range: beyond it no label is drawn."""
    series = owner.series
    drawn = np.flatnonzero(np.isfinite(series.mean) & (series.time + owner.shift <= end))
    last = int(drawn[-1]) if len(drawn) else 0
    value = float(series.mean[last]) if len(drawn) else axis.bottom
    return _label(
        f"<b>{_name(owner)}</b>",
        x=float(series.time[last] + owner.shift),
        y=_at(axis, value),
        yref=yaxis,
        xanchor="right",
        yanchor="bottom",
        font={"color": look(which)[0], "size": 12},
        bgcolor="--surface",
        borderpad=1,
    )


def _name(owner: PointPicture) -> str:
    """The point, and how much earlier or later than the range."""
    name = f"{owner.point.room} {formats.what(owner.point)}"
    if owner.shift > 0:
        return _("{point}, {span} before", point=name, span=duration(owner.shift))
    if owner.shift:
        return _("{point}, {span} after", point=name, span=duration(-owner.shift))
    return name


def different_limits(points: Sequence[PointPicture]) -> list[PointPicture]:
    """Points whose limits are drawn: of several with the same limits, one."""
    return list({tuple((x.limit.value, x.limit.severity, x.stretches) for x in p.lines): p for p in points}.values())


def change_lines(points: Sequence[PointPicture], yaxis: str) -> list[Label]:
    """A dotted line where another revision of the site file changed the limits."""
    return [
        {
            "type": "line",
            "x0": at,
            "x1": at,
            "y0": 0,
            "y1": 1,
            "xref": "x",
            "yref": f"{yaxis} domain",
            "line": {"color": "--ink", "width": 1.2, "dash": "dot"},
        }
        for owner in points
        if not owner.shift
        for at, _revision, _words in owner.changes
    ]


def _change_label(change: tuple[Instant, int, str], yaxis: str, picture: Picture) -> Label:
    at, revision, words = change
    left = at < (picture.start + picture.end) / 2
    return _label(
        f"<b>{_('revision {number}: {changes}', number=revision, changes=words)}</b>",
        x=at,
        y=0.09,
        yref=f"{yaxis} domain",
        xshift=6 if left else -6,
        xanchor="left" if left else "right",
        yanchor="bottom",
        font={"color": "--ink", "size": 12},
        bgcolor="--surface",
    )


def _at(axis: ValueAxis, value: float) -> float:
    """The place of a label, which counts in exponents on a logarithmic axis."""
    place = float(axis.place(np.array([value]))[0])
    return float(np.log10(place)) if axis.logarithmic else place


def _label(text: str, **rest: Any) -> Label:
    return {"text": text, "showarrow": False, "xref": "x", **rest}
