"""What waits for the person who looks, in short lines above the overview, each a way to where it is done."""

import re

from dash import html
from dash.development.base_component import Component

from app.components.basics import icon, tagged
from app.context import AppContext
from app.for_you import Task, for_you
from facility.language import _
from facility.roles import Right, Role
from storage.records.errors import RecordsAwayError

EXCURSION = re.compile(r"(E-\d{4}-\d{4})")
"""A number that stays on one line, also on a phone."""


def for_you_list(context: AppContext) -> Component | None:
    """The list; None for who has nothing to decide, and while the records are away, which the page says."""
    person = context.person()
    if person is None or person.role is Role.VIEWER or not person.may(Right.LOOK):
        return None
    try:
        tasks = for_you(context)
    except RecordsAwayError:
        return None
    if not tasks:
        inside: Component = html.P(_("Nothing waits for you."), className="sec")
    else:
        inside = html.Ul([_line(task) for task in tasks])
    return tagged(html.Section(inside, className="for-you"), aria_label=_("For you"))


def _line(task: Task) -> Component:
    parts = EXCURSION.split(task.words)
    words = [html.Span(part, className="nw") if EXCURSION.fullmatch(part) else part for part in parts]
    mark = icon("bell" if task.urgent else "chev", small=True)
    return html.Li(html.A([mark, html.Span(words)], href=task.href, className="urgent" if task.urgent else ""))
