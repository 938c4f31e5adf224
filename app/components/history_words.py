"""What a page says while history comes from the local store in place of InfluxDB, or from nowhere."""

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import trouble
from app.context import AppContext
from storage.samples.store import HistoryAwayError


def instead(context: AppContext, error: HistoryAwayError) -> Component:
    """In the place of a picture that cannot be drawn."""
    return html.Div(
        trouble(
            f"History cannot be read since {_moment(context, error.since)}",
            str(error),
            "Live values and alarms go on. No reading is lost: the station keeps what comes in and fills the gap "
            "when InfluxDB is back.",
        ),
        className="banner",
    )


def substitute(context: AppContext) -> Component | None:
    """A line where history is the local store's for now; None in ordinary times."""
    found = context.substitute()
    if found is None:
        return None
    since = "" if found.since is None else f" since {_moment(context, found.since)}"
    kept = "everything" if not found.kept_from else f"what was measured from {_moment(context, found.kept_from)} on"
    return html.P(
        f"History is the local store's{since}, which has {kept}: {found.problem.rstrip('.')}.",
        className="note",
        role="status",
    )


def _moment(context: AppContext, instant: int) -> str:
    return formats.moment(instant, context.site().timezone, context.clock())
