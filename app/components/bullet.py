"""The bullet graph: a value against its alert levels and action limits. The browser moves the value (`--at`)."""

from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component

from app.components.basics import live, tagged
from app.scale import Scale, Yardstick


def bullet(point: str, yardstick: Yardstick) -> Component | None:
    """Light is inside, darker beyond alert, darkest beyond action; dotted tick alert, solid tick action."""
    scale, bounds = yardstick.scale, yardstick.bounds
    if scale is None:
        return None
    parts = [
        *_zones(scale, bounds.low_alert, bounds.high_alert, "beyond-alert"),
        *_zones(scale, bounds.low_action, bounds.high_action, "beyond-action"),
        *_ticks(scale, (bounds.low_alert, bounds.high_alert), "alert"),
        *_ticks(scale, (bounds.low_action, bounds.high_action), "action"),
        html.I(className="mark"),
    ]
    return tagged(live(html.Div(parts, className="bullet"), "at", point=point), aria_hidden="true")


def _zones(scale: Scale, low: float | None, high: float | None, name: str) -> Iterator[Component]:
    if low is not None:
        yield html.I(className=name, style={"left": 0, "width": _percent(scale.position(low))})
    if high is not None:
        start = scale.position(high)
        yield html.I(className=name, style={"left": _percent(start), "width": _percent(1 - start)})


def _ticks(scale: Scale, values: tuple[float | None, float | None], name: str) -> Iterator[Component]:
    for value in values:
        if value is not None:
            yield html.I(className=f"tick {name}", style={"left": _percent(scale.position(value))})


def _percent(part: float) -> str:
    return f"{part * 100:.1f}%"
