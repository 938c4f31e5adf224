"""Proposing another limit for one point: a form, the site checker's word at each field, and what it would change."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.changes import of_whole_site
from app.components import draft_form
from app.components.basics import tagged
from app.context import AppContext
from app.guard import needs, requires
from app.pages.page import Address, Page
from app.proposal import FIELDS, Proposal, choice_words, choices, propose, typed
from facility.language import N_, _
from facility.limit import Limit, RoomState, Severity, Side
from facility.roles import Right
from facility.site import Point
from facility.site_file import parse_site
from storage.records import changes, revisions
from storage.records.changes import Change, ChangeRefusedError
from storage.records.revisions import Revision

NEW = "new"
RULE = N_("3 in a row, 3 of 5, rolling 1 m3, dose 600; empty for each reading")
TICKED = frozenset({"reached", "latched"})
SPAN = N_("A number and a unit: 30 s, 10 min")


def layout(context: AppContext, address: Address) -> Component:
    """The form for a point, filled with the first of its limits."""
    of_whole_site(context)
    newest = _newest(context)
    point = parse_site(newest.text, "").points.get(address.parts["point"])
    if point is None:
        return html.Div(
            [html.H1(_("There is no such point")), html.A(_("To all rooms"), href="/rooms", className="btn")]
        )
    return html.Div(
        [
            dcc.Store(id="propose-point", data=point.id),
            dcc.Store(id="propose-base", data=newest.number),
            html.Div(
                [
                    html.Div(
                        [html.A(_("Rooms"), href="/rooms"), ", ", html.A(point.room, href=f"/rooms/{point.room}")],
                        className="crumb",
                    ),
                    html.H1(_("Propose a limit for {id}", id=point.id)),
                    html.P(_lead(context, point, newest), className="lead"),
                ],
                className="head",
            ),
            html.Div(
                [
                    html.Section(
                        [
                            html.Header(html.H2(_("The limit"))),
                            html.Div(_fields(point), className="inside limit-fields"),
                        ],
                        className="card",
                    ),
                    html.Section(
                        [
                            html.Header(html.H2(_("The change"))),
                            html.Div(
                                [
                                    html.Div(id="propose-found"),
                                    draft_form.fields("propose"),
                                    tagged(html.Div(id="propose-problem", className="problem"), role="alert"),
                                    html.Button(_("Draft the change"), id="propose-draft", className="btn p"),
                                ],
                                className="inside draft",
                            ),
                        ],
                        className="card",
                    ),
                ],
                className="halves",
            ),
        ],
        className="changes-page",
    )


def _lead(context: AppContext, point: Point, newest: Revision) -> str:
    words = _("{what}, in {unit}. Other points keep theirs.", what=formats.what(point), unit=point.unit)
    if newest.in_force_from > context.clock():
        words += " " + _(
            "Revision {number}, which has not taken force yet, is what you change.", number=newest.number
        )
    return words


def _fields(point: Point) -> list[Component]:
    names = [{"value": str(n), "label": choice_words(name)} for n, name in enumerate(choices(point))]
    every = [*names, {"value": NEW, "label": _("A new limit")}]
    shown = _shown(point, every[0]["value"])

    def choice(field: str, label: str, values: list[str]) -> Component:
        data = [{"value": value, "label": formats.sentence(_(value))} for value in values]
        select: Component = dmc.Select(
            id=f"propose-{field}",
            label=label,
            data=data,
            value=shown[field],
            disabled=bool(names),
            size="sm",
        )
        return select

    def text(field: str, label: str, **more: Any) -> Component:
        box: Component = dmc.TextInput(
            id=f"propose-{field}", label=label, value=shown[field], debounce=500, size="sm", **more
        )
        return box

    def words(field: str, label: str) -> Component:
        box: Component = dmc.Textarea(
            id=f"propose-{field}",
            label=label,
            value=shown[field],
            debounce=500,
            size="sm",
            autosize=True,
            className="all",
        )
        return box

    def number(field: str, label: str, **more: Any) -> Component:
        box: Component = dmc.NumberInput(
            id=f"propose-{field}",
            label=label,
            value=shown[field],
            debounce=500,
            size="sm",
            thousandSeparator=",",
            **more,
        )
        return box

    return [
        dmc.Select(
            id="propose-which",
            allowDeselect=False,
            label=_("Which"),
            data=every,
            value=every[0]["value"],
            size="sm",
            className="all",
        ),
        choice("severity", _("Severity"), ["alert", "action"]),
        choice("side", _("Side"), [side.value for side in Side]),
        number("value", _("Value, {unit}", unit=point.unit)),
        html.Div(
            dmc.Checkbox(id="propose-reached", label=_("The value itself is outside"), checked=shown["reached"]),
            className="tick",
        ),
        text("on_delay", _("On-delay"), description=_(SPAN)),
        text("off_delay", _("Off-delay"), description=_(SPAN)),
        number("deadband", _("Deadband, {unit}", unit=point.unit), min=0),
        text("rule", _("Rule"), description=_(RULE)),
        number("at_once", _("At once beyond, {unit}", unit=point.unit)),
        html.Div(
            dmc.Checkbox(id="propose-latched", label=_("Stays until it is reset"), checked=shown["latched"]),
            className="tick",
        ),
        html.Div(
            dmc.MultiSelect(
                id="propose-room_states",
                label=_("In these room states"),
                data=[{"value": state.value, "label": formats.sentence(_(state.value))} for state in RoomState],
                value=shown["room_states"],
                size="sm",
            ),
            className="all",
        ),
        words("rationale", _("Rationale: why the number and the delays are right")),
        words("response", _("What to do when it is passed; it stands in the message")),
        words("exempt", _("The standard does not apply, because")),
    ]


def _shown(point: Point, which: str) -> dict[str, Any]:
    """What the fields show for the limit that was chosen."""
    if which.isdecimal() and int(which) < len(point.limits):
        return typed(point.limits[int(which)])
    return {**typed(Limit(Severity.ALERT, Side.HIGH, 0)), "value": ""}


def _newest(context: AppContext) -> Revision:
    with context.records.reading() as connection:
        newest = revisions.newest(connection)
    assert newest is not None  # the app is not served before the first
    return newest


def proposed(context: AppContext, point: str, fields: dict[str, Any]) -> Proposal:
    """What the fields would change of the newest revision."""
    return propose(_newest(context).text, point, fields)


def draft(
    context: AppContext,
    point: str,
    base: int,
    fields: dict[str, Any],
    reason: str | None,
    why: str | None,
    wanted_from: str | None,
) -> Change | str:
    """Draft the change; in words why not, where it cannot be."""
    person = needs(context, Right.DRAFT)
    of_whole_site(context)
    proposal = proposed(context, point, fields)
    if proposal.problems:
        return proposal.problems.get("", _("Some fields are not right yet."))
    try:
        moment = draft_form.moment(wanted_from, context.site().timezone)
        with context.records.transaction() as connection:
            return changes.draft(
                connection,
                context.clock(),
                person,
                proposal.text,
                reason or "",
                why or "",
                base=base,
                wanted_from=moment,
            )
    except ChangeRefusedError as error:
        return str(error)


def register(app: Dash, context: AppContext) -> None:
    """Another limit fills the fields; fields are checked as they are typed; the button drafts."""
    values = {name: "checked" if name in TICKED else "value" for name in FIELDS}
    inputs = {name: Input(f"propose-{name}", values[name]) for name in FIELDS}
    errors = [name for name in FIELDS if name not in TICKED]

    @app.callback(
        output={name: Output(f"propose-{name}", values[name]) for name in FIELDS}
        | {f"{name} fixed": Output(f"propose-{name}", "disabled") for name in ("severity", "side")},
        inputs={"which": Input("propose-which", "value"), "point": State("propose-point", "data")},
        prevent_initial_call=True,  # the fields are filled already, and somebody may have begun to type
    )
    @requires(Right.DRAFT)
    def choose(which: str | None, point: str) -> dict[str, Any]:
        of_whole_site(context)
        found = parse_site(_newest(context).text, "").points[point]
        fixed = which != NEW
        return {**_shown(found, which or NEW), "severity fixed": fixed, "side fixed": fixed}

    @app.callback(
        output={"found": Output("propose-found", "children")}
        | {name: Output(f"propose-{name}", "error") for name in errors},
        inputs={"fields": inputs, "point": State("propose-point", "data")},
    )
    @requires(Right.DRAFT)
    def check(fields: dict[str, Any], point: str) -> dict[str, Any]:
        of_whole_site(context)
        proposal = proposed(context, point, fields)
        words = dict.fromkeys(errors, "") | {n: formats.sentence(w) for n, w in proposal.problems.items() if n}
        if proposal.problems:
            return {**words, "found": html.P(formats.sentence(proposal.problems.get("", "")), className="problem")}
        return {**words, "found": draft_form.preview(proposal.found)}

    @app.callback(
        output={
            "address": Output("url", "pathname", allow_duplicate=True),
            "problem": Output("propose-problem", "children"),
        },
        inputs={
            "clicks": Input("propose-draft", "n_clicks"),
            "point": State("propose-point", "data"),
            "base": State("propose-base", "data"),
            "fields": {name: State(f"propose-{name}", values[name]) for name in FIELDS},
            "reason": State("propose-reason", "value"),
            "why": State("propose-why", "value"),
            "wanted_from": State("propose-from", "value"),
        },
        prevent_initial_call=True,
        running=[(Output("propose-draft", "disabled"), True, False)],
    )
    @requires(Right.DRAFT)
    def send(clicks: int | None, **typed_in: Any) -> dict[str, Any]:
        if not clicks:
            return {"address": no_update, "problem": no_update}
        drafted = draft(context, **typed_in)
        if isinstance(drafted, str):
            return {"address": no_update, "problem": drafted}
        return {"address": f"/changes/{drafted.number}", "problem": ""}


PAGE = Page("/propose/<point>", N_("Propose a limit"), layout, register, right=Right.DRAFT)
