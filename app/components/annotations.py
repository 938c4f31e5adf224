"""Comments and corrections where they are shown: in a list, in few words beside what they are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component
from sqlalchemy import Connection

from app import formats
from app.annotating import CORRECTION, about_words
from app.components.annotating import TO_ANNOTATE
from app.components.asking import asking
from app.components.basics import icon, tagged
from app.components.signing import sign_button, signature_lines
from facility.instants import Instant
from facility.language import _
from facility.people import Person
from facility.roles import Right
from facility.site import Site
from storage.records import annotations
from storage.records.annotations import About, Annotation, Kind, Standing
from storage.records.people import accounts


@dataclass(frozen=True, slots=True)
class Said:
    """What was written about several things, by their objects, with the printed names of those who wrote."""

    about: Mapping[str, Sequence[Annotation]]
    names: Mapping[str, str]


NOTHING = Said({}, {})


def said_about(connection: Connection, objects: Sequence[str]) -> Said:
    """What was written about these objects."""
    about: dict[str, list[Annotation]] = {}
    for one in annotations.about(connection, objects):
        about.setdefault(one.about.object, []).append(one)
    return Said(about, accounts.names(connection))


def annotate_button(words: str, about: About, look: str = "btn s") -> Component:
    """Opens the dialog for a comment or correction about this."""
    what = {"object": about.object, "start": about.start, "end": about.end}
    button = asking([icon("note", small=True), words], TO_ANNOTATE, look, **what)
    return tagged(button, title=_("Comment or correct"))


def annotation_list(
    site: Site, found: Sequence[Annotation], names: Mapping[str, str], now: Instant, deciding: Person | None = None
) -> Component:
    """Each with what it is about, what it says, by whom, and how far it has come; `names` are printed names.

    With `deciding` a correction that waits has the buttons for what this person can do with it; without, the way to
    the page that has them.
    """
    return html.Ul([_item(site, one, names, now, deciding) for one in found], className="annotations")


def _item(site: Site, one: Annotation, names: Mapping[str, str], now: Instant, deciding: Person | None) -> Component:
    by = names.get(one.by, one.by)
    head = [
        html.B(f"{formats.sentence(_(one.kind.value))} {one.id}"),
        html.Span(about_words(site, one.about), className="sec"),
    ]
    return html.Li(
        [
            html.Div([*head, _standing(one)], className="row"),
            _meaning(one),
            html.Div(one.reason, className="said"),
            html.Div(f"{by}, {formats.exactly(one.at, site.timezone, now)}", className="xs muted"),
            _refused(one, names, site, now),
            signature_lines(one.signatures, one.content),
            _answers(one, deciding),
        ],
        className="annotation",
    )


def said_lines(said: Said, object: str) -> list[Component]:
    """In few words, under what they are about."""
    return [
        html.Div([icon("note", small=True), html.Span(said_words(one, said.names))], className="said-about")
        for one in said.about.get(object, ())
    ]


def said_words(one: Annotation, names: Mapping[str, str]) -> str:
    """Correction 3 by J. Moreau: 12 CFU/m³ should read 2 CFU/m³, typing error (waits for QA's signature)."""
    meaning = (
        _("{was} should read {becomes}", was=one.was, becomes=one.becomes) + ", "
        if one.kind is Kind.CORRECTION
        else ""
    )
    standing = "" if one.kind is Kind.COMMENT else f" ({_(one.standing.value)})"
    return _(
        "{kind} {id} by {by}: {meaning}{reason}{standing}",
        kind=formats.sentence(_(one.kind.value)),
        id=one.id,
        by=names.get(one.by, one.by),
        meaning=meaning,
        reason=one.reason,
        standing=standing,
    )


def _standing(one: Annotation) -> Component | None:
    if one.kind is Kind.COMMENT:
        return None
    if one.standing is Standing.WAITS:
        return html.A(_(one.standing.value), href="/corrections", className="chip quiet")
    return html.Span(_(one.standing.value), className="chip quiet")


def _meaning(one: Annotation) -> Component | None:
    if one.kind is Kind.COMMENT:
        return None
    return html.Div([_("It reads"), " ", html.B(one.was), ". ", _("It should read"), " ", html.B(one.becomes), "."])


def _refused(one: Annotation, names: Mapping[str, str], site: Site, now: Instant) -> Component | None:
    if one.refusal is None:
        return None
    when = formats.exactly(one.refusal.at, site.timezone, now)
    verb = _("Taken back") if one.refusal.by == one.by else _("Refused")
    return html.Div(
        _(
            "{verb} by {by}, {when}: {reason}",
            verb=verb,
            by=names.get(one.refusal.by, one.refusal.by),
            when=when,
            reason=one.refusal.reason,
        )
    )


def _answers(one: Annotation, person: Person | None) -> Component | None:
    """What this person can do with a correction that waits."""
    if person is None or one.standing is not Standing.WAITS:
        return None
    if person.account == one.by:
        return html.Div(_refuse_button(_("Take back"), one), className="row answers")
    if not person.may(Right.APPROVE):
        return None
    sign = sign_button(_("Approve and sign"), CORRECTION, str(one.id), main=True)
    return html.Div([sign, _refuse_button(_("Refuse"), one)], className="row answers")


def _refuse_button(words: str, one: Annotation) -> Component:
    return html.Button(words, id={"type": "refuse-correction", "annotation": one.id}, className="btn s")
