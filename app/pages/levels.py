"""Alert levels from history: what several methods say of it, side by side, and the way into a draft change."""

from contextlib import suppress
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.components import levels_draft, levels_exclusions, levels_form
from app.components import levels_parts as parts
from app.context import AppContext
from app.guard import NOBODY, NotAllowedError, requires
from app.jobs import BusyError, Job, Jobs
from app.levels.answer import Answer, answer, in_force, usual_side
from app.levels.fields import FIELDS, question_of
from app.levels.figure import figure, quantile_figure
from app.levels.question import QuestionError
from app.pages.page import Address, Page
from facility.language import N_, _
from facility.levels.units import usual_unit
from facility.roles import Right
from storage.samples.store import HistoryAwayError

PATH = "/levels"
POLL = 400
"""Milliseconds between two looks at a computation."""


def layout(context: AppContext, address: Address) -> Component:
    """What is asked on the left, the answer on the right; nothing is worked out before it is asked for."""
    site = context.site()
    point = address.first("point")
    chosen = point if point in site.points else next(iter(site.points), None)
    return html.Div(
        [
            html.Div(
                [html.H1(_("Alert levels from history")), html.P(_(parts.LEAD), className="lead")], className="head"
            ),
            html.Div(
                [
                    html.Section(
                        [html.Header(html.H2(_("The question"))), levels_form.form(site, chosen, context.clock())],
                        className="card ask",
                    ),
                    html.Div(
                        [html.Div(parts.nothing_yet(), id="levels-answer"), *levels_form.pictures()],
                        className="answer",
                    ),
                ],
                className="levels",
            ),
            html.Div(levels_form.to_draft(context.may(Right.DRAFT)), id="levels-to-draft", hidden=True),
            dcc.Store(id="levels-exclusions", data=[]),
            dcc.Store(id="levels-job"),
            dcc.Interval(id="levels-poll", interval=POLL, disabled=True),
        ],
        className="levels-page",
    )


