"""Everything that happened in and around an excursion, in order, each with its row in the audit trail."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import tagged
from app.dossier.events import Event, Kind
from app.dossier.gather import Dossier
from facility.instants import SECOND, Instant
from facility.language import _, _n

MOST_ROWS = 200


def events_card(dossier: Dossier) -> Component:
    """The table; in a flood its beginning, and the copy has all."""
    shown, left = dossier.events[:MOST_ROWS], len(dossier.events) - MOST_ROWS
    n = len(dossier.events)
    heads = [html.Th(words) for words in (_("Time"), _("Kind"), _("Source"), _("What"), _("Row"))]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(_rows(dossier, shown))], className="history cards events"
    )
    more = _n("And {n} more: the copy has all.", "And {n} more: the copy has all.", left, n=left)
    return html.Section(
        [
            html.Header([html.H2(_("Events")), html.Span(_n("{n} event", "{n} events", n, n=n), className="sec")]),
            tagged(html.Div(table, className="scroll", tabIndex=0), role="group", aria_label=_("Events")),
            html.P(more, className="inside sec") if left > 0 else None,
        ],
        className="card",
    )


def _rows(dossier: Dossier, shown: Sequence[Event]) -> list[Component]:
    """What several people were sent or called with at once is one row, with all of them."""
    zone, day = dossier.site.timezone, ""
    rows: list[Component] = []
    at_once: dict[tuple[Instant, Kind, str], list[Event]] = {}
    for one in shown:
        at_once.setdefault((one.at // SECOND, one.kind, one.words), []).append(one)
    for several in at_once.values():
        event = several[0]
        numbers = dict.fromkeys(str(one.row) for one in several if one.row is not None)
        if formats.date(event.at, zone) != day:
            day = formats.date(event.at, zone)
            rows.append(html.Tr(html.Th(day, colSpan=5, scope="rowgroup"), className="day"))
        cells = [
            html.Td(formats.with_seconds(event.at, zone), className="num nw when"),
            html.Td(_(event.kind), className="sec nw kind"),
            html.Td(", ".join(dict.fromkeys(one.source for one in several)), className="where"),
            html.Td(event.words, className="said"),
            html.Td(", ".join(numbers), className="num r sec row-number"),
        ]
        rows.append(html.Tr(cells, className="weighty" if event.key else ""))
    return rows
