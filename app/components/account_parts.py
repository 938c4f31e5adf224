"""What the pages about accounts are made of: who has which, who is signed in, which screens hang on walls."""

from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import tagged
from facility.instants import Instant
from facility.language import _
from facility.roles import Role
from facility.site import Site
from facility.site_areas import Areas
from storage.records.people.accounts import Account, AccountState
from storage.records.people.credentials import Credential
from storage.records.people.displays import Display
from storage.records.people.sessions import Session

ROLES = [role for role in Role if role is not Role.WALL]


def account_table(
    site: Site,
    found: Sequence[Account],
    known: Mapping[str, Credential],
    last: Mapping[str, Instant],
    now: Instant,
) -> Component:
    """A row for each account; those that are retired at the end."""
    living = sorted(found, key=lambda account: (account.state is AccountState.RETIRED, account.account))
    heads = (_("Account"), _("Name"), _("Role"), _("Areas"), _("State"), _("Last sign-in"), _("Authenticator"))
    rows = [_account_row(site, one, known.get(one.account), last.get(one.account), now) for one in living]
    return people_table(heads, rows, _("Accounts"))


def _account_row(
    site: Site, account: Account, credential: Credential | None, last: Instant | None, now: Instant
) -> Component:
    link = html.A(html.B(account.account), href=f"/accounts/{account.account}")
    cells = [
        html.Td(link, className="where"),
        html.Td(account.name, className="point"),
        html.Td(formats.sentence(_(account.role.value))),
        html.Td(areas_words(site, account.areas)),
        html.Td(state_chip(account)),
        html.Td(formats.moment(last, site.timezone, now) if last is not None else _("never"), className="num"),
        html.Td(_("on") if credential is not None and credential.totp_since is not None else _("off")),
    ]
    return html.Tr(cells, className="gone" if account.state is AccountState.RETIRED else "")


def state_chip(account: Account) -> Component:
    """Active, locked or retired. Locked is what somebody has to do something about."""
    loud = account.state is AccountState.LOCKED
    return html.Span(formats.sentence(_(account.state.value)), className="chip advisory" if loud else "chip quiet")


def areas_words(site: Site, areas: Areas) -> str:
    """All, or the names of the areas; of one that the site has no longer only its id."""
    names = {area.id: area.name for area in site.areas}
    return _("All") if areas is None else ", ".join(names.get(area, area) for area in sorted(areas))


def session_table(
    page: str, site: Site, found: Sequence[Session], names: Mapping[str, str], own: int | None, now: Instant
) -> Component:
    """Who is signed in now, each with a button of the page that ends it."""
    if not found:
        return html.Div(_("No session is open."), className="nothing")
    rows = [
        html.Tr(
            [
                html.Td(html.B(names.get(session.account, session.account)), className="where"),
                html.Td(session.origin),
                html.Td(browser_words(session.browser), title=session.browser),
                html.Td(formats.moment(session.made, site.timezone, now), className="num"),
                html.Td(formats.moment(session.active, site.timezone, now), className="num"),
                html.Td(
                    html.Span(_("this one"), className="muted")
                    if session.id == own
                    else act_button(page, _("End"), "end", str(session.id)),
                    className="r",
                ),
            ]
        )
        for session in found
    ]
    return people_table((_("Who"), _("From"), _("Browser"), _("Since"), _("Last active"), ""), rows, _("Sessions"))


def browser_words(agent: str) -> str:
    """Which browser that is, in a word or two."""
    names = {
        "Edg/": _("Edge"),
        "OPR/": _("Opera"),
        "Firefox/": _("Firefox"),
        "Chrome/": _("Chrome"),
        "Safari/": _("Safari"),
    }
    return next((name for mark, name in names.items() if mark in agent), agent[:24] or "unknown")


def display_table(site: Site, found: Sequence[Display], now: Instant) -> Component:
    """The screens on walls; those that are revoked at the end."""
    if not found:
        return html.Div(
            _("No wall display yet. Give one a name, open its address on the screen once, and it shows live values."),
            className="nothing",
        )
    rows = [_display_row(site, one, now) for one in sorted(found, key=lambda one: one.revoked_at is not None)]
    return people_table((_("Display"), _("Areas"), _("Made"), _("Last seen"), ""), rows, _("Wall displays"))


def _display_row(site: Site, display: Display, now: Instant) -> Component:
    zone = site.timezone
    if display.revoked_at is not None:
        end: Component = html.Span(f"revoked {formats.moment(display.revoked_at, zone, now)}", className="muted")
    else:
        end = act_button("accounts", _("Revoke"), "revoke", str(display.id))
    seen = _("not let in yet") if not display.let_in else _("not yet")
    cells = [
        html.Td(html.B(display.name), className="where"),
        html.Td(areas_words(site, display.areas)),
        html.Td(formats.moment(display.made_at, zone, now), className="num"),
        html.Td(formats.moment(display.used_at, zone, now) if display.used_at is not None else seen),
        html.Td(end, className="r"),
    ]
    return html.Tr(cells, className="gone" if display.revoked_at is not None else "")


def act_button(page: str, words: str, act: str, of: str = "", *, disabled: str = "") -> Component:
    """A button for which a page asks the reason; `disabled` says why it cannot be pressed."""
    id = {"type": f"{page}-act", "act": act, "of": of}
    return html.Button(words, id=id, className="btn s", disabled=bool(disabled), title=disabled)


def fields(site: Site, id: str, name: str = "", role: Role | None = None, areas: Areas = None) -> list[Component]:
    """Name, role and areas, to be filled in; `id` is what their ids begin with."""
    return [
        dmc.TextInput(
            id=f"{id}-name", label=_("Name"), description=_("As it is printed beside signatures"), value=name
        ),
        dmc.Select(
            id=f"{id}-role",
            label=_("Role"),
            description=_("What each may do stands under Roles and rights"),
            data=[{"value": one.value, "label": formats.sentence(_(one.value))} for one in ROLES],
            value=role.value if role else None,
            allowDeselect=False,
        ),
        area_choice(site, f"{id}-areas", areas),
    ]


def area_choice(site: Site, id: str, areas: Areas = None) -> Component:
    """Which areas; none stands for all of them."""
    choice: Component = dmc.MultiSelect(
        id=id,
        label=_("Areas"),
        description=_("Empty: all of them"),
        data=[{"value": area.id, "label": area.name} for area in site.areas],
        value=sorted(areas or ()),
        clearable=True,
    )
    return choice


def address_box(words: str, address: str) -> Component:
    """An address that is shown once, to be handed over."""
    return html.Div(
        [
            html.B(words),
            tagged(html.Code(address, className="address"), data_address=address),
            html.Div(
                _("It is shown only now. Hand it over yourself; whoever has it can use it once."), className="sm sec"
            ),
        ],
        className="handed-over",
        role="status",
    )


def people_table(heads: Sequence[str], rows: Sequence[Component], about: str) -> Component:
    """A table about people; on a phone a card for each row, where every cell says what it is."""
    for row in rows:
        for head, cell in zip(heads, row.children, strict=True):
            tagged(cell, data_head=head)
    table = html.Table(
        [html.Thead(html.Tr([html.Th(head) for head in heads])), html.Tbody(list(rows))], className="people"
    )
    return tagged(html.Div(table, className="scroll", tabIndex="0", role="region"), aria_label=about)
