"""The alarms: what stands now and waits for an answer, and what was, with filters that live in the address."""

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.alarm_query import AlarmQuery, alarm_query
from app.areas import rooms_of, seen
from app.components.alarm_history import history_table
from app.components.alarm_words import severity_words
from app.components.annotating import ANNOTATED
from app.components.annotations import said_about
from app.components.basics import live, symbol
from app.components.copy_menu import copy_menu
from app.components.filter_fields import days_field, days_value, text_field
from app.components.life import reads_trail
from app.components.put_aside_list import put_aside_table
from app.components.standing_alarms import standing, standing_table
from app.context import AppContext
from app.copies.alarm_list import alarms_copy
from app.guard import requires
from app.pages.page import Address, Page, query_of
from app.past_sites import sites_then
from facility.alarm import AlarmState, Condition
from facility.limit import Severity
from facility.roles import Right
from facility.site import Site
from storage.records import alarms

ROWS = 50
FILTERS = ("rooms", "severities", "conditions", "states", "text", "days", "found")


def layout(context: AppContext, address: Address) -> Component:
    """Standing alarms first, then history."""
    site, query = context.site(), alarm_query(address.query)
    rows, words, pages = _history(context, query)
    return html.Div(
        [
            dcc.Location(
                id="alarms-url", refresh="callback-nav"
            ),  # the shell's own would ask for fields on every page
            html.Div([live(html.H1(), "title"), live(html.P(className="lead"), "lead")], className="head"),
            html.Section(
                [
                    html.Header([html.H2("Standing alarms"), html.A("Alarm health", href="/alarm-health")]),
                    html.Div(_standing(context), id="alarms-standing"),
                ],
                className="card wide",
            ),
            html.Section(_aside(context), id="alarms-aside", className="card wide"),
            html.Section(
                [
                    html.Header(
                        [
                            html.H2("History"),
                            html.Span(words, id="alarms-found", className="grow"),
                            copy_menu(context),
                        ]
                    ),
                    html.Div(_filters(site, query), className="filters"),
                    html.Div(rows, id="alarms-history", className="scroll"),
                    dmc.Pagination(id="alarms-page", total=pages, value=query.page, className="pages", size="sm"),
                ],
                className="card wide",
            ),
        ],
        className="alarms-page",
    )


def _standing(context: AppContext) -> Component:
    answering = context.may(Right.ACKNOWLEDGE)
    found, names = standing(context), context.names()
    with context.records.reading() as connection:
        then = sites_then(context, connection, found)
    return standing_table(context.site(), found, context.clock(), then=then, answering=answering, names=names)


def _aside(context: AppContext) -> list[Component]:
    table = put_aside_table(context)
    none = html.Div([symbol("normal"), "Nothing is shelved, suppressed or out of service."], className="nothing")
    return [html.Header(html.H2("Calls nobody")), none if table is None else table]


