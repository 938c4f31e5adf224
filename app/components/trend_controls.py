"""What leads from one trend to another: ranges, moves through time, and where to begin. Links, all of them."""

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app import left_out
from app.components.baked import baked
from app.components.basics import icon, tagged
from app.components.segments import segments
from app.context import AppContext
from app.trends.comparison import counterpart
from app.trends.view import ALL, MOST_POINTS, RANGES, View
from facility.instants import Instant
from facility.language import _
from facility.quantities import Quantity
from facility.site import Site


def ranges(view: View) -> Component:
    """How much time is shown, from an hour to everything."""
    names = {name: _(words) for name, (words, _span) in RANGES.items()} | {ALL: _("All")}
    return segments([(words, view.over(name)) for name, words in names.items()], view)


def moves(view: View, start: Instant, end: Instant, now: Instant) -> Component:
    """Through time, as far as now, and from one picture to a picture a point."""
    span = end - start
    widest, latest = min(end + span, now), min(end + span // 2, now)
    links: list[Component] = [
        html.A(_("Earlier"), href=view.between(start - span // 2, end - span // 2).address, className="btn s"),
        html.A(_("Zoom out"), href=view.between(widest - 3 * span, widest).address, className="btn s"),
        html.A(_("Later"), href=view.between(latest - span, latest).address, className="btn s")
        if end < now
        else html.Button(_("Later"), className="btn s", disabled=True, title=_("The range reaches now")),
    ]
    if len(view.points) > 1:
        other = replace(view, together=not view.together)
        links.append(
            html.A(_("One plot a point") if view.together else _("Together"), href=other.address, className="btn s")
        )
    if view.points:
        as_table = replace(view, table=not view.table)
        links.append(
            html.A(_("Without table") if view.table else _("As table"), href=as_table.address, className="btn s")
        )
        kept = view.between(start, end)
        links.append(
            tagged(html.A([icon("link", small=True), _("Link")], href=kept.address, className="btn s"), data_link="")
        )
    return baked(html.Div(links, className="row"))


def cancelled(view: View) -> Component:
    """In the place of a picture that nobody wanted to wait for."""
    return html.Div(
        [
            html.H2(_("Reading was cancelled")),
            html.P(_("A shorter range or fewer points are read faster."), className="sec"),
            html.A(_("Read it again"), href=replace(view, by="room").address + "&again=1", className="btn s"),
        ],
        className="nothing-chosen",
    )


def note(site: Site, view: View, start: Instant, end: Instant, now: Instant) -> Component | None:
    """What of the address cannot be drawn from `start` to `end`, in words."""
    unknown = [point for point in view.points if point not in site.points]
    words = list(view.left_out)
    if unknown:
        words.append(_("Not in the site file: {points}.", points=", ".join(unknown)))
    if len(view.points) - len(unknown) > MOST_POINTS:
        words.append(_("The first {n} points are drawn; take some away to see the others.", n=MOST_POINTS))
    if view.alarm:
        words.append(
            _("There is no alarm {id} that you may see, or none of its points is in the site.", id=view.alarm)
        )
    if view.excursion:
        words.append(
            _("There is no excursion {n} that you may see, or none of its points is in the site.", n=view.excursion)
        )
    shift = view.shift(start, end)
    if shift and start - shift >= now:
        words.append(_("The time to compare with is still to come."))
    if view.room_beside is not None:
        words += _not_beside(site, view, view.room_beside)
    return left_out.note(words)


def _not_beside(site: Site, view: View, room: str) -> list[str]:
    if room not in site.rooms:
        return [_("There is no room {room} to compare with.", room=room)]
    alone = [p for p in view.points if p in site.points and counterpart(site, site.points[p], room) is None]
    if not alone:
        return []
    return [_("In {room} nothing measures the same as {points}.", room=room, points=", ".join(alone))]


def nothing_chosen(context: AppContext, site: Site, view: View) -> Component:
    """What to do next, with links that do it."""
    if not site.points:
        words = _("The site file describes no point yet. Describe an instrument in it; docs/site-file.md tells how.")
        return html.Div(
            [html.H2(_("There is nothing to choose")), html.P(words, className="sec")], className="nothing-chosen"
        )
    look = context.look().site
    worst = [room for room in (look.order if look else ()) if site.points_by_room[room]][:3]
    pressures = [s.point for s in site.cascade if s.low is None][:MOST_POINTS]
    counters = [p.id for p in site.points.values() if p.quantity is Quantity.PARTICLES and p.size == 0.5]
    offers = [
        *((f"{room} {site.rooms[room].name}", [p.id for p in site.points_by_room[room]]) for room in worst),
        (_("All room pressures"), pressures),
        (_("Particles ≥ 0.5 µm of all rooms"), counters),
    ]
    return html.Div(
        [
            html.H2(_("No point is chosen")),
            html.P(_("Choose points from the list, as many as you want to compare. Or begin with:"), className="sec"),
            html.Ul(
                [
                    html.Li(html.A([icon("trends", small=True), words], href=replace(view, points=tuple(p)).address))
                    for words, points in offers
                    if (p := points[:MOST_POINTS])
                ]
            ),
        ],
        className="nothing-chosen",
    )
