"""Alert levels from history: what several methods say of it, side by side, and the way into a draft change."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.changes import of_whole_site
from app.components import levels_form
from app.components import levels_parts as parts
from app.context import AppContext
from app.guard import NOBODY, NotAllowedError, needs, requires
from app.levels.answer import Answer, answer, attachment, in_force, rationale, usual_side, with_level
from app.levels.figure import figure, quantile_figure
from app.levels.jobs import BusyError, Job, Jobs
from app.levels.question import Exclusion, Question, QuestionError, alike, checked
from app.pages.page import Address, Page
from facility.instants import DAY, Instant, instant_of
from facility.levels.result import Result
from facility.levels.units import Unit, usual_unit
from facility.limit import RoomState, Side
from facility.roles import Right
from facility.site_edit import SiteEditError
from facility.site_errors import SiteFileError
from storage.records import changes, revisions
from storage.records.changes import ChangeRefusedError
from storage.samples.store import HistoryAwayError

PATH = "/levels"
POLL = 400
"""Milliseconds between two looks at a computation."""
FIELDS = ("point", "with", "side", "state", "unit", "begin", "finish")


def layout(context: AppContext, address: Address) -> Component:
    """What is asked on the left, the answer on the right; nothing is worked out before it is asked for."""
    site = context.site()
    point = address.first("point")
    chosen = point if point in site.points else next(iter(site.points), None)
    return html.Div(
        [
            html.Div([html.H1("Alert levels from history"), html.P(parts.LEAD, className="lead")], className="head"),
            html.Div(
                [
                    html.Section(
                        [html.Header(html.H2("The question")), levels_form.form(site, chosen, context.clock())],
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


def question_of(context: AppContext, fields: dict[str, Any], exclusions: list[dict[str, Any]]) -> Question:
    """What the fields ask. Raises QuestionError."""
    site = context.site()
    if fields["point"] not in site.points:
        raise QuestionError("Choose a point.")
    point = site.points[fields["point"]]
    side = Side(fields["side"])
    state = None if fields["state"] == levels_form.ALL_STATES else RoomState(fields["state"])
    states = frozenset(RoomState) if state is None else frozenset({state})
    pooled = [point]
    if fields["with"] in (parts.ROOM, parts.SITE):
        pooled = alike(site, point, side, states, point.room if fields["with"] == parts.ROOM else None)
    if not fields["begin"] or not fields["finish"]:
        raise QuestionError("Choose the first and the last day.")
    left_out = tuple(
        Exclusion(int(each["start"]), int(each["end"]), str(each["reason"]), context.name) for each in exclusions
    )
    return checked(
        site,
        Question(
            tuple(other.id for other in pooled),
            side,
            _instant(fields["begin"], site.timezone),
            min(_instant(fields["finish"], site.timezone) + DAY, context.clock()),
            state,
            Unit(fields["unit"]),
            left_out,
        ),
    )


def _instant(text: str, timezone: str) -> Instant:
    try:
        return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)))
    except (ValueError, TypeError):
        raise QuestionError(f"{text!r} is no time.") from None


def draft(context: AppContext, found: Answer, method: str | None, why: str, reason: str) -> str | int:
    """Make a level the draft of a change: its number, or in words why it cannot be."""
    person = needs(context, Right.DRAFT)
    of_whole_site(context)
    result = chosen(found, method)
    if result is None:
        return "Choose a method that may be used."
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


def register(app: Dash, context: AppContext) -> None:
    """The form asks; a job works it out beside the page, which looks how far it is; the answer leads to a draft."""
    jobs = Jobs()

    def account() -> str:
        person = context.person()
        if person is None:
            raise NotAllowedError(NOBODY)
        return person.account

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
        if point not in site.points:
            return no_update, no_update, no_update, no_update
        found = site.points[point]
        side = usual_side(found)
        with suppress(HistoryAwayError):
            extent = context.samples.extent([point])
            first = formats.in_zone(extent[0], site.timezone).strftime("%Y-%m-%d") if extent else begin
            begin = max(begin, first)
        return parts.pools(site, found, side), side.value, usual_unit(found.quantity).value, begin

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
            return no_update, "Say from when to when, and the assigned cause.", no_update
        try:
            new = {"start": _instant(begin, zone), "end": _instant(finish, zone), "reason": (why or "").strip()}
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
        return parts.left_out(known, context.site().timezone, context.clock()), not known

    @app.callback(
        Output("levels-exclusions", "data", allow_duplicate=True),
        Input("levels-out-clear", "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def clear(clicks: int | None) -> object:
        return [] if clicks else no_update

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

    @app.callback(
        Output("levels-method", "data"),
        Output("levels-method", "value"),
        Input("levels-answer", "children"),
        State("levels-job", "data"),
    )
    @requires(Right.LOOK)
    def offered(_shown: object, id: str | None) -> tuple[object, object]:
        job = jobs.find(account(), id)
        if job is None or job.answer is None:
            return [], None
        offers = parts.offers(job.answer)
        return offers, offers[0]["value"] if offers else None

    @app.callback(Output("levels-why", "value"), Input("levels-method", "value"), State("levels-job", "data"))
    @requires(Right.LOOK)
    def prefill(method: str | None, id: str | None) -> str:
        job = jobs.find(account(), id)
        result = chosen(job.answer, method) if job is not None and job.answer is not None else None
        if job is None or job.answer is None or result is None:
            return ""
        return rationale(job.answer, result, context.site().timezone)

    @app.callback(Output("levels-quantiles", "data"), Input("levels-fit-of", "value"), State("levels-job", "data"))
    @requires(Right.LOOK)
    def fit(method: str | None, id: str | None) -> object:
        job = jobs.find(account(), id)
        if job is None or job.answer is None:
            return None
        found = next((r for r in job.answer.comparison.results if r.method == method and r.fit), None)
        if found is None:
            return None
        return quantile_figure(found, context.site().points[job.answer.question.points[0]].unit)

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Output("levels-draft-problem", "children"),
        Input("levels-draft", "n_clicks"),
        State("levels-job", "data"),
        State("levels-method", "value"),
        State("levels-why", "value"),
        State("levels-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("levels-draft", "disabled"), True, False)],
    )
    @requires(Right.DRAFT)
    def send(
        clicks: int | None, id: str | None, method: str | None, why: str | None, reason: str | None
    ) -> tuple[object, object]:
        if not clicks:
            return no_update, no_update
        job = jobs.find(account(), id)
        if job is None or job.answer is None:
            return no_update, "These levels are not kept any more. Work them out again."
        drafted = draft(context, job.answer, method, why or "", reason or "")
        return (no_update, drafted) if isinstance(drafted, str) else (f"/changes/{drafted}", "")

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


def _over(context: AppContext, job: Job) -> dict[str, object]:
    over: dict[str, object] = {"progress": "0", "quiet": True, "no_cancel": True, "idle": True}
    found = job.answer
    if found is None:
        return _unchanged() | over | {"problem": job.problem}
    site = context.site()
    fits = parts.options([r.method for r in found.comparison.results if r.fit and r.fit.expected])
    empty = found.sample.n == 0
    return over | {
        "problem": "",
        "answer": parts.answer(found, site.timezone, context.clock()),
        "figure": None if empty else figure(found, in_force(site, found)),
        "no_picture": empty,
        "fits": fits,
        "fit": fits[0]["value"] if fits else None,
        "no_fit": not fits,
        "no_draft": not any(r.usable for r in found.comparison.results),
    }


PAGE = Page(PATH, "Levels", layout, register, icon="levels")