def _history(context: AppContext, query: AlarmQuery) -> tuple[Component, str, int]:
    """The table, how many alarms were found in words, and the number of pages."""
    site = context.site()
    wanted = replace(query.filter(site.timezone), within=rooms_of(context))
    with context.records.reading() as connection:
        total = alarms.count(connection, wanted)
        found = list(seen(context, alarms.history(connection, wanted, ROWS, (query.page - 1) * ROWS)))
        said = said_about(connection, [f"alarm {alarm.id}" for alarm in found])
        then = sites_then(context, connection, found)
    words = f"{total} {'alarm' if total == 1 else 'alarms'}, times in {site.timezone}"
    table = history_table(
        site,
        found,
        context.clock(),
        said,
        then=then,
        annotating=context.may(Right.ANNOTATE),
        trail=reads_trail(context),
    )
    return table, words, max(1, -(-total // ROWS))


def _filters(site: Site, query: AlarmQuery) -> list[Component]:
    values = _values(query)

    def choice(name: str, label: str, data: list[dict[str, str]]) -> Component:
        select: Component = dmc.MultiSelect(
            id=f"alarms-{name}",
            label=label,
            data=data,
            value=values[name],
            clearable=True,
            searchable=True,
            size="sm",
        )
        return select

    return [
        choice(
            "rooms", "Room", [{"value": room.id, "label": f"{room.id} {room.name}"} for room in site.rooms.values()]
        ),
        choice(
            "severities",
            "Severity",
            [{"value": severity.name.lower(), "label": severity_words(severity)} for severity in reversed(Severity)],
        ),
        choice("conditions", "Condition", [{"value": c.value, "label": formats.sentence(c)} for c in Condition]),
        choice("states", "State", [{"value": state.value, "label": formats.sentence(state)} for state in AlarmState]),
        text_field("alarms-text", "Text", "Point, comment", values["text"]),
        days_field("alarms-days", values["days"]),
        dmc.Select(
            id="alarms-found-how",
            label="Found",
            data=[
                {"value": "live", "label": "As it happened"},
                {"value": "retrospective", "label": "In late readings"},
            ],
            value=values["found"],
            placeholder="Either way",
            clearable=True,
            size="sm",
        ),
    ]


def _values(query: AlarmQuery) -> dict[str, Any]:
    """What the fields show for a filter."""
    days = days_value(query.first, query.last)
    return {
        "rooms": list(query.rooms),
        "severities": [severity.name.lower() for severity in query.severities],
        "conditions": [condition.value for condition in query.conditions],
        "states": [state.value for state in query.states],
        "text": query.text,
        "days": days,
        "found": query.found or None,
    }


def _query_of(values: dict[str, Any]) -> AlarmQuery:
    """The filter that the fields mean."""
    first, last = values["days"] or (None, None)
    return alarm_query(
        {
            "room": values["rooms"] or (),
            "severity": values["severities"] or (),
            "condition": values["conditions"] or (),
            "state": values["states"] or (),
            "text": [values["text"] or ""],
            "from": [first or ""],
            "to": [last or ""],
            "found": [values["found"] or ""],
        }
    )


FIELDS = {name: f"alarms-{name}" if name != "found" else "alarms-found-how" for name in FILTERS}


def register(app: Dash, context: AppContext) -> None:
    """New alarms appear by themselves; fields write the address, and the address fills the fields."""

    @app.callback(
        Output("alarms-standing", "children"),
        Output("alarms-aside", "children"),
        Input("alarm-event", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def stand(_event: object) -> tuple[Component, list[Component]]:
        return _standing(context), _aside(context)

    @app.callback(
        output={
            "search": Output("alarms-url", "search"),
            "fields": {name: Output(id, "value") for name, id in FIELDS.items()},
            "page": Output("alarms-page", "value"),
            "pages": Output("alarms-page", "total"),
            "rows": Output("alarms-history", "children"),
            "words": Output("alarms-found", "children"),
        },
        inputs={
            "search": Input("alarms-url", "search"),
            "fields": {name: Input(id, "value") for name, id in FIELDS.items()},
            "page": Input("alarms-page", "value"),
            "event": Input("alarm-event", "data"),
            "said": Input(ANNOTATED, "data"),
        },
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def look(
        search: str | None, fields: dict[str, Any], page: int | None, event: object, said: object
    ) -> dict[str, Any]:
        del event, said  # what matters is that they came
        asked = alarm_query(query_of(search))
        present = asked
        if ctx.triggered_id in FIELDS.values():
            present = _query_of(fields)
        elif ctx.triggered_id == "alarms-page":
            present = replace(asked, page=page or 1)
        rows, words, pages = _history(context, present)
        from_address = ctx.triggered_id == "alarms-url"
        return {
            "search": no_update if present == asked else present.search(),
            "fields": _values(present) if from_address else dict.fromkeys(FIELDS, no_update),
            "page": present.page if present.page != page else no_update,
            "pages": pages,
            "rows": rows,
            "words": words,
        }


PAGE = Page("/alarms", "Alarms", layout, register, icon="alarms", copy=alarms_copy)
