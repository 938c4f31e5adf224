"""The roles: who may do what, as the one table says it that every request is held against."""

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import icon, tagged
from app.context import AppContext
from app.pages.page import Address, Page
from facility.language import N_, _
from facility.roles import RIGHTS, Right, Role

OWN = "yours"
NOTES = (
    (N_("Areas"), N_("An account can be admitted to some areas only. It then sees and does nothing in the others.")),
    (
        N_("Wall"),
        N_("A wall display is no person: it is let in by a link of its own, shows live values, and does nothing."),
    ),
    (N_("Accounts"), N_("Nobody changes an account of their own, and the last administrator cannot be retired.")),
)


def layout(context: AppContext, _address: Address) -> Component:
    """The table, with the column of whoever looks marked."""
    person = context.person()
    own = person.role if person is not None else None
    lead = _("You are signed in as {role}.", role=_(own.value)) if own is not None else ""
    return html.Div(
        [
            html.Div([html.H1(_("Roles and rights")), html.P(lead, className="lead")], className="head"),
            html.Section(
                tagged(
                    html.Div(_table(own), className="scroll", tabIndex="0", role="region"), aria_label=_("Rights")
                ),
                className="card roles",
            ),
            html.Section(
                html.Dl(
                    [part for term, words in NOTES for part in (html.Dt(_(term)), html.Dd(_(words)))],
                    className="facts",
                ),
                className="card notes",
            ),
        ],
        className="access-page",
    )


def _table(own: Role | None) -> Component:
    heads = [html.Th(_head(role, own), className=OWN if role is own else "") for role in Role]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(_("May")), *heads])),
            html.Tbody([html.Tr([html.Th(formats.sentence(_(right))), *_cells(right, own)]) for right in Right]),
        ]
    )


def _head(role: Role, own: Role | None) -> list[Component | str]:
    you = [html.Span(_("you"), className="chip quiet")] if role is own else []
    return [formats.sentence(_(role.value)), *you]


def _cells(right: Right, own: Role | None) -> list[Component]:
    return [html.Td(_mark(right in RIGHTS[role]), className=OWN if role is own else "") for role in Role]


def _mark(has: bool) -> Component:
    if has:
        return html.Span([icon("check"), html.Span(formats.yes_or_no(True), className="sr")])
    return html.Span(formats.yes_or_no(False), className="sr")


PAGE = Page("/roles", N_("Roles"), layout)
