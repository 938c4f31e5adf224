"""The navigation beside every page; on a phone a bar at the bottom, which unfolds to what does not fit into it."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.baked import baked
from app.components.basics import icon, live, tagged
from app.pages.page import Page
from facility.language import _
from facility.people import Person
from facility.roles import Role
from facility.site import Site

AT_HAND: Mapping[Role, tuple[str, ...]] = {
    Role.VIEWER: ("Overview", "Rooms", "Trends", "Alarms"),
    Role.OPERATOR: ("Overview", "Rooms", "Trends", "Alarms"),
    Role.QA: ("Overview", "Trends", "Alarms", "Changes"),
    Role.ENGINEER: ("Overview", "Trends", "Alarms", "System"),
    Role.ADMINISTRATOR: ("Overview", "Alarms", "System", "Accounts"),
}
"""The pages that each role opens most: on a phone they are one touch away. A wall display opens none of them."""


def navigation(
    site: Site, pages: Sequence[Page], current: Page | None, person: Person | None, now: int
) -> Component | None:
    """The links of the pages that have an icon and that the person may open, and where this is."""
    if person is None:
        return None
    shown = [page for page in pages if page.icon is not None and person.may(page.right)]
    links = [_link(page, _is_here(page, current), page.title in AT_HAND[person.role]) for page in shown]
    foot = html.Div(
        [
            html.Div(site.name),
            html.Div(f"{site.timezone}, {formats.offset(now, site.timezone)}"),
            html.Div(f"Cleanwatch {version('cleanwatch')}"),
        ],
        className="foot",
    )
    return baked(html.Div([*links, _more(), foot]))


def _is_here(page: Page, current: Page | None) -> bool:
    return current is page or (current is not None and page.path != "/" and current.path.startswith(page.path))


def _link(page: Page, here: bool, at_hand: bool) -> Component:
    assert page.icon is not None
    badge = live(html.Span(className="n"), "standing") if page.title == "Alarms" else None
    names = [*(["on"] if here else []), *(["hand"] if at_hand else [])]
    link = html.A([icon(page.icon), html.Span(_(page.title)), badge], href=page.path, className=" ".join(names))
    return tagged(link, aria_current="page") if here else link


def _more() -> Component:
    """What unfolds the bar of a phone (assets/navigate.js)."""
    button = html.Button([icon("more"), html.Span(_("More"))], className="more hand")
    return tagged(button, aria_expanded="false", aria_controls="navigation")
