"""The last hour of a point as a small line, drawn and kept up to date by the browser (assets/sparks.js)."""

from dash import html
from dash.development.base_component import Component

from app.components.basics import tagged
from app.scale import Bounds
from facility.instants import Span
from facility.quantities import Quantity
from facility.site import Point


def spark(point: Point, bounds: Bounds, interval: Span) -> Component:
    """With the outermost limits as lines, and what lies outside filled. The value itself is text beside it."""
    return tagged(
        html.Span(className="spark"),
        data_spark=point.id,
        data_low=bounds.low,
        data_high=bounds.high,
        data_interval=interval,
        data_scale="log" if point.quantity is Quantity.PARTICLES else "linear",
        aria_hidden="true",
    )
