"""What a page says while history comes from the local store in place of InfluxDB, or from nowhere."""

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import trouble
from app.context import AppContext
from facility.language import _, retold
from storage.samples.store import HistoryAwayError


def instead(context: AppContext, error: HistoryAwayError) -> Component:
    """In the place of a picture that cannot be drawn."""
    return html.Div(
        trouble(
            _("History cannot be read since {time}", time=_moment(context, error.since)),
            str(error),
            _(
                "Live values and alarms go on. No reading is lost: the station keeps what comes in and fills the gap "
                "when InfluxDB is back."
            ),
        ),
        className="banner",
    )


def substitute(context: AppContext) -> Component | None:
    """A line where history is the local store's for now; None in ordinary times."""
    found = context.substitute()
    if found is None:
        return None
    kept = (
        _("everything")
        if not found.kept_from
        else _("what was measured from {time} on", time=_moment(context, found.kept_from))
    )
    why = retold(found.problem, "storage/").rstrip(".")
    if found.since is None:
        words = _("History is the local store's, which has {kept}: {why}.", kept=kept, why=why)
    else:
        since = _moment(context, found.since)
        words = _(
            "History is the local store's since {time}, which has {kept}: {why}.", time=since, kept=kept, why=why
        )
    return html.P(words, className="note", role="status")


def _moment(context: AppContext, instant: int) -> str:
    return formats.moment(instant, context.site().timezone, context.clock())
