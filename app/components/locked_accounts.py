"""Who cannot get in, for those who can help: a line on the system page."""

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import chip
from app.context import AppContext
from facility.instants import DAY
from facility.language import _, _n
from facility.roles import Right
from storage.records.errors import RecordsAwayError
from storage.records.people import accounts, credentials
from storage.records.people.accounts import Account, AccountState
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter

MOST = 1_000


def locked_accounts(context: AppContext) -> Component | None:
    """The accounts that are locked or that somebody tries to get into, and the failed sign-ins of a day.

    None where there is nothing, or for whom it is not.
    """
    if not context.may(Right.MANAGE_ACCOUNTS):
        return None
    since = AuditFilter(action="sign-in failed", start=context.clock() - DAY)
    try:
        with context.records.reading() as connection:
            known = accounts.all(connection)
            tried = credentials.failing(connection, context.desk.rules.told_failures)
            failed = len(audit.rows(connection, since, limit=MOST))
    except RecordsAwayError:  # the page says so
        return None
    locked = [one for one in known if one.state is AccountState.LOCKED]
    tried_ones = [one for one in known if one.state is AccountState.ACTIVE and one.account in tried]
    if not locked and not tried_ones:
        return None
    told = []
    if locked:
        n = len(locked)
        told.append(_many(locked, _n("{n} account is locked", "{n} accounts are locked", n, n=formats.words(n))))
    if tried_ones:
        n = len(tried_ones)
        tries = _n("{n} account has many failed tries", "{n} accounts have many failed tries", n, n=formats.words(n))
        told.append(_many(tried_ones, tries))
    return html.Section(
        html.Div(
            [
                chip("advisory", _("Advisory")),
                html.Span(
                    [
                        *(part for parts in told for part in parts),
                        _(
                            "{tries} in the last day.",
                            tries=formats.sentence(
                                _n("{n} failed sign-in", "{n} failed sign-ins", failed, n=formats.words(failed))
                            ),
                        ),
                    ],
                    className="grow",
                ),
                html.A(_("Accounts"), href="/accounts", className="btn s"),
            ],
            className="row locked",
        ),
        className="card",
    )


def _many(which: list[Account], words: str) -> tuple[Component, str]:
    names = ", ".join(f"{account.name} ({account.account})" for account in which)
    return html.B(formats.sentence(words)), f": {names}. "
