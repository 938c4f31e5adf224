"""What stands round every page: navigation, the bar with find box, data age, clock, theme, person; and the router."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.components import acknowledge, annotating, copy_menu, put_aside, records_away, refused, signing
from app.components.basics import icon, live, symbol, tagged
from app.components.menu import menu
from app.components.picking import in_the_language_of_the_site
from app.components.sign_out import sign_out_form
from app.context import AppContext
from app.guard import Access, NotAllowedError, needs, requires
from app.navigation import navigation
from app.pages.page import Page, route
from app.refusals import Refusals
from app.sign_in.session_cookie import present_session
from facility.language import _
from facility.roles import Right
from facility.site import Site
from storage.records.errors import RecordsAwayError

THEME = {
    "fontFamily": "var(--font)",
    "primaryColor": "dark",
    "defaultRadius": "6px",
    "cursorType": "pointer",
}


def shell(context: AppContext) -> Component:
    """The frame of every page. `#page` is filled by the router."""
    site = context.site()
    provider: Component = dmc.MantineProvider(
        theme=THEME,
        defaultColorScheme="light",
        children=in_the_language_of_the_site(
            html.Div(
                [
                    dcc.Location(id="url", refresh="callback-nav"),
                    dcc.Store(id="alarm-event"),
                    dcc.Store(id=annotating.ANNOTATED),
                    html.A(_("To the content"), href="#page", className="skip"),
                    tagged(
                        html.A([icon("logo"), html.Span("Cleanwatch")], href="/", className="brand"),
                        aria_label=_("Cleanwatch: overview"),
                    ),
                    _top(context, site),
                    tagged(html.Nav(id="navigation", className="side"), aria_label=_("Main")),
                    html.Div(
                        [
                            tagged(_stale_banner(), role="status"),
                            records_away.banner(),
                            refused.banner(),
                            copy_menu.place(),
                            html.Main(id="page", tabIndex="-1"),
                        ],
                        className="main",
                    ),
                    tagged(html.Div(id="spoken", className="sr"), aria_live="polite"),
                    acknowledge.dialog(context.name),
                    *(put_aside.dialogs(context.name) if context.may(Right.SHELVE) else []),
                    signing.dialog(),
                    annotating.dialog(context.name) if context.may(Right.ANNOTATE) else None,
                ],
                className="shell",
            )
        ),
    )
    return provider


def _top(context: AppContext, site: Site) -> Component:
    before, after = _("Data {age} old").split("{age}")
    return html.Header(
        [
            dmc.Select(
                id="find",
                placeholder=_("Room, point"),
                data=_places(site),
                searchable=True,
                clearable=True,
                limit=30,
                nothingFoundMessage=_("No room or point of that name"),
                leftSection=icon("search", small=True),
                rightSection=html.Kbd("/", className="kbd"),
                className="find",
                size="sm",
                **{"aria-label": _("Find a room or point")},
            ),
            html.Span(_("Simulated data"), className="simulated") if site.simulated else None,
            html.Span(className="grow"),
            html.A([symbol("nodata"), live(html.B(), "system")], href="/system", className="trouble"),
            html.Span(
                [
                    html.Span(className="beat"),
                    html.Span([before, live(html.B(), "data-age"), after], className="when-known"),
                    html.Span(_("No data yet"), className="when-unknown"),
                    live(html.B(), "behind"),
                ],
                className="health",
            ),
            tagged(live(html.Span(className="clock num"), "clock"), data_zone=site.timezone),
            tagged(live(html.Span(className="date muted"), "date"), data_zone=site.timezone),
            tagged(
                html.Button([icon("moon"), icon("sun")], id="theme", className="btn q s", title=_("Light or dark")),
                aria_label=_("Switch between light and dark"),
            ),
            _person(context),
        ],
        className="top",
    )


def _person(context: AppContext) -> Component | None:
    """Who is signed in, with the way to the account and out. A wall display is nobody."""
    person = context.person()
    if person is None or present_session() is None:
        return None
    chip = [
        tagged(html.Span(_initials(person.name), className="ava"), aria_hidden="true"),
        html.Span(person.name, className="b nw user"),
    ]
    lines = [
        html.Div(f"{person.account}, {_(person.role.value)}", className="menu-label"),
        html.A(_("My account"), href="/account", className="menu-line"),
        sign_out_form("menu-line"),
    ]
    return menu(chip, lines, "row person", id="person", label=_("{name}: account and signing out", name=person.name))


def _stale_banner() -> Component:
    return html.Div(
        [symbol("nodata"), html.Div([html.B(id="stale-title"), html.Div(id="stale-text", className="sec")])],
        id="stale",
        className="banner",
        hidden=True,
    )


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.replace(".", " ").split()[:2]).upper()


def _places(site: Site) -> list[dict[str, object]]:
    rooms = [{"value": f"/rooms/{room.id}", "label": f"{room.id} {room.name}"} for room in site.rooms.values()]
    points = [
        {"value": f"/rooms/{point.room}#{point.id}", "label": f"{point.id} {formats.what(point)}"}
        for point in site.points.values()
    ]
    return [{"group": _("Rooms"), "items": rooms}, {"group": _("Points"), "items": points}]


def register(app: Dash, context: AppContext, pages: Sequence[Page], refusals: Refusals) -> None:
    """The router, what the bar does, and the dialogs that answer alarms and ask for signatures."""
    acknowledge.register(app, context)
    put_aside.register(app, context)
    annotating.register(app, context)
    copy_menu.register(app, context, pages)
    signing.register(app, context, [signable for page in pages for signable in page.signs])

    @app.callback(
        Output("page", "children"),
        Output("navigation", "children"),
        Input("url", "pathname"),
        State("url", "search"),
    )
    @requires(Access.SIGNED_IN)
    def show(path: str | None, search: str | None) -> tuple[Component, Component | None]:
        found = route(pages, path, search)
        site, now, person = context.site(), context.clock(), context.person()
        if found is None:
            return _no_such_page(path), navigation(site, pages, None, person, now)
        page, address = found
        try:
            needs(context, page.right)
            drawn = page.layout(context, address)
        except RecordsAwayError as error:
            drawn = records_away.page(context, error)
        except NotAllowedError as error:
            refusals.note(person, f"page {page.path}", str(error))
            drawn = refused.page(_(page.title), str(error))
        content = tagged(html.Div(drawn), data_title=_(page.title))
        return content, navigation(site, pages, page, person, now)

    @app.callback(
        Output("url", "pathname"),
        Output("url", "search"),
        Output("url", "hash"),
        Output("find", "value"),
        Input("find", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def go(place: str | None) -> tuple[object, object, object, object]:
        if not place:
            return no_update, no_update, no_update, no_update
        path, _unused, point = place.partition("#")
        return path, "", f"#{point}" if point else "", None


def _no_such_page(path: str | None) -> Component:
    return html.Div(
        [
            html.H1(_("There is no such page")),
            html.P(_("Nothing is at {path}. The address may be old, or mistyped.", path=path), className="lead"),
            html.A(_("To the overview"), href="/", className="btn"),
        ]
    )
