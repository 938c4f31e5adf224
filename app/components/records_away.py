"""What a page says while the records' database cannot be used: what is wrong, since when, and what goes on."""

from dash import html, set_props
from dash.development.base_component import Component

from app import formats
from app.components.basics import tagged, trouble
from app.context import AppContext
from facility.language import _
from storage.records.errors import RecordsAwayError

BANNER = "records-away"
"""The id of the place in the shell where a callback that needed them tells of it."""


def banner() -> Component:
    """That place, empty."""
    return tagged(html.Div(id=BANNER, className="banner", hidden=True), role="alert")


def words(context: AppContext, error: RecordsAwayError) -> list[Component]:
    """The inside of a banner."""
    site, since = context.site(), context.records.health().since
    title = _("The records cannot be used")
    if since is not None:
        time = formats.moment(since, site.timezone, context.clock())
        title = _("The records cannot be used since {time}", time=time)
    sign, told = trouble(
        title,
        str(error),
        _(
            "Alarms, history and what is decided here cannot be shown or kept. Live values go on; no reading is "
            "lost, and what was missed is judged when the records are back. This page loads itself again then."
        ),
    )
    return [sign, tagged(told, data_records="away")]


def page(context: AppContext, error: RecordsAwayError) -> Component:
    """In the place of a page that cannot be drawn without them."""
    return html.Div(words(context, error), className="banner")


def tell(context: AppContext, error: Exception) -> None:
    """For any callback that fails: it changes nothing, and the banner says why. Raises what is another error."""
    if not isinstance(error, RecordsAwayError):
        raise error
    set_props(BANNER, {"children": words(context, error), "hidden": False})