def register(app: Dash, context: AppContext) -> None:
    """The form asks; a job works it out beside the page, which looks how far it is; the answer leads to a draft."""
    jobs = Jobs[Answer]("levels", QuestionError)

    def account() -> str:
        person = context.person()
        if person is None:
            raise NotAllowedError(_(NOBODY))
        return person.account

    def found_by(id: str | None) -> Answer | None:
        job = jobs.find(account(), id)
        return None if job is None else job.answer

    levels_exclusions.register(app, context)
    levels_draft.register(app, context, found_by)

    @app.callback(
        Output("levels-with", "data"),
        Output("levels-side", "value"),
        Output("levels-unit", "value"),
        Output("levels-begin", "value"),
        Input("levels-point", "value"),
        State("levels-begin", "value"),
    )
    @requires(Right.LOOK)
    def choose(point: str | None, begin: str) -> tuple[object, ...]:
        site = context.site()
        if point is None or point not in site.points:
            return no_update, no_update, no_update, no_update
        found = site.points[point]
        side = usual_side(found)
        with suppress(HistoryAwayError):
            extent = context.samples.extent([point])
            first = formats.in_zone(extent[0], site.timezone).strftime("%Y-%m-%d") if extent else begin
            begin = max(begin, first)
        return parts.pools(site, found, side), side.value, usual_unit(found.quantity).value, begin

    @app.callback(
        output={
            "job": Output("levels-job", "data"),
            "problem": Output("levels-problem", "children"),
            "idle": Output("levels-poll", "disabled"),
        },
        inputs={
            "clicks": Input("levels-start", "n_clicks"),
            "fields": {name: State(f"levels-{name}", "value") for name in FIELDS},
            "exclusions": State("levels-exclusions", "data"),
        },
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def start(clicks: int | None, fields: dict[str, Any], exclusions: list[dict[str, Any]]) -> dict[str, object]:
        if not clicks:
            return {"job": no_update, "problem": no_update, "idle": no_update}
        try:
            asked, site = question_of(context, fields, exclusions), context.site()
            job = jobs.start(
                account(), lambda progress: answer(site, context.samples, context.records, asked, progress)
            )
        except (QuestionError, BusyError, ValueError) as error:
            return {"job": None, "problem": str(error), "idle": True}
        return {"job": job, "problem": "", "idle": False}

    @app.callback(
        Output("levels-poll", "disabled", allow_duplicate=True),
        Input("levels-cancel", "n_clicks"),
        State("levels-job", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def cancel(clicks: int | None, job: str | None) -> object:
        if clicks:
            jobs.cancel(account(), job)
        return no_update

    @app.callback(
        output={
            "progress": Output("levels-progress", "value"),
            "quiet": Output("levels-progress", "hidden"),
            "no_cancel": Output("levels-cancel", "hidden"),
            "idle": Output("levels-poll", "disabled", allow_duplicate=True),
            "problem": Output("levels-problem", "children", allow_duplicate=True),
            "answer": Output("levels-answer", "children"),
            "figure": Output("levels-figure", "data"),
            "no_picture": Output("levels-picture", "hidden"),
            "fits": Output("levels-fit-of", "data"),
            "fit": Output("levels-fit-of", "value"),
            "no_fit": Output("levels-fit", "hidden"),
            "no_draft": Output("levels-to-draft", "hidden"),
        },
        inputs={"_ticks": Input("levels-poll", "n_intervals"), "id": Input("levels-job", "data")},
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def look(_ticks: int | None, id: str | None) -> dict[str, object]:
        job = jobs.find(account(), id)
        if job is None:
            return _unchanged() | {"quiet": True, "no_cancel": True, "idle": True}
        if not job.is_over:
            return _unchanged() | {"progress": f"{job.done * 100:.0f}", "quiet": False, "no_cancel": False}
        return _over(context, job)

    @app.callback(Output("levels-quantiles", "data"), Input("levels-fit-of", "value"), State("levels-job", "data"))
    @requires(Right.LOOK)
    def fit(method: str | None, id: str | None) -> object:
        found = found_by(id)
        if found is None:
            return None
        result = next((r for r in found.comparison.results if r.method == method and r.fit), None)
        if result is None:
            return None
        return quantile_figure(result, context.site().points[found.question.points[0]].unit)

    for store, picture in (("levels-figure", "levels-graph"), ("levels-quantiles", "levels-fit-graph")):
        app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
            parts.PAINT,
            Output(picture, "figure"),
            Output(picture, "style"),
            Input(store, "data"),
            Input("trend-theme", "data"),
        )


OUTPUTS = (
    "progress",
    "quiet",
    "no_cancel",
    "idle",
    "problem",
    "answer",
    "figure",
    "no_picture",
    "fits",
    "fit",
    "no_fit",
    "no_draft",
)
"""What a look at a computation may change on the page."""


def _unchanged() -> dict[str, object]:
    return dict.fromkeys(OUTPUTS, no_update)


def _over(context: AppContext, job: Job[Answer]) -> dict[str, object]:
    over: dict[str, object] = {"progress": "0", "quiet": True, "no_cancel": True, "idle": True}
    found = job.answer
    if found is None:
        return _unchanged() | over | {"problem": job.problem}
    site = context.site()
    fits = parts.options([r.method for r in found.comparison.results if r.fit and r.fit.expected])
    empty = found.sample.n == 0
    return over | {
        "problem": "",
        "answer": parts.answer(found, site.timezone),
        "figure": None if empty else figure(found, in_force(site, found)),
        "no_picture": empty,
        "fits": fits,
        "fit": fits[0]["value"] if fits else None,
        "no_fit": not fits,
        "no_draft": not any(r.usable for r in found.comparison.results),
    }


PAGE = Page(PATH, N_("Levels"), layout, register, icon="levels")
