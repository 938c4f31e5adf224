"""Leaving a stretch of history out of what alert levels are worked out from, with its assigned cause."""

from typing import Any

from dash import Dash, Input, Output, State, no_update

from app.components import levels_parts as parts
from app.context import AppContext
from app.guard import requires
from app.levels.fields import instant_on
from app.levels.question import QuestionError
from facility.language import _
from facility.roles import Right


def register(app: Dash, context: AppContext) -> None:
    """A stretch is added with its cause, all of them are listed, and taken back."""

    @app.callback(
        Output("levels-exclusions", "data"),
        Output("levels-problem", "children", allow_duplicate=True),
        Output("levels-out-why", "value"),
        Input("levels-out-add", "n_clicks"),
        State("levels-out-from", "value"),
        State("levels-out-to", "value"),
        State("levels-out-why", "value"),
        State("levels-exclusions", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def leave_out(
        clicks: int | None, begin: str | None, finish: str | None, why: str | None, known: list[dict[str, Any]]
    ) -> tuple[object, ...]:
        if not clicks:
            return no_update, no_update, no_update
        zone = context.site().timezone
        if not begin or not finish or not (why or "").strip():
            return no_update, _("Say from when to when, and the assigned cause."), no_update
        try:
            new = {"start": instant_on(begin, zone), "end": instant_on(finish, zone), "reason": (why or "").strip()}
        except QuestionError as error:
            return no_update, str(error), no_update
        return [*known, new], "", ""

    @app.callback(
        Output("levels-out-list", "children"),
        Output("levels-out-clear", "hidden"),
        Input("levels-exclusions", "data"),
    )
    @requires(Right.LOOK)
    def listed(known: list[dict[str, Any]]) -> tuple[object, bool]:
        return parts.left_out(known, context.site().timezone), not known

    @app.callback(
        Output("levels-exclusions", "data", allow_duplicate=True),
        Input("levels-out-clear", "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def clear(clicks: int | None) -> object:
        return [] if clicks else no_update
