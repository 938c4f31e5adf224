"""What every draft of a change asks for: why it is made, why the numbers are right, when it is to take force."""

from datetime import datetime
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from app.components.change_parts import difference_list
from app.components.picking import moment_field
from facility.instants import Instant, instant_of
from facility.language import N_, _
from facility.site_changes import Difference, decides, lines

CONTROLLED = N_("It needs the review of a second person and QA's approval by a third, both signed.")
OTHER = N_("It decides about no alarm: it needs no signature.")


def fields(prefix: str) -> Component:
    """The fields; their ids begin with the prefix."""
    return html.Div(
        [
            dmc.Textarea(
                id=f"{prefix}-reason", label=_("Why it is changed"), required=True, autosize=True, minRows=2
            ),
            dmc.Textarea(id=f"{prefix}-why", label=_("Why this is right"), autosize=True, minRows=2),
            moment_field(
                f"{prefix}-from", label=_("Takes force"), placeholder=_("As soon as it is approved"), clearable=True
            ),
        ],
        className="draft-fields",
    )


def moment(text: str | None, timezone: str) -> Instant | None:
    """The moment that was chosen, by clocks on the site's wall; None where none was."""
    if not text:
        return None
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)))


def preview(found: tuple[Difference, ...]) -> Component:
    """What the draft would change, and what it needs."""
    if not found:
        return html.P(_("Nothing is different yet."), className="sec")
    needed = _(CONTROLLED) if decides(found) else _(OTHER)
    return html.Div([difference_list(lines(found)), html.P(needed, className="sec")], className="preview")
