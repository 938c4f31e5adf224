"""Back-test: what other limits would have made of any stored period, and the way into a draft change."""

from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app.back_test.answer import Answer, answer
from app.back_test.draft import draft
from app.back_test.figure import figure
from app.back_test.question import CHANGEABLE, FIELDS, PATH, QuestionError, asked, limits_of, of_change
from app.components import back_test_form, back_test_result
from app.components.levels_parts import PAINT
from app.context import AppContext
from app.guard import NOBODY, NotAllowedError, requires
from app.jobs import BusyError, Job, Jobs
from app.pages.page import Address, Page
from facility.language import N_, _
from facility.roles import Right
from facility.site_changes import differences, lines
from facility.site_file import parse_site
from storage.records import changes
from storage.records.changes import Change

POLL = 400
"""Milliseconds between two looks at a computation."""
LEAD = N_("What another limit, delay, deadband or rule would have made of the past: judged by the engine itself.")
OUTPUTS = ("progress", "quiet", "no_cancel", "idle", "problem", "result", "no_picture", "points", "point", "no_draft")
"""What a look at a computation may change on the page."""


def layout(context: AppContext, address: Address) -> Component:
    """What is asked on the left, the answer on the right; nothing is worked out before it is asked for."""
    site = context.site()
    change = _change(context, address.first("change"))
    told = [] if change is None else list(lines(differences(site, parse_site(change.text, change.object))))
    return html.Div(
        [
            html.Div([html.H1(_("Back-test")), html.P(_(LEAD), className="lead")], className="head"),
            html.Div(
                [
                    html.Section(
                        [
                            html.Header(
                                html.H2(_("Change {number}", number=change.number) if change else _("The question"))
                            ),
                            back_test_form.form(site, address, context.clock(), told),
                        ],
                        className="card ask",
                    ),
                    html.Div(
                        [
                            html.Div(back_test_result.nothing_yet(), id="back-test-result"),
                            back_test_form.picture(),
                        ],
                        className="answer",
                    ),
                ],
                className="levels",
            ),
            back_test_form.to_draft(),
            dcc.Store(id="back-test-change", data=change.number if change else None),
            dcc.Store(id="back-test-job"),
            dcc.Interval(id="back-test-poll", interval=POLL, disabled=True),
        ],
        className="levels-page",
    )


