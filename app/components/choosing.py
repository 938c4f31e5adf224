"""Choosing several alarms of the list to answer them at once. The browser keeps which they are (assets/choose.js).

A list that is drawn anew would forget them; and thousands of boxes would be thousands of components.
"""

from dash import dcc, html
from dash.development.base_component import Component

from app.components.basics import icon, tagged
from facility.language import _

CHOSEN = "chosen-alarms"
"""The ids of the alarms that are chosen."""
ACKNOWLEDGE, SHELVE = "acknowledge-chosen", "shelve-chosen"


def choice(alarm: str, words: str) -> Component:
    """The place of a box for an alarm, which is read out as these words."""
    return tagged(html.Span(), data_choose=alarm, data_words=_("Choose {alarm}", alarm=words))


def bar(*, shelving: bool) -> Component:
    """How many are chosen, and what can be done with them; it is there once any is."""
    count = tagged(
        html.B(),
        data_chosen="",
        data_words=_("{n} of {all} chosen"),
    )
    buttons = [
        html.Button([icon("check", small=True), _("Acknowledge")], id=ACKNOWLEDGE, className="btn p"),
        html.Button(_("Shelve"), id=SHELVE, className="btn") if shelving else None,
        tagged(html.Button(_("Choose all"), className="btn q"), data_choose_all="yes"),
        tagged(html.Button(_("None"), className="btn q"), data_choose_all="no"),
    ]
    return html.Div(
        [dcc.Store(id=CHOSEN), tagged(count, role="status"), html.Div(buttons, className="row")],
        id="choosing",
        className="choosing",
        hidden=True,
    )
