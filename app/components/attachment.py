"""What is attached to a change, as people read it: figures in a list, lists of the same things in tables."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from app import formats
from facility.instants import Instant, instant_of
from facility.language import N_, _
from facility.site_words import number
from storage.records.trail.audit import JSON

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
"""How an attachment writes a time."""


TERMS = (
    N_("action limit in force"),
    N_("again"),
    N_("against"),
    N_("alarms after"),
    N_("alarms before"),
    N_("attached"),
    N_("back-test"),
    N_("becomes"),
    N_("by"),
    N_("capped"),
    N_("chosen"),
    N_("computed action"),
    N_("computed alert"),
    N_("condition"),
    N_("deepest hidden"),
    N_("effective values"),
    N_("excluded"),
    N_("fit"),
    N_("from"),
    N_("hidden alarms"),
    N_("highest"),
    N_("lasted"),
    N_("longest hidden"),
    N_("lost alarms"),
    N_("lowest"),
    N_("method"),
    N_("methods"),
    N_("more lost alarms"),
    N_("point"),
    N_("parameters"),
    N_("points"),
    N_("provisional"),
    N_("reached"),
    N_("readings"),
    N_("readings in other room states"),
    N_("readings invalid"),
    N_("readings used"),
    N_("reason"),
    N_("recovery rate, percent"),
    N_("room state"),
    N_("severity"),
    N_("side"),
    N_("subject"),
    N_("time after"),
    N_("time before"),
    N_("to"),
    N_("told otherwise on record"),
    N_("unit of analysis"),
    N_("usable"),
    N_("values"),
    N_("warnings"),
    N_("worst"),
)
"""Under which names back-tests and levels attach their figures (app/back_test/answer.py, app/levels/answer.py)."""


def attachment(content: JSON, zone: str, now: Instant) -> Component | None:
    """The whole of it, its times by the clock of a zone; None where nothing is attached."""
    if content is None:
        return None
    things = content if isinstance(content, Mapping) else {"attached": content}
    facts = {key: words for key, value in things.items() if (words := _words(value)) is not None}
    tables = [part for key, value in things.items() if key not in facts for part in _table(key, value, zone, now)]
    listed = [
        part for key, words in facts.items() for part in (html.Dt(_term(key)), html.Dd(_shown(words, zone, now)))
    ]
    return html.Div([html.Dl(listed, className="facts"), *tables])


def _shown(words: str, zone: str, now: Instant) -> str | Component:
    if MOMENT.fullmatch(words):
        return formats.exactly(instant_of(datetime.fromisoformat(words)), zone, now)
    return html.A(_("Look at it again"), href=words) if words.startswith("/") else words


def _words(value: JSON) -> str | None:
    """A value in a line; None where it takes a table."""
    match value:
        case None | "":
            return _("none")
        case bool():
            return formats.yes_or_no(value)
        case int() | float():
            return number(round(value, 6))
        case str():
            return _(value)
        case Mapping():
            inner = {_term(key): _words(part) for key, part in value.items()}
            return "; ".join(f"{key}: {words}" for key, words in inner.items())
        case _:
            if any(isinstance(part, Mapping) for part in value):
                return None
            return ", ".join(_words(part) or "" for part in value) or _("none")


def _table(key: str, value: JSON, zone: str, now: Instant) -> list[Component]:
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, Sequence) else []
    columns = list(dict.fromkeys(column for row in rows for column in row))
    head = html.Tr([html.Th(_term(column)) for column in columns])
    body = [
        html.Tr([html.Td(_shown(_words(row.get(column)) or "", zone, now)) for column in columns]) for row in rows
    ]
    return [
        html.H3(_term(key)),
        html.Div(html.Table([html.Thead(head), html.Tbody(body)], className="attached"), className="scroll"),
    ]


def _term(key: str) -> str:
    return formats.sentence(_(key.replace("_", " ")))
