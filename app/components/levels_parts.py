"""The parts of the page about alert levels: the table of methods, what was left out, the choices of its fields."""

from collections.abc import Iterable
from typing import Any

from dash import ClientsideFunction, html
from dash.development.base_component import Component

from app import formats
from app.components.basics import chip, grade_words, tagged
from app.levels.answer import Answer
from app.levels.fields import ALONE, ROOM, SITE
from app.levels.question import alike
from app.levels.rows import HEADS, Row, facts, rows
from facility.instants import Instant
from facility.language import N_, _, _n
from facility.limit import RoomState, Side
from facility.site import Point, Site

LEAD = N_("What the history of a point says its alert level should be, by several methods side by side.")
PICTURE = N_("share of values up to each, and how many there are of each")
PAINT = ClientsideFunction("trends", "paint")

Option = dict[str, str]


def options(values: Iterable[str]) -> list[Option]:
    """Choices of a field, by their words."""
    return [{"value": str(value), "label": formats.sentence(_(str(value)))} for value in values]


def point_choices(site: Site) -> list[dict[str, Any]]:
    """Every point, by room."""
    return [
        {
            "group": f"{room} {site.rooms[room].name}",
            "items": [{"value": p.id, "label": f"{p.id}, {formats.what(p)}"} for p in points],
        }
        for room, points in site.points_by_room.items()
        if points
    ]


def pools(site: Site, point: Point, side: Side) -> list[Option]:
    """With what a point may be pooled: only with its like."""
    states = frozenset(RoomState)
    found = [{"value": ALONE, "label": _("This point alone")}]
    in_room = len(alike(site, point, side, states, point.room))
    everywhere = len(alike(site, point, side, states))
    words = grade_words(site.rooms[point.room].classification)
    if in_room > 1:
        found.append({"value": ROOM, "label": _("The {n} like it in {room}", n=in_room, room=point.room)})
    if everywhere > in_room:
        found.append(
            {
                "value": SITE,
                "label": _(
                    "The {n} like it in {rooms}",
                    n=everywhere,
                    rooms=words or _("unclassified rooms"),
                ),
            }
        )
    return found


def nothing_yet() -> Component:
    """Before the first question."""
    return html.Div(
        [
            html.H2(_("Nothing is worked out yet")),
            html.P(
                _(
                    "Choose a point, a period and a room state, and press “Work out the levels”. A year of a point "
                    "takes some seconds; everything that was judged counts, but for what you leave out with a cause."
                ),
                className="sec",
            ),
        ],
        className="card nothing-chosen",
    )


def left_out(known: list[dict[str, Any]], timezone: str) -> Component | None:
    """The stretches that will be left out."""
    if not known:
        return None
    lines = [
        html.Li(
            _(
                "{first} to {last}: {reason}",
                first=_on_day(each["start"], timezone),
                last=_on_day(each["end"], timezone),
                reason=each["reason"],
            )
        )
        for each in known
    ]
    return html.Ul(lines)


def _on_day(instant: Instant, timezone: str) -> str:
    """With its day also where that is today: of two moments beside each other one may be yesterday's."""
    return f"{formats.date(instant, timezone)} {formats.hour_minute(instant, timezone)}"


def offers(found: Answer) -> list[Option]:
    """The methods that may be used, with their level."""
    shown = zip(found.comparison.results, rows(found), strict=True)
    return [
        {"value": result.method.value, "label": f"{row.method}: {row.alert}"}
        for result, row in shown
        if result.usable
    ]


def answer(found: Answer, timezone: str) -> Component:
    """The table, and what the data are."""
    if found.sample.n == 0:
        return html.Section(
            [
                html.Header(html.H2(found.subject)),
                html.P(
                    _("There is no judged reading in this period and room state. Choose another period or state."),
                    className="quiet",
                ),
            ],
            className="card",
        )
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(_(head)) for head in HEADS])),
            html.Tbody([_row(row) for row in rows(found)]),
        ],
        className="methods",
    )
    return tagged(
        html.Section(
            [
                html.Header(html.H2(found.subject)),
                html.Div(table, className="scroll"),
                html.Ul([html.Li(line) for line in facts(found)], className="facts-list"),
                _excluded(found, timezone),
            ],
            className="card",
        ),
        aria_label=_("Methods"),
    )


def _row(row: Row) -> Component:
    verdict = chip("normal", _("Yes")) if row.usable else chip("nodata", _("No"))
    remarks = html.Ul([html.Li(words) for words in row.remarks]) if row.remarks else None
    cells = [
        html.Td(html.B(row.alert) if row.usable else row.alert, className="num nw"),
        html.Td(row.action, className="num nw"),
        html.Td(row.n, className="num r"),
        html.Td(row.parameters, className="sec"),
        html.Td(row.fit, className="sec"),
        html.Td([verdict, remarks]),
    ]
    return html.Tr(
        [
            html.Th(row.method, scope="row"),
            *(tagged(cell, data_head=_(head)) for cell, head in zip(cells, HEADS[1:], strict=True)),
        ]
    )


def _excluded(found: Answer, timezone: str) -> Component | None:
    """What was left out, with its cause, and what lay in it."""
    if not found.gathered.excluded:
        return None
    lines = []
    for each in found.gathered.excluded:
        start, end = (_on_day(at, timezone) for at in (each.exclusion.start, each.exclusion.end))
        lay = ""
        if each.lowest is not None:
            low = formats.number(each.lowest, found.sample.quantity)
            lay = _(
                ", {low} to {with_unit}", low=low, with_unit=formats.with_unit(each.highest, found.sample.quantity)
            )
        where = f"{each.exclusion.point}, " if each.exclusion.point else ""
        words = _(
            "{where}{start} to {end}: {n}{lay}",
            where=where,
            start=start,
            end=end,
            n=_n("{n} reading", "{n} readings", each.readings, n=formats.words(each.readings)),
            lay=lay,
        )
        lines.append(html.Li([html.B(each.exclusion.reason), f" ({each.exclusion.by}). {words}"]))
    return html.Div([html.H3(_("Left out, kept in the store")), html.Ul(lines)], className="left-out")
