"""The excursions: every event that took something out of its limits, with filters that live in the address."""

from dataclasses import replace
from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from app import formats
from app.areas import rooms_of
from app.components.alarm_words import severity_words
from app.components.basics import grade_letter, grade_words
from app.components.copy_menu import copy_menu
from app.components.excursion_parts import excursion_table
from app.components.filter_fields import days_value, one_field, period_field, several_field, text_field
from app.components.filtered_list import FilteredList, Found
from app.context import AppContext
from app.copies.excursion_list import excursions_copy
from app.excursion_query import SEVERITIES, STATES, ExcursionQuery, excursion_query
from app.excursions import made_meanwhile, visible
from app.pages.page import Address, Page
from facility.language import _, _n
from facility.quantities import MEASURES, Quantity
from facility.site import Site
from storage.records import closings, excursion_search

ROWS = 50
FIELDS = ("rooms", "grades", "quantities", "severities", "batch", "state", "days")


def layout(context: AppContext, address: Address) -> Component:
    """The filters, and one page of what they find."""
    query = excursion_query(address.query)
    found = _found(context, query)
    lead = _(
        "One event each: the alarms with a common room, time or cause, from the first reading outside to the last "
        "return."
    )
    return html.Div(
        [
            LIST.address(),
            html.Div([html.H1(_("Excursions")), html.P(lead, className="lead")], className="head"),
            html.Section(
                [
                    html.Header(
                        [
                            html.H2(_("On record")),
                            html.Span(found.parts["found"], id=LIST.id("found"), className="grow"),
                            copy_menu(context),
                        ]
                    ),
                    html.Div(_filters(context.site(), query), className="filters"),
                    html.Div(found.parts["rows"], id=LIST.id("rows"), className="scroll"),
                    LIST.pages(found, query),
                ],
                className="card wide",
            ),
        ],
        className="alarms-page",
    )


def _found(context: AppContext, query: ExcursionQuery) -> Found:
    site, now = context.site(), context.clock()
    with context.records.reading() as connection:
        wanted = replace(query.filter(connection, site), within=rooms_of(context))
        total = excursion_search.count(connection, wanted)
        page = excursion_search.history(connection, wanted, ROWS, (query.page - 1) * ROWS)
        found = [seen for one in page if (seen := visible(context, one)) is not None]
        runs = {one.number: made_meanwhile(connection, site, one, now) for one in found}
        closed = closings.closed_of(connection, list(runs))
    words = _n(
        "{n} excursion, times in {zone}",
        "{n} excursions, times in {zone}",
        total,
        n=formats.words(total),
        zone=site.timezone,
    )
    return Found(
        {"rows": excursion_table(site, found, runs, closed), "found": formats.sentence(words)},
        max(1, -(-total // ROWS)),
    )


def _filters(site: Site, query: ExcursionQuery) -> list[Component]:
    values = _values(query)
    classes = {grade_letter(c): grade_words(c) for room in site.rooms.values() if (c := room.classification)}
    measured = dict.fromkeys(point.quantity for point in site.points.values())
    rooms = [(room.id, f"{room.id} {room.name}") for room in site.rooms.values()]
    grades = [(letter, formats.sentence(classes[letter])) for letter in sorted(classes)]
    quantities = [(q.value, _(MEASURES[q].name)) for q in Quantity if q in measured]
    severities = [(name, severity_words(SEVERITIES[name])) for name in reversed(SEVERITIES)]
    states = [(name, _(words)) for name, (words, *_rest) in STATES.items()]
    return [
        several_field(LIST.id("rooms"), _("Room"), rooms, values["rooms"]),
        several_field(LIST.id("grades"), _("Grade"), grades, values["grades"]),
        several_field(LIST.id("quantities"), _("Quantity"), quantities, values["quantities"]),
        several_field(LIST.id("severities"), _("Severity"), severities, values["severities"]),
        text_field(LIST.id("batch"), _("Batch"), _("Its number"), values["batch"]),
        one_field(LIST.id("state"), _("State"), states, values["state"], _("All")),
        period_field(LIST.id("days"), values["days"]),
    ]


def _values(query: ExcursionQuery) -> dict[str, Any]:
    return {
        "rooms": list(query.rooms),
        "grades": list(query.grades),
        "quantities": [quantity.value for quantity in query.quantities],
        "severities": [severity.name.lower() for severity in query.severities],
        "batch": query.batch,
        "state": query.state or None,
        "days": days_value(query.first, query.last),
    }


def _chosen(values: dict[str, Any]) -> ExcursionQuery:
    first, last = values["days"] or (None, None)
    return excursion_query(
        {
            "room": values["rooms"] or (),
            "grade": values["grades"] or (),
            "quantity": values["quantities"] or (),
            "severity": values["severities"] or (),
            "batch": [values["batch"] or ""],
            "state": [values["state"] or ""],
            "from": [first or ""],
            "to": [last or ""],
        }
    )


LIST = FilteredList(
    name="excursions",
    fields=FIELDS,
    parts=("rows", "found"),
    query=excursion_query,
    values=_values,
    chosen=_chosen,
    find=_found,
)


def register(app: Dash, context: AppContext) -> None:
    """New ones appear by themselves."""
    LIST.register(app, context, Input("alarm-event", "data"))


PAGE = Page("/excursions", "Excursions", layout, register, icon="excursions", copy=excursions_copy)
