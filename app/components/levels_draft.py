"""From a level that was worked out to the draft of a change, with everything that led to it attached."""

from collections.abc import Callable

from dash import Dash, Input, Output, State, no_update

from app.changes import of_whole_site
from app.components import levels_parts as parts
from app.context import AppContext
from app.guard import needs, requires
from app.levels.answer import Answer, attachment, rationale, with_level
from facility.language import _
from facility.levels.result import Result
from facility.roles import Right
from facility.site_edit import SiteEditError
from facility.site_errors import SiteFileError
from storage.records import changes, revisions
from storage.records.changes import ChangeRefusedError


def draft(context: AppContext, found: Answer, method: str | None, why: str, reason: str) -> str | int:
    """Make a level the draft of a change: its number, or in words why it cannot be."""
    person = needs(context, Right.DRAFT)
    of_whole_site(context)
    result = chosen(found, method)
    if result is None:
        return _("Choose a method that may be used.")
    try:
        with context.records.reading() as connection:
            newest = revisions.newest(connection)
        assert newest is not None  # the app is not served before the first
        text = with_level(
            newest.text, found, result, why.strip() or rationale(found, result, context.site().timezone)
        )
        with context.records.transaction() as connection:
            kept = attachment(found) | {"chosen": result.method.value}
            change = changes.draft(
                connection, context.clock(), person, text, reason, why.strip(), kept, base=newest.number
            )
    except (ChangeRefusedError, SiteFileError, SiteEditError) as error:
        return str(error)
    return change.number


def chosen(found: Answer, method: str | None) -> Result | None:
    """The result of a method that may be used."""
    return next((r for r in found.comparison.results if r.usable and r.method == method), None)


def register(app: Dash, context: AppContext, found_by: Callable[[str | None], Answer | None]) -> None:
    """A method is chosen, its rationale is filled in, the draft is made. `found_by` is the answer of a job."""

    @app.callback(
        Output("levels-method", "data"),
        Output("levels-method", "value"),
        Input("levels-answer", "children"),
        State("levels-job", "data"),
    )
    @requires(Right.LOOK)
    def offered(_shown: object, id: str | None) -> tuple[object, object]:
        found = found_by(id)
        if found is None:
            return [], None
        offers = parts.offers(found)
        return offers, offers[0]["value"] if offers else None

    @app.callback(Output("levels-why", "value"), Input("levels-method", "value"), State("levels-job", "data"))
    @requires(Right.LOOK)
    def prefill(method: str | None, id: str | None) -> str:
        found = found_by(id)
        result = chosen(found, method) if found is not None else None
        return "" if found is None or result is None else rationale(found, result, context.site().timezone)

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Output("url", "search", allow_duplicate=True),
        Output("levels-draft-problem", "children"),
        Input("levels-draft", "n_clicks"),
        State("levels-job", "data"),
        State("levels-method", "value"),
        State("levels-why", "value"),
        State("levels-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("levels-draft", "disabled"), True, False)],
    )
    @requires(Right.LOOK)  # a page that is drawn anew asks too; to draft is asked for by `draft`
    def send(
        clicks: int | None, id: str | None, method: str | None, why: str | None, reason: str | None
    ) -> tuple[object, object, object]:
        if not clicks:
            return no_update, no_update, no_update
        found = found_by(id)
        if found is None:
            return no_update, no_update, _("These levels are not kept any more. Work them out again.")
        drafted = draft(context, found, method, why or "", reason or "")
        return (no_update, no_update, drafted) if isinstance(drafted, str) else (f"/changes/{drafted}", "", "")
