"""Signing: one dialog in the shell for every page, the button that opens it, and signatures as lines.

A page opens it with `sign_button`, or from a callback of its own by writing `request(...)` to the store `TO_SIGN`.
When something was signed, the store `SIGNED` holds what, so that a page can draw itself anew.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app.components.basics import icon, symbol, tagged
from app.context import AppContext
from app.guard import Access, needs, requires
from app.sign_in.session_cookie import present_session
from app.signature_words import broken, signature_words
from app.signing import Asked, Signable, Typed, ask, sign
from facility.language import N_, _
from storage.records.signatures import Meaning, NotToBeSignedError, Signature
from storage.records.trail.audit import JSON

TO_SIGN = "to-sign"
"""The store that a page's callback writes a `request` to (`allow_duplicate=True`)."""
SIGNED = "signed"
"""The store that holds the `request` that was signed last, and when."""
HIDDEN, SHOWN = {"display": "none"}, {"display": "block"}
FIELDS = ("sign-account", "sign-password", "sign-code", "sign-comment")
SAYS = {
    Meaning.AUTHORSHIP: N_("that I wrote this"),
    Meaning.REVIEW: N_("that I have reviewed this"),
    Meaning.APPROVAL: N_("that I approve this"),
    Meaning.RESPONSIBILITY: N_("that I take responsibility for this"),
}


def request(name: str, subject: str) -> dict[str, str]:
    """What to write to `TO_SIGN`: the name of a `Signable`, and which one of its kind."""
    return {"name": name, "subject": subject}


def sign_button(words: str, name: str, subject: str, *, main: bool = False) -> Component:
    """A button that opens the dialog for a `Signable` and a subject."""
    return html.Button(
        [icon("check", small=True), words],
        id={"type": "sign", "name": name, "subject": subject},
        className="btn p s" if main else "btn s",
    )


def signature_lines(signatures: Sequence[Signature], content: JSON) -> Component | None:
    """The signatures of a record as they have to be shown wherever it is shown; None where there are none."""
    if not signatures:
        return None
    lines = []
    for signature in signatures:
        fault = broken(signature, content)
        warning = html.Div([symbol("action"), html.B(fault)], className="broken", role="alert") if fault else None
        line = html.Div([icon("check", small=True), html.Span(signature_words(signature))], className="signature")
        lines.append(html.Li([line, warning]))
    return html.Ul(lines, className="signatures")


