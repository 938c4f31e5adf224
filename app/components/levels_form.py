"""The fields and places of the page about alert levels, before anything is in them."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from app import formats
from app.components import levels_parts as parts
from app.components.basics import tagged
from app.components.graph import graph
from app.components.picking import days_field, moment_field
from app.levels.answer import usual_side
from app.levels.fields import ALL_STATES, ALONE
from facility.instants import DAY, Instant
from facility.language import _
from facility.levels.units import Unit, usual_unit
from facility.limit import RoomState, Side
from facility.site import Site

USUAL_DAYS = 365


def pictures() -> list[Component]:
    """Filled when there is an answer; hidden before."""
    return [
        tagged(
            html.Section(
                [
                    html.Header([html.H2(_("The values")), html.Span(_(parts.PICTURE), className="sec grow right")]),
                    dcc.Store(id="levels-figure"),
                    graph("levels-graph"),
                ],
                id="levels-picture",
                className="card",
                hidden=True,
            ),
            aria_label=_("The values"),
        ),
        html.Section(
            [
                html.Header(
                    [
                        html.H2(_("The fit")),
                        dmc.Select(id="levels-fit-of", size="sm", **{"aria-label": _("Of which method")}),
                    ]
                ),
                dcc.Store(id="levels-quantiles"),
                graph("levels-fit-graph"),
            ],
            id="levels-fit",
            className="card",
            hidden=True,
        ),
        dcc.Store(id="trend-theme"),
    ]


def form(site: Site, chosen: str | None, now: Instant) -> Component:
    """What may be asked, with the usual answers filled in."""
    point = site.points[chosen] if chosen else None
    side = usual_side(point) if point else Side.HIGH
    unit = usual_unit(point.quantity) if point else Unit.HOURLY_WORST
    pools = parts.pools(site, point, side) if point else []
    last = formats.in_zone(now, site.timezone)
    begin = formats.in_zone(now - USUAL_DAYS * DAY, site.timezone)
    return html.Div(
        [
            dmc.Select(
                id="levels-point",
                allowDeselect=False,
                label=_("Point"),
                data=parts.point_choices(site),
                value=chosen,
                searchable=True,
                size="sm",
            ),
            dmc.Select(
                id="levels-with", allowDeselect=False, label=_("Together with"), data=pools, value=ALONE, size="sm"
            ),
            html.Div(
                [
                    days_field("levels-begin", label=_("From"), value=begin.strftime("%Y-%m-%d")),
                    days_field("levels-finish", label=_("To"), value=last.strftime("%Y-%m-%d")),
                ],
                className="two",
            ),
            html.Div(
                [
                    dmc.Select(
                        id="levels-state",
                        allowDeselect=False,
                        label=_("Room state"),
                        data=parts.options([*RoomState, ALL_STATES]),
                        value=RoomState.IN_OPERATION.value,
                        size="sm",
                    ),
                    dmc.Select(
                        id="levels-side",
                        allowDeselect=False,
                        label=_("Side"),
                        data=parts.options(Side),
                        value=side.value,
                        size="sm",
                    ),
                ],
                className="two",
            ),
            dmc.Select(
                id="levels-unit",
                allowDeselect=False,
                label=_("One value stands for"),
                data=parts.options(Unit),
                value=unit.value,
                size="sm",
            ),
            html.Details(
                [
                    html.Summary(_("Leave out a stretch, with its cause")),
                    html.Div(
                        [
                            moment_field("levels-out-from", label=_("From")),
                            moment_field("levels-out-to", label=_("To")),
                            dmc.TextInput(id="levels-out-why", label=_("Assigned cause"), size="sm"),
                            html.Button(_("Leave it out"), id="levels-out-add", className="btn s"),
                        ],
                        className="out",
                    ),
                ]
            ),
            html.Div(id="levels-out-list"),
            html.Button(_("Leave nothing out"), id="levels-out-clear", className="btn s", hidden=True),
            tagged(html.Div(id="levels-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Button(_("Work out the levels"), id="levels-start", className="btn p"),
                    html.Button(_("Cancel"), id="levels-cancel", className="btn", hidden=True),
                ],
                className="row",
            ),
            html.Progress(id="levels-progress", max="100", value="0", hidden=True),
        ],
        className="quiet form",
    )


def to_draft(may_draft: bool) -> Component:
    """Only for who may draft."""
    return html.Section(
        [
            html.Header(html.H2(_("Make this a draft change"))),
            html.Div(
                [
                    dmc.Select(id="levels-method", label=_("The alert level of"), size="sm"),
                    dmc.Textarea(
                        id="levels-why",
                        label=_("Rationale, for the limit"),
                        autosize=True,
                        minRows=3,
                    ),
                    dmc.Textarea(
                        id="levels-reason", label=_("Why it is changed"), required=True, autosize=True, minRows=2
                    ),
                    tagged(html.Div(id="levels-draft-problem", className="problem"), role="alert"),
                    html.Button(_("Draft the change"), id="levels-draft", className="btn p"),
                ],
                className="quiet draft",
            ),
        ],
        className="card",
        hidden=not may_draft,
    )
