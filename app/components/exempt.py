"""The mark of a limit that is looser than the standard's, with the reason; and which alarm was judged by one."""

from collections.abc import Iterable, Mapping

from dash import html
from dash.development.base_component import Component

from facility.alarm import Alarm
from facility.language import _
from facility.limit import EXEMPT, Limit
from facility.site import Site

NO_OTHER: Mapping[str, Site] = {}
"""No alarm began under another site than the present one."""


def exempt(limits: Iterable[Limit]) -> Component | None:
    """Symbol and word, with the reasons; None where the standard applies to all of them."""
    reasons = list(dict.fromkeys(limit.exempt for limit in limits if limit.exempt))
    if not reasons:
        return None
    why = "; ".join(reasons)
    return html.Span([_(EXEMPT), html.Span(f": {why}", className="why")], className="exempt", title=why)


def limits_of(site: Site, alarm: Alarm) -> list[Limit]:
    """The limits of the point, as the site describes it, by which such an alarm is judged."""
    point = site.points.get(alarm.point)
    if point is None or alarm.limit is None:
        return []
    return [
        limit
        for limit in point.limits
        if (limit.side.value, limit.value, limit.operator) == (alarm.condition.value, alarm.limit, alarm.operator)
    ]
