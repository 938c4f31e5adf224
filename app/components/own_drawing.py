"""Proposing a floor plan of one's own: choose an SVG file, see what it names and how it looks, draft the change."""

from collections.abc import Iterable, Sequence

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.changes import of_whole_site
from app.components import draft_form, whole_file
from app.components.basics import drawing as mounted
from app.components.basics import tagged
from app.components.file_place import file_place
from app.context import AppContext
from app.floor_plan.own import LABEL
from app.floor_plan.plan import plan
from app.guard import requires
from facility.drawing import LARGEST, DrawingError, drawing, left_out
from facility.language import _, _n
from facility.roles import Right
from facility.site import Area, Site
from facility.site_changes import differences
from facility.site_drawing import set_drawing
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from storage.records import revisions

SHOWN = 12
"""Names of a list that are told; of what is more only how many."""


def own_drawing(site: Site) -> Component:
    """The card with the area and the field for the file."""
    areas = [{"value": area.id, "label": area.name} for area in site.areas]
    return html.Section(
        [
            html.Header(html.H2(_("Propose a floor plan of your own"))),
            html.Div(
                [
                    html.P(
                        _(
                            "An SVG drawing in which the shape of each room has the room's id; at most {most} "
                            "characters. See docs/site-file.md.",
                            most=formats.decimal(LARGEST, 0),
                        ),
                        className="sec",
                    ),
                    dcc.Store(id="drawing-text"),
                    dmc.Select(
                        id="drawing-area",
                        label=_("Area"),
                        data=areas,
                        value=site.areas[0].id,
                        allowDeselect=False,
                        size="sm",
                        style={"display": "none"} if len(areas) == 1 else {},
                    ),
                    file_place("drawing", _("Choose a drawing, or drop it here"), ".svg"),
                    html.Div(id="drawing-found"),
                    html.Div(
                        [
                            draft_form.fields("drawing"),
                            tagged(html.Div(id="drawing-problem", className="problem"), role="alert"),
                            html.Button(_("Draft the change"), id="drawing-draft", className="btn p"),
                        ],
                        id="drawing-form",
                        hidden=True,
                    ),
                ],
                className="inside",
            ),
        ],
        className="card",
    )


def checked(text: str, area: str, svg: str) -> tuple[str, Component]:
    """The site file with this drawing, and what there is to say of it. Raises DrawingError, SiteFileError."""
    own = drawing(svg)
    changed = set_drawing(text, area, own)
    before, after = parse_site(text, ""), parse_site(changed, "")
    (drawn,) = (known for known in after.areas if known.id == area)
    rooms = [room.id for room in after.rooms.values() if room.area == area]
    if rooms and len(plan(after, drawn).rooms_beside) == len(rooms):
        raise DrawingError(
            _("it names no room of {area}: the shape of each room has its id, like {room}", area=area, room=rooms[0])
        )
    told = [html.Li(words) for words in _told(after, drawn, left_out(svg))]
    found = differences(before, after)
    parts = [mounted(plan(after, drawn).svg, "preview-plan"), html.Ul(told), draft_form.preview(found)]
    return changed if found else "", html.Div(parts)


def _told(site: Site, area: Area, left: Sequence[str]) -> list[str]:
    """What a drawing names and does not name, and what of it was left out."""
    rooms = [room.id for room in site.rooms.values() if room.area == area.id]
    missing = [room.id for room in plan(site, area).rooms_beside]
    named = len(rooms) - len(missing)
    ids = frozenset() if area.drawing is None else area.drawing.ids
    strange = sorted(id for id in ids if id.removesuffix(LABEL) not in rooms)
    told = [_n("It names one room.", "It names {n} rooms and zones.", named, n=named)]
    if missing:
        told.append(_("Not in it, so listed below it: {rooms}", rooms=_some(missing)))
    if strange:
        told.append(_("Ids that are no room here: {ids}", ids=_some(strange)))
    if left:
        told.append(_("Left out, since only shapes and text are kept: {elements}", elements=_some(left)))
    return told


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    words = ", ".join(listed[:SHOWN])
    return _("{names} and {n} more", names=words, n=len(listed) - SHOWN) if len(listed) > SHOWN else words


def register(app: Dash, context: AppContext) -> None:
    """Reading the drawing, and drafting the site file that it is in."""

    @app.callback(
        Output("drawing-text", "data"),
        Output("drawing-found", "children"),
        Output("drawing-form", "hidden"),
        Input("drawing", "contents"),
        Input("drawing-area", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.DRAFT)
    def read(contents: str | None, area: str | None) -> tuple[object, object, bool]:
        of_whole_site(context)
        if not contents or not area:
            return no_update, no_update, True
        with context.records.reading() as connection:
            newest = revisions.newest(connection)
        assert newest is not None  # the app is not served before the first
        try:
            text, found = checked(newest.text, area, whole_file.text_of_upload(contents))
        except SiteFileError as error:
            return None, html.P(error.problems[0].message, className="problem"), True
        except (DrawingError, ValueError) as error:
            return None, html.P(formats.sentence(str(error)), className="problem"), True
        return text, found, not text

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Output("drawing-problem", "children"),
        Input("drawing-draft", "n_clicks"),
        State("drawing-text", "data"),
        State("drawing-reason", "value"),
        State("drawing-why", "value"),
        State("drawing-from", "value"),
        prevent_initial_call=True,
        running=[(Output("drawing-draft", "disabled"), True, False)],
    )
    @requires(Right.DRAFT)
    def send(
        clicks: int | None, text: str | None, reason: str | None, why: str | None, wanted_from: str | None
    ) -> tuple[object, object]:
        if not clicks or not text:
            return no_update, no_update
        drafted = whole_file.draft(context, text, reason, why, wanted_from)
        return (no_update, drafted) if isinstance(drafted, str) else (f"/changes/{drafted.number}", "")
