"""One change: what it would do, what speaks for it, what was done to it, and what can be done now."""

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.back_test import question as back_test
from app.changes import APPROVAL, REVIEW, Book, force_words, needs_words, read
from app.components.attachment import attachment
from app.components.basics import icon, tagged
from app.components.change_parts import change_signatures, difference_list, state_chip
from app.components.life import life_link, reads_trail
from app.components.signing import SIGNED, sign_button
from app.context import AppContext
from app.guard import needs, requires
from app.pages.page import Address, Page
from facility.change_states import OPEN, ChangeState, Step, next_step
from facility.instants import Instant
from facility.language import N_, _
from facility.roles import Right
from storage.records import change_steps
from storage.records.changes import Change, ChangeRefusedError
from storage.records.errors import RecordsAwayError

BUTTONS = {"put": Step.PUT_IN_FORCE, "refuse": Step.REFUSE, "withdraw": Step.WITHDRAW, "back": Step.TAKE_BACK}


def layout(context: AppContext, address: Address) -> Component:
    """The page of a change."""
    number = address.parts["number"]
    return html.Div(
        [
            dcc.Store(id="change-number", data=int(number) if number.isdecimal() else 0),
            html.Div(_drawn(context, int(number) if number.isdecimal() else 0), id="change"),
        ],
        className="changes-page",
    )


def _drawn(context: AppContext, number: int) -> list[Component | None]:
    book = read(context)
    change = next((change for change in book.changes if change.number == number), None)
    if change is None:
        words = html.P(_("It may have been mistyped: changes are numbered from 1."), className="lead")
        return [
            html.H1(_("There is no such change")),
            words,
            html.P(html.A(_("To all changes"), href="/changes", className="btn")),
        ]
    zone = context.site().timezone
    return [
        html.Div(
            [
                html.Div(html.A(_("Changes"), href="/changes"), className="crumb"),
                html.Div(
                    [html.H1(_("Change {number}", number=number)), state_chip(book.state(change))],
                    className="row title",
                ),
            ]
        ),
        html.Section(
            [
                html.Header([html.H2(_("Against site revision {base}", base=change.base)), _back_test(change)]),
                difference_list(change.differences, whole=True),
                html.Dl(_facts(context, book, change), className="facts"),
            ],
            className="card",
        ),
        _attached(change, zone, book.now),
        html.Section(
            [
                html.Header(
                    [html.H2(_("What was done")), html.Span(className="grow"), _life(context, change)],
                ),
                html.Ol([html.Li(words) for words in _story(book, change, zone)], className="story"),
                change_signatures(book, change),
            ],
            className="card",
        ),
        _to_do(context, book, change),
    ]


def _back_test(change: Change) -> Component | None:
    """The way to what it would have made of the past."""
    if not change.controlled:
        return None
    link = html.A(_("Back-test it"), href=f"{back_test.PATH}?change={change.number}", className="sec")
    return html.Span(link, className="grow right")


def _life(context: AppContext, change: Change) -> Component | None:
    return life_link(change.object) if reads_trail(context) else None


def _facts(context: AppContext, book: Book, change: Change) -> list[Component]:
    facts = {
        _("Reason"): change.reason,
        _("Rationale"): change.rationale or _("none"),
        _("Decides about alarms"): _("Yes: review and QA's approval, both signed") if change.controlled else _("No"),
        _("Time"): force_words(change.wanted_from, context.site(), book.now),
    }
    if change.revision is not None:
        facts[_("Became")] = _("Site revision {revision}", revision=change.revision)
    return [part for term, words in facts.items() for part in (html.Dt(term), html.Dd(words))]


def _attached(change: Change, zone: str, now: Instant) -> Component | None:
    content = attachment(change.attachment, zone, now)
    if content is None:
        return None
    return html.Section([html.Header(html.H2(_("Attached"))), content], className="card")


def _story(book: Book, change: Change, zone: str) -> list[str]:
    told = [
        _("Drafted by {name}, {time}", name=book.name(change.author), time=formats.exactly(change.at, zone, book.now))
    ]
    for taken in change.steps:
        said = f": {taken.comment}" if taken.comment else ""
        when = formats.exactly(taken.at, zone, book.now)
        told.append(
            _(
                "{step} by {name}, {when}{said}",
                step=formats.sentence(_(taken.step)),
                name=book.name(taken.by),
                when=when,
                said=said,
            )
        )
    return told


