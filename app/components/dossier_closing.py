"""Closing an excursion: what stands against it, every signature under it, and the way to the next one."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import icon, symbol, tagged
from app.components.dossier_side import chain
from app.components.signing import sign_button
from app.context import AppContext
from app.dossier.closing import CLOSING, against_closing
from app.dossier.gather import Dossier
from app.signature_words import broken, signature_words
from facility.language import _
from facility.roles import Right
from storage.records.closings import Closing
from storage.records.signatures import content_hash


def closing_card(context: AppContext, dossier: Dossier) -> Component:
    """The signatures, and for QA the next one."""
    may = context.may(Right.CLOSE) and dossier.whole
    return html.Section(
        [
            html.Header([html.H2(_("Signatures")), html.Span(_standing(dossier), className="sec")]),
            html.Ul([_signed(dossier, one) for one in dossier.closings], className="signatures")
            if dossier.closings
            else None,
            _reopening() if may and dossier.closing else None,
            _to_close(dossier, may=may) if dossier.closing is None else None,
            chain(dossier),
        ],
        className="card closing",
    )


def _standing(dossier: Dossier) -> str:
    if dossier.closing is None:
        return _("Closed by QA with name, password and meaning of the signature")
    by = dossier.names.get(dossier.closing.by, dossier.closing.by)
    at = formats.exactly(dossier.closing.at, dossier.site.timezone, dossier.now)
    return _("Closed by {by}, {at}", by=by, at=at)


def _signed(dossier: Dossier, one: Closing) -> Component:
    """A closing or reopening with its signature; loudly where the two do not belong together."""
    signature = next((s for s in dossier.signatures if s.content == content_hash(one.content)), None)
    what = _("Closed") if one.step == "closed" else _("Reopened: {reason}", reason=one.reason)
    if signature is None:
        fault: str = _("The signature of this is missing, or is of another content.")
        words = dossier.names.get(one.by, one.by)
    else:
        fault, words = broken(signature, one.content), signature_words(signature)
    warning = html.Div([symbol("action"), html.B(fault)], className="broken", role="alert") if fault else None
    line = html.Div([icon("check", small=True), html.Span([html.B(what), ". ", words])], className="signature")
    digest = html.Div(_("Signed content, SHA-256 {hash}", hash=content_hash(one.content)), className="xs sec chain")
    return html.Li([line, digest, warning])


def _to_close(dossier: Dossier, *, may: bool) -> Component:
    problem = against_closing(dossier.excursion, dossier.assessments[0] if dossier.assessments else None)
    if problem is not None:
        return html.P([html.B(_("It cannot be closed now. ")), problem], className="inside")
    if not may:
        return html.P(_("It can be closed: QA signs."), className="inside")
    button = sign_button(_("Close and sign"), CLOSING.name, dossier.excursion.number, main=True)
    return html.Div(button, className="inside")


def _reopening() -> Component:
    return html.Div(
        [
            dmc.Textarea(id="reopening-reason", label=_("Why it is reopened"), autosize=True, minRows=2, size="sm"),
            html.Button(_("Reopen and sign"), id="reopening-sign", className="btn s"),
            tagged(html.Div(id="reopening-problem", className="problem"), role="alert"),
        ],
        className="inside reopening",
    )
