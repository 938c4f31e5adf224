"""The excursions: every event that took something out of its limits, with filters that live in the address."""

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.areas import rooms_of
from app.components.alarm_words import severity_words
from app.components.basics import grade_letter, grade_words
from app.components.copy_menu import copy_menu
from app.components.excursion_parts import excursion_table
from app.components.filter_fields import days_field, days_value, text_field
from app.context import AppContext
from app.copies.excursion_list import excursions_copy
from app.excursion_query import OPEN, SEVERITIES, ExcursionQuery, excursion_query
from app.excursions import made_meanwhile, visible
from app.guard import requires
from app.pages.page import Address, Page, query_of
from facility.quantities import MEASURES, Quantity
from facility.roles import Right
from facility.site import Site
from storage.records import excursions

ROWS = 50
LEAD = (
    "One event each: the alarms with a common room, time or cause, from the first reading outside to the last return."
)
FIELDS = {
    name: f"excursions-{name}" for name in ("rooms", "grades", "quantities", "severities", "batch", "state", "days")
}


def layout(context: AppContext, address: Address) -> Component:
    """The filters, and one page of what they find."""
    query = excursion_query(address.query)
    rows, words, pages = _found(context, query)
    return html.Div(
        [
            dcc.Location(id="excursions-url", refresh="callback-nav"),
            html.Div([html.H1("Excursions"), html.P(LEAD, className="lead")], className="head"),
            html.Section(
                [
                    html.Header(
                        [
                            html.H2("On record"),
                            html.Span(words, id="excursions-found", className="grow"),
                            copy_menu(context),
                        ]
                    ),
                    html.Div(_filters(context.site(), query), className="filters"),
                    html.Div(rows, id="excursions-rows", className="scroll"),
                    dmc.Pagination(id="excursions-page", total=pages, value=query.page, className="pages", size="sm"),
                ],
                className="card wide",
            ),
        ],
        className="alarms-page",
    )


def _found(context: AppContext, query: ExcursionQuery) -> tuple[Component, str, int]:
    """The table, how many were found in words, and the number of pages."""
    site, now = context.site(), context.clock()
    with context.records.reading() as connection:
        wanted = replace(query.filter(connection, site), within=rooms_of(context))
        total = excursions.count(connection, wanted)
        page = excursions.history(connection, wanted, ROWS, (query.page - 1) * ROWS)
        found = [seen for one in page if (seen := visible(context, one)) is not None]
        runs = {one.number: made_meanwhile(connection, site, one, now) for one in found}
    words = f"{formats.count(total, 'excursion')}, times in {site.timezone}"
    return excursion_table(site, found, runs), words, max(1, -(-total // ROWS))


def _filters(site: Site, query: ExcursionQuery) -> list[Component]:
    values = _values(query)

    def choice(name: str, label: str, data: list[tuple[str, str]]) -> Component:
        select: Component = dmc.MultiSelect(
            id=FIELDS[name],
            label=label,
            data=[{"value": value, "label": words} for value, words in data],
            value=values[name],
            clearable=True,
            searchable=True,
            size="sm",
        )
        return select

    classes = {grade_letter(c): grade_words(c) for room in site.rooms.values() if (c := room.classification)}
    measured = dict.fromkeys(point.quantity for point in site.points.values())
    return [
        choice("rooms", "Room", [(room.id, f"{room.id} {room.name}") for room in site.rooms.values()]),
        choice("grades", "Grade", [(letter, formats.sentence(classes[letter])) for letter in sorted(classes)]),
        choice("quantities", "Quantity", [(q.value, MEASURES[q].name) for q in Quantity if q in measured]),
        choice("severities", "Severity", [(name, severity_words(SEVERITIES[name])) for name in reversed(SEVERITIES)]),
        text_field(FIELDS["batch"], "Batch", "Its number", values["batch"]),
        dmc.Select(
            id=FIELDS["state"],
            label="State",
            data=[{"value": word, "label": formats.sentence(word)} for word in OPEN],
            value=values["state"],
            placeholder="Either",
            clearable=True,
            size="sm",
        ),
        days_field(FIELDS["days"], values["days"]),
    ]


def _values(query: ExcursionQuery) -> dict[str, Any]:
    """What the fields show for a filter."""
    return {
        "rooms": list(query.rooms),
        "grades": list(query.grades),
        "quantities": [quantity.value for quantity in query.quantities],
        "severities": [severity.name.lower() for severity in query.severities],
        "batch": query.batch,
        "state": query.open or None,
        "days": days_value(query.first, query.last),
    }


def _query_of(values: dict[str, Any]) -> ExcursionQuery:
    """The filter that the fields mean."""
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


def register(app: Dash, context: AppContext) -> None:
    """New ones appear by themselves; fields write the address, and the address fills the fields."""

    @app.callback(
        output={
            "search": Output("excursions-url", "search"),
            "fields": {name: Output(id, "value") for name, id in FIELDS.items()},
            "page": Output("excursions-page", "value"),
            "pages": Output("excursions-page", "total"),
            "rows": Output("excursions-rows", "children"),
            "words": Output("excursions-found", "children"),
        },
        inputs={
            "search": Input("excursions-url", "search"),
            "fields": {name: Input(id, "value") for name, id in FIELDS.items()},
            "page": Input("excursions-page", "value"),
            "event": Input("alarm-event", "data"),
        },
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def look(search: str | None, fields: dict[str, Any], page: int | None, event: object) -> dict[str, Any]:
        del event  # what matters is that it came
        asked = excursion_query(query_of(search))
        present = asked
        if ctx.triggered_id in FIELDS.values():
            present = _query_of(fields)
        elif ctx.triggered_id == "excursions-page":
            present = replace(asked, page=page or 1)
        rows, words, pages = _found(context, present)
        from_address = ctx.triggered_id == "excursions-url"
        return {
            "search": no_update if present == asked else present.search(),
            "fields": _values(present) if from_address else dict.fromkeys(FIELDS, no_update),
            "page": present.page if present.page != page else no_update,
            "pages": pages,
            "rows": rows,
            "words": words,
        }


PAGE = Page("/excursions", "Excursions", layout, register, icon="excursions", copy=excursions_copy)