def _to_do(context: AppContext, book: Book, change: Change) -> Component | None:
    person = context.person()
    if person is None:
        return None
    if book.state(change) is ChangeState.APPROVED:
        may = person.may(Right.APPROVE if change.controlled else Right.DRAFT)
        return _to_press(_("Until its moment comes it can be taken back."), [_button("back")] if may else [])
    if change.state not in OPEN:
        return None
    outdated = book.is_outdated(change)
    again = _("Site revision {number} is newer: this has to be drawn up again.", number=book.revisions[0].number)
    words = again if outdated else needs_words(change)
    mine = person.account == change.author
    reviewed = any(taken.step is Step.REVIEW and taken.by == person.account for taken in change.steps)
    may = person.may(Right.DRAFT)
    step = next_step(change.state, change.controlled)
    subject = str(change.number)
    buttons: list[Component] = []
    to_sign: Component | None = None
    if not outdated and step is Step.REVIEW and may and not mine:
        to_sign = sign_button(_("Sign the review"), REVIEW.name, subject, main=True)
    approves = change.controlled and person.may(Right.APPROVE) and not mine and not reviewed
    if not outdated and step is Step.PUT_IN_FORCE and approves:
        to_sign = sign_button(_("Sign the approval"), APPROVAL.name, subject, main=True)
    if not outdated and step is Step.PUT_IN_FORCE and not change.controlled and may:
        buttons.append(_button("put", main=True))
    if may:
        buttons.append(_button("withdraw" if mine else "refuse"))
    return _to_press(words, buttons, to_sign)


def _button(what: str, *, main: bool = False) -> Component:
    mark = icon("check" if main else "x", small=True)
    return html.Button(
        [mark, _(LABELS[what])], id={"type": "change-do", "what": what}, className="btn p s" if main else "btn s"
    )


def _to_press(words: str, buttons: list[Component], to_sign: Component | None = None) -> Component:
    """What the change waits for, and what this person can do about it: by a signature, or with a comment."""
    if not buttons:
        return html.Section([html.Header(html.H2(_("Needs"))), html.P(words, className="inside")], className="card")
    label = _("Comment") if to_sign is None else _("Or why it is not to be")
    return html.Section(
        [
            html.Header(html.H2(_("Needs"))),
            html.P(words, className="inside"),
            html.Div(to_sign, className="inside") if to_sign is not None else None,
            html.Div(
                [
                    dmc.Textarea(id="change-comment", label=label, autosize=True, minRows=2, className="grow"),
                    html.Div(buttons, className="row"),
                ],
                className="to-do",
            ),
            tagged(html.Div(id="change-problem", className="problem"), role="alert"),
        ],
        className="card",
    )


LABELS = {"put": N_("Put in force"), "withdraw": N_("Withdraw"), "refuse": N_("Refuse"), "back": N_("Take back")}


def do(context: AppContext, number: int, what: str, comment: str) -> str | None:
    """Take a step that needs no signature; None when it is done, else in words why not."""
    person = needs(context, Right.DRAFT)
    now = context.clock()
    try:
        with context.records.transaction() as connection:
            match BUTTONS[what]:
                case Step.PUT_IN_FORCE:
                    change_steps.put_in_force(connection, now, person.actor, number, comment)
                case Step.REFUSE:
                    change_steps.refuse(connection, now, person, number, comment)
                case Step.WITHDRAW:
                    change_steps.withdraw(connection, now, person, number, comment)
                case Step.TAKE_BACK:
                    change_steps.take_back(connection, now, person, number, comment)
    except ChangeRefusedError as error:
        return str(error)
    except RecordsAwayError as error:
        return _("{error} It is not known whether this is on record: look before you do it again.", error=error)
    return None


def register(app: Dash, context: AppContext) -> None:
    """What is done to the change, and drawing it anew after that."""

    @app.callback(
        Output("change", "children"),
        Output("change-problem", "children"),
        Input({"type": "change-do", "what": ALL}, "n_clicks"),
        State("change-number", "data"),
        State("change-comment", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.DRAFT)
    def press(_clicks: list[int | None], number: int, comment: str | None) -> tuple[object, object]:
        if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(ctx.triggered_id, dict):
            return no_update, no_update
        what = str(ctx.triggered_id["what"])
        if what not in BUTTONS:
            return no_update, no_update
        problem = do(context, number, what, comment or "")
        return (no_update, problem) if problem else (_drawn(context, number), no_update)

    @app.callback(
        Output("change", "children", allow_duplicate=True),
        Input(SIGNED, "data"),
        State("change-number", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def signed(_event: object, number: int) -> list[Component | None]:
        return _drawn(context, number)


PAGE = Page("/changes/<number>", N_("Change"), layout, register, signs=(REVIEW, APPROVAL))
