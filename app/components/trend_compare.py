"""With what a trend is compared: a menu of earlier times and of other rooms. Links, all of them."""

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.baked import baked
from app.components.basics import icon
from app.components.menu import menu
from app.trends.comparison import counterpart
from app.trends.view import BEFORE, ROOM, View
from facility.instants import Instant
from facility.language import _
from facility.site import Site


def compare_menu(site: Site, view: View, now: Instant) -> Component | None:
    """The menu; none where no point is chosen."""
    points = [site.points[point] for point in view.points if point in site.points]
    if not points:
        return None
    rooms = [room for room in site.rooms.values() if any(counterpart(site, point, room.id) for point in points)]
    choices = [
        *([("", _("With nothing"))] if view.compare else []),
        ("before", _("The same length of time before")),
        *((name, _("{span} earlier", span=_(words))) for name, words in BEFORE.items() if name != "before"),
        *((f"{ROOM}{room.id}", f"{room.id} {room.name}") for room in rooms),
    ]
    lines = [
        html.A(words, href=replace(view, compare=name).address, className="menu-line")
        for name, words in choices
        if name != view.compare or not name
    ]
    words = _("Compare")
    if view.room_beside is not None:
        words = _("Compared with {room}", room=view.room_beside)
    elif view.compare in BEFORE and view.compare != "before":
        words = _("Compared with {span} earlier", span=_(BEFORE[view.compare]))
    elif view.moment_beside is not None:
        words = _("Compared with {moment}", moment=formats.moment(view.moment_beside, site.timezone, now))
    elif view.compare:
        words = _("Compared with an earlier time")
    return baked(menu([words, icon("dn", small=True)], lines, id="compare-open"))
