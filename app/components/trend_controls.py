"""What leads from one trend to another: ranges, moves through time, and where to begin. Links, all of them."""

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app.components.basics import icon
from app.components.segments import segments
from app.context import AppContext
from app.trends.view import ALL, MOST_POINTS, RANGES, View
from facility.instants import Instant
from facility.quantities import Quantity
from facility.site import Site


def ranges(view: View) -> Component:
    """How much time is shown, from an hour to everything."""
    names = {name: words for name, (words, _) in RANGES.items()} | {ALL: "All"}
    return segments([(words, view.over(name)) for name, words in names.items()], view)


def moves(view: View, start: Instant, end: Instant) -> list[Component]:
    """Through time, and from one picture to a picture a point."""
    span = end - start
    moves = [
        ("earlier", "Earlier", view.between(start - span // 2, end - span // 2)),
        ("zoom-out", "Zoom out", view.between(start - span, end + span)),
        ("later", "Later", view.between(start + span // 2, end + span // 2)),
    ]
    links: list[Component] = [html.A(words, href=to.address, className=f"btn s {name}") for name, words, to in moves]
    if len(view.points) > 1:
        other = replace(view, together=not view.together)
        links.append(
            html.A("One plot a point" if view.together else "Together", href=other.address, className="btn s")
        )
    return links


def note(site: Site, view: View) -> Component | None:
    """What of the address cannot be drawn, in words."""
    unknown = [point for point in view.points if point not in site.points]
    words = []
    if unknown:
        words.append(f"Not in the site file: {', '.join(unknown)}.")
    if len(view.points) - len(unknown) > MOST_POINTS:
        words.append(f"The first {MOST_POINTS} points are drawn; take some away to see the others.")
    return html.P(" ".join(words), className="note", role="status") if words else None


def nothing_chosen(context: AppContext, site: Site, view: View) -> Component:
    """What to do next, with links that do it."""
    look = context.look().site
    worst = [room for room in (look.order if look else ()) if site.points_by_room[room]][:3]
    pressures = [s.point for s in site.cascade if s.low is None][:MOST_POINTS]
    counters = [p.id for p in site.points.values() if p.quantity is Quantity.PARTICLES and p.size == 0.5]
    offers = [
        *((f"{room} {site.rooms[room].name}", [p.id for p in site.points_by_room[room]]) for room in worst),
        ("All room pressures", pressures),
        ("Particles ≥ 0.5 µm of all rooms", counters),
    ]
    return html.Div(
        [
            html.H2("No point is chosen"),
            html.P("Choose points from the list, as many as you want to compare. Or begin with:", className="sec"),
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
