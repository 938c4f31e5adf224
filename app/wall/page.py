"""The page of the wall display: plain HTML with our own scripts, so that it is small and can run for weeks.

It is drawn empty, and painted by the browser (assets/wall.js) from the one stream.
"""

from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup

from app.context import AppContext
from app.floor_plan.plan import floor_plan
from app.guard import requires
from facility.roles import Right, Role
from facility.site import Site

WALL = "/wall"
CARDS, ROWS = 4, 7
"""Places for rooms that are not normal, and in each list."""
THEMES = ("dark", "light")
SYMBOLS = Path(__file__).parents[2] / "assets" / "icons.svg"


def routes(context: AppContext) -> Blueprint:
    """The one page. `?theme=light` or `dark` in its address holds whatever the browser prefers."""
    wall = Blueprint("wall", __name__, template_folder="templates")
    symbols = Markup(SYMBOLS.read_text())

    @wall.get(WALL)
    @requires(Right.LOOK)
    def show() -> Response:
        site, person = context.site(), context.person()
        theme = request.args.get("theme")
        body = render_template(
            "wall.html",
            site=site,
            theme=theme if theme in THEMES else None,
            display=person is not None and person.role is Role.WALL,
            plans=plans(site),
            rooms={room.id: room.name for room in site.rooms.values()},
            symbols=symbols,
            cards=range(CARDS),
            rows=range(ROWS),
        )
        return make_response(body)

    return wall


def plans(site: Site) -> list[tuple[str, str, Markup]]:
    """Of each area that has a room its id, its name, and its plan."""
    drawn = [(area.id, area.name, floor_plan(site, area)) for area in site.areas]
    return [(id, name, Markup(plan)) for id, name, plan in drawn if plan]