def register(app: Dash, context: AppContext) -> None:
    """The form asks; a job works it out beside the page, which looks how far it is; the answer leads to a draft."""
    jobs = Jobs[Answer]("back-tests", QuestionError)

    def account() -> str:
        person = context.person()
        if person is None:
            raise NotAllowedError(_(NOBODY))
        return person.account

    def found_by(id: str | None) -> Answer | None:
        job = jobs.find(account(), id)
        return None if job is None else job.answer

    @app.callback(
        Output("back-test-limit", "data"),
        Output("back-test-limit", "value"),
        Input("back-test-points", "value"),
        State("back-test-limit", "value"),
    )
    @requires(Right.LOOK)
    def choose(points: list[str] | None, limit: str | None) -> tuple[object, object]:
        names = limits_of(context.site(), points or [])
        chosen = limit if limit in names else next(iter(names), None)
        return back_test_form.limit_options(names), chosen

    @app.callback(
        output={name: Output(f"back-test-{name}", "placeholder") for name in CHANGEABLE},
        inputs={"limit": Input("back-test-limit", "value"), "points": State("back-test-points", "value")},
    )
    @requires(Right.LOOK)
    def show_present(limit: str | None, points: list[str] | None) -> dict[str, str]:
        return back_test_form.as_it_is(context.site(), points or [], limit)

    @app.callback(
        output={
            "job": Output("back-test-job", "data"),
            "problem": Output("back-test-problem", "children"),
            "idle": Output("back-test-poll", "disabled"),
        },
        inputs={
            "clicks": Input("back-test-start", "n_clicks"),
            "fields": {name: State(f"back-test-{name}", "value") for name in FIELDS},
            "change": State("back-test-change", "data"),
        },
    )
    @requires(Right.LOOK)
    def start(clicks: int | None, fields: dict[str, Any], change: int | None) -> dict[str, object]:
        if not clicks:
            return {"job": no_update, "problem": no_update, "idle": no_update}
        site, now = context.site(), context.clock()
        try:
            tried = None if change is None else _change(context, str(change))
            if tried is None:
                question = asked(site, fields, now)
            else:
                question = of_change(site, parse_site(tried.text, tried.object), tried.number, fields, now)
            job = jobs.start(
                account(), lambda progress: answer(site, context.samples, context.records, question, progress)
            )
        except QuestionError as error:
            label = back_test_form.LABELS.get(error.field, "")
            return {"job": None, "problem": f"{label}: {error}" if label else str(error), "idle": True}
        except BusyError as error:
            return {"job": None, "problem": str(error), "idle": True}
        return {"job": job, "problem": "", "idle": False}

    @app.callback(
        Output("back-test-poll", "disabled", allow_duplicate=True),
        Input("back-test-cancel", "n_clicks"),
        State("back-test-job", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def cancel(clicks: int | None, job: str | None) -> object:
        if clicks:
            jobs.cancel(account(), job)
        return no_update

    @app.callback(
        output={
            "progress": Output("back-test-progress", "value"),
            "quiet": Output("back-test-progress", "hidden"),
            "no_cancel": Output("back-test-cancel", "hidden"),
            "idle": Output("back-test-poll", "disabled", allow_duplicate=True),
            "problem": Output("back-test-problem", "children", allow_duplicate=True),
            "result": Output("back-test-result", "children"),
            "no_picture": Output("back-test-picture", "hidden"),
            "points": Output("back-test-of", "data"),
            "point": Output("back-test-of", "value"),
            "no_draft": Output("back-test-to-draft", "hidden"),
        },
        inputs={
            "_ticks": Input("back-test-poll", "n_intervals"),
            "id": Input("back-test-job", "data"),
            "change": State("back-test-change", "data"),
        },
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def look(_ticks: int | None, id: str | None, change: int | None) -> dict[str, object]:
        job = jobs.find(account(), id)
        unchanged: dict[str, object] = dict.fromkeys(OUTPUTS, no_update)
        if job is None:
            return unchanged | {"quiet": True, "no_cancel": True, "idle": True}
        if not job.is_over:
            return unchanged | {"progress": f"{job.done * 100:.0f}", "quiet": False, "no_cancel": False}
        return unchanged | _over(context, job, change)

    @app.callback(Output("back-test-figure", "data"), Input("back-test-of", "value"), State("back-test-job", "data"))
    @requires(Right.LOOK)
    def draw(point: str | None, id: str | None) -> object:
        found = found_by(id)
        outcome = next((o for o in found.outcomes if o.point == point), None) if found else None
        if found is None or outcome is None:
            return None
        return figure(context.site(), context.samples, context.records, found.question, outcome, context.clock())

    @app.callback(
        Output("url", "pathname", allow_duplicate=True),
        Output("url", "search", allow_duplicate=True),
        Output("back-test-draft-problem", "children"),
        Input("back-test-draft", "n_clicks"),
        State("back-test-job", "data"),
        State("back-test-why", "value"),
        State("back-test-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("back-test-draft", "disabled"), True, False)],
    )
    @requires(Right.DRAFT)
    def send(
        clicks: int | None, id: str | None, why: str | None, reason: str | None
    ) -> tuple[object, object, object]:
        if not clicks:
            return no_update, no_update, no_update
        found = found_by(id)
        if found is None:
            return no_update, no_update, _("This back-test is not kept any more. Replay it again.")
        drafted = draft(context, found, why or "", reason or "")
        return (no_update, no_update, drafted) if isinstance(drafted, str) else (f"/changes/{drafted}", "", "")

    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        PAINT,
        Output("back-test-graph", "figure"),
        Output("back-test-graph", "style"),
        Input("back-test-figure", "data"),
        Input("trend-theme", "data"),
    )


def _over(context: AppContext, job: Job[Answer], change: int | None) -> dict[str, object]:
    over: dict[str, object] = {"progress": "0", "quiet": True, "no_cancel": True, "idle": True}
    found = job.answer
    if found is None:
        return over | {"problem": job.problem}
    told = sorted(found.comparisons, key=lambda c: (-len(c.hidden), -len(c.lost)))
    points = [comparison.point for comparison in told]
    return over | {
        "problem": "",
        "result": back_test_result.result(context.site(), found),
        "no_picture": found.readings == 0,
        "points": [{"value": point, "label": point} for point in points],
        "point": points[0],
        "no_draft": change is not None or not context.may(Right.DRAFT),
    }


def _change(context: AppContext, number: str) -> Change | None:
    if not number.isdecimal():
        return None
    with context.records.reading() as connection:
        return changes.find(connection, int(number))


PAGE = Page(PATH, N_("Back-test"), layout, register, icon="back-test")
"""Found beside alert levels, which it tries."""
