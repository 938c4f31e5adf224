"""The fields of the page about back-tests, filled from its address, and the way into a draft."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from app import left_out
from app.back_test.question import CHANGEABLE, ROOM, example, limits_of
from app.components.basics import tagged
from app.components.graph import graph
from app.components.levels_parts import point_choices
from app.components.picking import moment_field, to_field
from app.pages.page import Address
from app.proposal import choice_words, typed
from facility.instants import DAY, Instant
from facility.language import N_, _
from facility.site import Site
from facility.site_words import number

USUAL_DAYS = 30
LABELS = {
    "value": N_("Value"),
    "on_delay": N_("On-delay"),
    "off_delay": N_("Off-delay"),
    "deadband": N_("Deadband"),
    "rule": N_("Rule"),
}


def form(site: Site, address: Address, now: Instant, changes: list[str]) -> Component:
    """What may be asked. `changes` are the lines of a change that is tried; then no limit is chosen here."""
    points = [name for name in address.first("points").split(",") if name]
    names = limits_of(site, points)
    limit = address.first("limit")
    chosen = limit if limit in names else next(iter(names), None)
    start, end, words = left_out.period_of(address.first("from"), address.first("to"))
    complete = bool(points or changes) and bool(address.first("from")) and not words
    return html.Div(
        [
            left_out.note(words),
            html.Div(
                [
                    dmc.MultiSelect(
                        id="back-test-points",
                        label=_("Points or rooms"),
                        data=_choices(site),
                        value=points,
                        searchable=True,
                        size="sm",
                    ),
                    dmc.Select(
                        id="back-test-limit",
                        label=_("Limit"),
                        data=limit_options(names),
                        value=chosen,
                        size="sm",
                    ),
                    html.Div([_value(name, address.first(name)) for name in CHANGEABLE[:1]]),
                    html.Div(
                        [_value(name, address.first(name)) for name in ("on_delay", "off_delay")], className="two"
                    ),
                    html.Div([_value(name, address.first(name)) for name in ("deadband", "rule")], className="two"),
                ],
                className="back-test-fields",
                hidden=bool(changes),
            ),
            html.Ul([html.Li(line) for line in changes], className="facts-list") if changes else None,
            _moment("back-test-from", _("From"), site, start if address.first("from") else now - USUAL_DAYS * DAY),
            _moment("back-test-to", _("To"), site, end if address.first("to") else now),
            tagged(html.Div(id="back-test-problem", className="problem"), role="alert"),
            html.Div(
                [
                    # An address that asks everything is answered at once.
                    html.Button(_("Replay"), id="back-test-start", className="btn p", n_clicks=int(complete)),
                    html.Button(_("Cancel"), id="back-test-cancel", className="btn", hidden=True),
                ],
                className="row",
            ),
            html.Progress(id="back-test-progress", max="100", value="0", hidden=True),
        ],
        className="quiet form",
    )


def picture() -> Component:
    """Filled when there is an answer; hidden before."""
    return tagged(
        html.Section(
            [
                html.Header(
                    [
                        html.H2(_("On the trend")),
                        dmc.Select(id="back-test-of", size="sm", **{"aria-label": _("Of which point")}),
                    ]
                ),
                html.Div(
                    [
                        html.Span([html.I(className="key action"), _("limits of then")]),
                        html.Span([html.I(className="key other"), _("the other limits")]),
                    ],
                    className="keys back-test-keys",
                ),
                dcc.Store(id="back-test-figure"),
                graph("back-test-graph"),
                dcc.Store(id="trend-theme"),
            ],
            id="back-test-picture",
            className="card",
            hidden=True,
        ),
        aria_label=_("On the trend"),
    )


def to_draft() -> Component:
    """The way from an answer to a change that it is attached to."""
    return html.Section(
        [
            html.Header(html.H2(_("Make this a draft change"))),
            html.Div(
                [
                    html.P(_("The result of this back-test is attached to it."), className="sec"),
                    dmc.Textarea(id="back-test-reason", label=_("Why it is changed"), required=True, autosize=True),
                    dmc.Textarea(id="back-test-why", label=_("Rationale, for the limit"), autosize=True, minRows=2),
                    tagged(html.Div(id="back-test-draft-problem", className="problem"), role="alert"),
                    html.Button(_("Draft the change"), id="back-test-draft", className="btn p"),
                ],
                className="quiet draft",
            ),
        ],
        id="back-test-to-draft",
        className="card",
        hidden=True,
    )


def limit_options(names: list[str]) -> list[dict[str, str]]:
    """The limits of the chosen points, by their words."""
    return [{"value": name, "label": choice_words(name)} for name in names]


def as_it_is(site: Site, points: list[str], limit: str | None) -> dict[str, str]:
    """What each value is at the first of these points: what stays where a field is left empty."""
    found = example(site, points, limit or "")
    if found is None:
        return dict.fromkeys(CHANGEABLE, "")
    point, held = found
    now: dict[str, Any] = typed(held)
    units = {"value": point.unit, "deadband": point.unit}
    return {
        name: " ".join(
            filter(
                None,
                (
                    number(now[name]) if isinstance(now[name], float) else now[name] or _("each reading"),
                    units.get(name, ""),
                ),
            )
        )
        for name in CHANGEABLE
    }


def _value(name: str, value: str) -> Component:
    box: Component = dmc.TextInput(id=f"back-test-{name}", label=_(LABELS[name]), value=value, size="sm")
    return box


def _choices(site: Site) -> list[dict[str, Any]]:
    rooms = [
        {"value": f"{ROOM}{room}", "label": _("All of {room} {name}", room=room, name=site.rooms[room].name)}
        for room, points in site.points_by_room.items()
        if points
    ]
    return [{"group": _("Rooms"), "items": rooms}, *point_choices(site)]


def _moment(id: str, label: str, site: Site, at: Instant | None) -> Component:
    """By the clocks on the site's wall; empty, and then asked for, where what the address says is left out."""
    return moment_field(id, label=label, value=None if at is None else to_field(at, site.timezone))