def dialog() -> Component:
    """The dialog; it stands once in the shell and serves every page."""
    modal: Component = dmc.Modal(
        id="signing",
        title=_("Sign"),
        centered=True,
        size=520,
        children=[
            html.Div(id="sign-what"),
            html.Div(
                [
                    html.Div(
                        dmc.Textarea(id="sign-comment", label=_("Comment"), autosize=True, minRows=1),
                        id="sign-comment-field",
                    ),
                    html.Div(
                        dmc.TextInput(id="sign-account", label=_("Account"), autoComplete="off", required=True),
                        id="sign-account-field",
                    ),
                    dmc.PasswordInput(
                        id="sign-password",
                        label=_("Password"),
                        autoComplete="off",
                        required=True,
                        **{"data-autofocus": True},
                    ),
                    html.Div(
                        dmc.TextInput(
                            id="sign-code", label=_("Code of your authenticator"), autoComplete="one-time-code"
                        ),
                        id="sign-code-field",
                    ),
                ],
                id="sign-proof",
                className="sign-proof",
            ),
            tagged(html.Div(id="sign-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Span(id="sign-as", className="sm muted grow"),
                    html.Button([icon("check", small=True), _("Sign")], id="sign-send", className="btn p l"),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return html.Div([dcc.Store(id=TO_SIGN), dcc.Store(id=SIGNED), dcc.Store(id="sign-request"), modal])


def register(app: Dash, context: AppContext, signables: Iterable[Signable]) -> None:
    """Opening the dialog, and signing."""
    known = {signable.name: signable for signable in signables}

    @app.callback(
        Output("signing", "opened"),
        Output("sign-request", "data"),
        Output("sign-what", "children"),
        Output("sign-proof", "style"),
        Output("sign-account-field", "style"),
        Output("sign-code-field", "style"),
        Output("sign-comment-field", "style"),
        Output("sign-as", "children"),
        Output("sign-send", "disabled"),
        Output("sign-problem", "children"),
        Output("sign-account", "data-autofocus"),
        *(Output(field, "value") for field in FIELDS),
        Input({"type": "sign", "name": ALL, "subject": ALL}, "n_clicks"),
        Input(TO_SIGN, "data"),
        prevent_initial_call=True,
    )
    @requires(Access.SIGNED_IN)
    def open_dialog(_clicks: list[int | None], asked_for: dict[str, Any] | None) -> tuple[object, ...]:
        wanted = _wanted(asked_for)
        if wanted is None or wanted["name"] not in known:
            return (no_update,) * (11 + len(FIELDS))
        empty = ("",) * len(FIELDS)
        try:
            asked = ask(context, present_session(), known[wanted["name"]], wanted["subject"])
        except NotToBeSignedError as error:
            return (True, None, None, HIDDEN, HIDDEN, HIDDEN, HIDDEN, "", True, str(error), None, *empty)
        person = needs(context, known[wanted["name"]].right)
        return (
            True,
            {**wanted, "seen": asked.seen},
            _summary(asked),
            SHOWN,
            SHOWN if asked.first else HIDDEN,
            SHOWN if asked.with_code else HIDDEN,
            HIDDEN if asked.to_sign.commented is None else SHOWN,
            _("Signed as {name} ({role}), now", name=person.name, role=_(person.role)),
            False,
            "",
            True if asked.first else None,  # what is typed first; else the password is
            *empty,
        )

    @app.callback(
        Output("signing", "opened", allow_duplicate=True),
        Output("sign-problem", "children", allow_duplicate=True),
        Output("sign-password", "value", allow_duplicate=True),
        Output("sign-code", "value", allow_duplicate=True),
        Output(SIGNED, "data"),
        Input("sign-send", "n_clicks"),
        Input("sign-password", "n_submit"),
        Input("sign-code", "n_submit"),
        State("sign-request", "data"),
        State("sign-account", "value"),
        State("sign-password", "value"),
        State("sign-code", "value"),
        State("sign-comment", "value"),
        prevent_initial_call=True,
        running=[(Output("sign-send", "disabled"), True, False)],
    )
    @requires(Access.SIGNED_IN)
    def send(
        clicks: int | None,
        by_password: int | None,
        by_code: int | None,
        wanted: dict[str, Any] | None,
        account: str | None,
        password: str | None,
        code: str | None,
        comment: str | None,
    ) -> tuple[object, ...]:
        if not wanted or wanted.get("name") not in known or not (clicks or by_password or by_code):
            return (no_update,) * 5
        if not password:
            return no_update, _("Type your password."), no_update, no_update, no_update
        typed = Typed(account or "", password, code or "", comment or "")
        signable, subject = known[wanted["name"]], str(wanted.get("subject"))
        problem = sign(context, present_session(), signable, subject, str(wanted.get("seen")), typed)
        if problem is not None:
            return no_update, problem, "", "", no_update
        return False, "", "", "", {**request(signable.name, subject), "at": context.clock()}


def _wanted(asked_for: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is to be signed: by the button that was pressed, or by what a page wrote to the store."""
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        return None  # a button that has just been drawn
    if isinstance(ctx.triggered_id, dict):
        return request(str(ctx.triggered_id["name"]), str(ctx.triggered_id["subject"]))
    return request(str(asked_for.get("name")), str(asked_for.get("subject"))) if asked_for else None


def _summary(asked: Asked) -> Component:
    to_sign = asked.to_sign
    return html.Div(
        [
            html.Div(to_sign.title, className="where"),
            *(html.Div(words) for words in to_sign.words),
            html.Div(
                [_("My signature says"), " ", html.B(_(SAYS[to_sign.meaning])), f": {_(to_sign.meaning)}."],
                className="sec meaning",
            ),
        ],
        className="answer-summary",
    )
