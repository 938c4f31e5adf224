"""The alarms: what stands now and waits for an answer, and what was, with one filter that lives in the address."""

from dataclasses import replace
from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from app import formats
from app.alarm_query import AlarmQuery, alarm_query
from app.areas import rooms_of, seen
from app.components import choosing
from app.components.alarm_history import history_table
from app.components.alarm_words import severity_words
from app.components.annotating import ANNOTATED
from app.components.annotations import said_about
from app.components.basics import live, symbol
from app.components.copy_menu import copy_menu
from app.components.filter_fields import days_value, one_field, period_field, several_field, text_field
from app.components.filtered_list import Children, FilteredList, Found
from app.components.life import reads_trail
from app.components.put_aside_list import put_aside_table
from app.components.standing_alarms import standing_table
from app.context import AppContext
from app.copies.alarm_list import alarms_copy
from app.pages.page import Address, Page
from app.past_sites import sites_then
from app.standing import Standing, standing
from facility.alarm import STANDING, AlarmState, Condition
from facility.language import N_, _, _n
from facility.limit import Severity
from facility.roles import Right
from facility.site import Site
from storage.records import alarms
from storage.records.alarms import AlarmFilter

ROWS = 50


def layout(context: AppContext, address: Address) -> Component:
    """Standing alarms first, then history."""
    query = alarm_query(address.query)
    found = _found(context, query)
    parts = found.parts
    filtered = query != replace(AlarmQuery(), page=query.page)
    return html.Div(
        [
            ALARMS.address(),
            html.Div([live(html.H1(), "title"), live(html.P(className="lead"), "lead")], className="head"),
            html.Details(
                [html.Summary(_("Filter")), html.Div(_filters(context.site(), query), className="filters")],
                open=filtered,
                className="card wide filter",
            ),
            html.Section(
                [
                    html.Header(
                        [
                            html.H2(_("Standing alarms")),
                            html.Span(parts["matching"], id="alarms-matching", className="grow"),
                            html.A(_("Alarm health"), href="/alarm-health"),
                        ]
                    ),
                    html.Div(parts["standing"], id="alarms-standing"),
                    choosing.bar(shelving=context.may(Right.SHELVE)) if context.may(Right.ACKNOWLEDGE) else None,
                ],
                className="card wide",
            ),
            html.Section(parts["aside"], id="alarms-aside", className="card wide"),
            html.Section(
                [
                    html.Header(
                        [
                            html.H2(_("History")),
                            html.Span(parts["found"], id="alarms-found", className="grow"),
                            copy_menu(context),
                        ]
                    ),
                    html.Div(parts["history"], id="alarms-history", className="scroll"),
                    ALARMS.pages(found, query),
                ],
                className="card wide",
            ),
        ],
        className="alarms-page",
    )


def _found(context: AppContext, query: AlarmQuery) -> Found:
    """What stands, what calls nobody, and the history, as far as they match."""
    site = context.site()
    wanted = replace(query.filter(site.timezone), within=rooms_of(context))
    present = standing(context, wanted)
    with context.records.reading() as connection:
        every = alarms.count(connection, AlarmFilter(states=tuple(STANDING), within=rooms_of(context)))
        total = alarms.count(connection, wanted)
        history = list(seen(context, alarms.history(connection, wanted, ROWS, (query.page - 1) * ROWS)))
        said = said_about(connection, [f"alarm {alarm.id}" for alarm in history])
        then = sites_then(context, connection, history)
    table = history_table(
        site,
        history,
        context.clock(),
        said,
        then=then,
        annotating=context.may(Right.ANNOTATE),
        trail=reads_trail(context),
    )
    words = _n("{n} alarm, times in {zone}", "{n} alarms, times in {zone}", total, n=total, zone=site.timezone)
    parts: dict[str, Children] = {
        "standing": _standing(present, every),
        "matching": _matching(len(present.found), every),
        "aside": _aside(context),
        "history": table,
        "found": words,
    }
    return Found(parts, max(1, -(-total // ROWS)))


def _standing(present: Standing, every: int) -> Component:
    if every and not present.found:
        return html.Div(_("No standing alarm matches this filter."), className="nothing")
    return standing_table(present, choosing=True)


def _matching(matching: int, every: int) -> list[Component | None]:
    """What of the standing alarms the filter leaves out: nobody may take a filtered list for all there is."""
    if matching == every:
        return []
    words = _n(
        "{matching} of {n} standing alarm matches the filter. ",
        "{matching} of {n} standing alarms match the filter. ",
        every,
        matching=matching,
        n=every,
    )
    return [html.B(words), html.A(_("Show all"), href="/alarms")]


def _aside(context: AppContext) -> list[Component | None]:
    table = put_aside_table(context)
    none = html.Div([symbol("normal"), _("Nothing is shelved, suppressed or out of service.")], className="nothing")
    return [html.Header(html.H2(_("Calls nobody"))), none if table is None else table]


FOUND = {"live": N_("As it happened"), "retrospective": N_("In late readings")}


def _filters(site: Site, query: AlarmQuery) -> list[Component]:
    values = _values(query)
    rooms = [(room.id, f"{room.id} {room.name}") for room in site.rooms.values()]
    severities = [(severity.name.lower(), severity_words(severity)) for severity in reversed(Severity)]
    conditions = [(condition.value, formats.sentence(_(condition.value))) for condition in Condition]
    states = [(state.value, formats.sentence(_(state.value))) for state in AlarmState]
    found = [(name, _(words)) for name, words in FOUND.items()]
    return [
        several_field("alarms-rooms", _("Room"), rooms, values["rooms"]),
        several_field("alarms-severities", _("Severity"), severities, values["severities"]),
        several_field("alarms-conditions", _("Condition"), conditions, values["conditions"]),
        several_field("alarms-states", _("State"), states, values["states"]),
        text_field("alarms-text", _("Text"), _("Point, comment"), values["text"]),
        period_field("alarms-days", values["days"]),
        one_field("alarms-how", _("Found"), found, values["how"], _("Either way")),
    ]


def _values(query: AlarmQuery) -> dict[str, Any]:
    return {
        "rooms": list(query.rooms),
        "severities": [severity.name.lower() for severity in query.severities],
        "conditions": [condition.value for condition in query.conditions],
        "states": [state.value for state in query.states],
        "text": query.text,
        "days": days_value(query.first, query.last),
        "how": query.found or None,
    }


def _chosen(values: dict[str, Any]) -> AlarmQuery:
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
            "found": [values["how"] or ""],
        }
    )


ALARMS = FilteredList(
    name="alarms",
    fields=("rooms", "severities", "conditions", "states", "text", "days", "how"),
    parts=("standing", "matching", "aside", "history", "found"),
    query=alarm_query,
    values=_values,
    chosen=_chosen,
    find=_found,
)


def register(app: Dash, context: AppContext) -> None:
    """New alarms appear by themselves, and so does what is said of them."""
    ALARMS.register(app, context, Input("alarm-event", "data"), Input(ANNOTATED, "data"))


PAGE = Page("/alarms", "Alarms", layout, register, icon="alarms", copy=alarms_copy)
