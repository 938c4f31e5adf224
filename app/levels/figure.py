"""How the values are distributed, with the levels of each method and the limits in force drawn into it.

Colours are names of tokens, as in `app.trends.figure`: the browser puts in those of the theme.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.levels.answer import Answer
from app.trends.traces import Trace, typed
from app.trends.value_axis import value_axis
from facility.language import _
from facility.levels.result import Result
from facility.levels.sample import Array
from facility.limit import Limit, Severity
from facility.quantities import MEASURES, Quantity

HEIGHT = 420
MOST_STEPS = 1_000
"""Steps of the curve that are drawn; more are not seen."""
BINS = 60
QQ_HEIGHT = 300

Mark = tuple[float, str, str, str, float]
"""Where a line stands, its words, its colour, its dash and its width."""


def figure(answer: Answer, limits: Sequence[Limit]) -> dict[str, Any]:
    """Histogram below, the share of values up to each value above, over the same axis."""
    values = answer.gathered.values
    measure = MEASURES[answer.sample.quantity]
    drawn = [result for result in answer.comparison.results if result.alert is not None]
    logarithmic = answer.sample.quantity is Quantity.PARTICLES and bool(len(values)) and float(values.min()) > 0
    data = [_histogram(values, logarithmic), _cumulative(values)]
    marks = _marks(drawn, limits)
    shapes, annotations = _lines(marks, logarithmic)
    layout = {
        "height": HEIGHT,
        "margin": {"l": 70, "r": 24, "t": 96, "b": 44, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "--font", "size": 12, "color": "--ink-3"},
        "showlegend": False,
        "bargap": 0.04,
        "dragmode": "zoom",
        "hoverlabel": {"bgcolor": "--raised", "bordercolor": "--line-2", "font": {"color": "--ink"}},
        "xaxis": _axis(f"{_(measure.name)}, {measure.unit}")
        | (_decades(values, marks) if logarithmic else {})
        | {"anchor": "y"},
        "yaxis": _axis(_("values")) | {"domain": [0, 0.46], "rangemode": "tozero"},
        "yaxis2": _axis(_("share")) | {"domain": [0.56, 1], "range": [0, 1.02], "tickformat": ".0%"},
        "shapes": shapes,
        "annotations": annotations,
    }
    return {"data": data, "layout": layout}


def quantile_figure(result: Result, unit: str) -> dict[str, Any]:
    """Observed against expected quantiles of the fitted distribution; on the line is a perfect fit."""
    assert result.fit is not None
    expected, observed = np.array(result.fit.expected), np.array(result.fit.observed)
    ends = np.array([min(expected.min(), observed.min()), max(expected.max(), observed.max())])
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": typed(ends),
            "y": typed(ends),
            "line": {"color": "--ink-3", "width": 1, "dash": "dash"},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": typed(expected),
            "y": typed(observed),
            "marker": {"color": "--d-1", "size": 5},
            "hovertemplate": "%{x:.4g} → %{y:.4g}<extra></extra>",
        },
    ]
    layout = {
        "height": QQ_HEIGHT,
        "margin": {"l": 62, "r": 16, "t": 12, "b": 44, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "--font", "size": 12, "color": "--ink-3"},
        "showlegend": False,
        "annotations": [],
        "xaxis": _axis(_("expected, {unit}", unit=unit)),
        "yaxis": _axis(_("observed, {unit}", unit=unit)),
    }
    return {"data": data, "layout": layout}


def _axis(title: str) -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": 12, "color": "--ink-2"}, "standoff": 6},
        "gridcolor": "--grid",
        "zeroline": False,
        "showline": False,
        "ticklabelstandoff": 6,
    }


def _decades(values: Array, marks: Sequence[Mark]) -> dict[str, Any]:
    """A logarithmic axis, with the ticks of trends."""
    axis = value_axis(Quantity.PARTICLES, (float(values.min()), float(values.max())), [mark[0] for mark in marks])
    return {
        "type": "log",
        "range": list(axis.range),
        "tickvals": [value for value, _unused in axis.ticks],
        "ticktext": [text for _unused, text in axis.ticks],
    }


def _histogram(values: Array, logarithmic: bool) -> Trace:
    """Bars of equal width on the axis; whole numbers have a bar each where they are few."""
    if not len(values):
        return {"type": "bar", "x": [], "y": []}
    low, high = float(values.min()), float(values.max())
    if logarithmic:
        edges = np.logspace(np.log10(low), np.log10(max(high, low * 1.001)), BINS + 1)
    elif high - low <= BINS and np.all(values == np.round(values)):
        edges = np.arange(low - 0.5, high + 1)
    else:
        edges = np.linspace(low, max(high, low + 1e-6), BINS + 1)
    counts, _unused = np.histogram(values, edges)
    return {
        "type": "bar",
        "x": typed((edges[1:] + edges[:-1]) / 2),
        "y": typed(counts),
        "width": typed(np.diff(edges) * 0.96),
        "marker": {"color": "--d-1", "line": {"width": 0}},
        "opacity": 0.55,
        "hovertemplate": "%{x:.4g}: %{y:,}<extra></extra>",
    }


def _cumulative(values: Array) -> Trace:
    """The empirical distribution: the share of values no greater than each."""
    ordered = np.sort(values)
    at = np.unique(np.linspace(0, max(len(ordered) - 1, 0), min(len(ordered), MOST_STEPS)).round().astype(np.int64))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": typed(ordered[at]) if len(ordered) else [],
        "y": typed((at + 1) / max(len(ordered), 1)),
        "yaxis": "y2",
        "line": {"color": "--d-1", "width": 1.5, "shape": "hv"},
        "hovertemplate": "%{y:.2%} ≤ %{x:.4g}<extra></extra>",
    }


def _marks(results: Sequence[Result], limits: Sequence[Limit]) -> list[Mark]:
    """One line for each value; methods that agree share theirs."""
    at: dict[float, list[str]] = {}
    for result in results:
        if result.alert is not None:
            at.setdefault(result.alert, []).append(_(result.method.value))
    marks: list[Mark] = [(value, ", ".join(names), "--ink-2", "dot", 1.2) for value, names in sorted(at.items())]
    for limit in limits:
        action = limit.severity is Severity.ACTION
        words = _("action limit in force") if action else _("alert level in force")
        colour = "--lim-action" if action else "--lim-alert"
        marks.append((limit.value, words, colour, "solid" if action else "dash", 1.8))
    return marks


def _lines(marks: Sequence[Mark], logarithmic: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines over both plots; their words one above the other over the plot, so that near ones stay readable."""
    shapes: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, (value, words, colour, dash, width) in enumerate(sorted(marks)):
        if logarithmic and value <= 0:
            continue
        shapes.append(
            {
                "type": "line",
                "x0": value,
                "x1": value,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": colour, "width": width, "dash": dash},
            }
        )
        annotations.append(
            {
                "x": float(np.log10(value)) if logarithmic else value,
                "yref": "paper",
                "y": 1,
                "yshift": 8 + 15 * (number % 6),
                "text": f"{words} {value:,.6g}",
                "showarrow": False,
                "yanchor": "bottom",
                "xanchor": "center",
                "font": {"size": 11, "color": colour if colour != "--ink-2" else "--ink"},
                "bgcolor": "--surface",
            }
        )
    return shapes, annotations
