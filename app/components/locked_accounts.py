"""Who cannot get in, for those who can help: a line on the system page."""

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import chip
from app.context import AppContext
from facility.instants import DAY
from facility.roles import Right
from storage.records.errors import RecordsAwayError
from storage.records.people import accounts
from storage.records.people.accounts import AccountState
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter

MOST = 1_000


def locked_accounts(context: AppContext) -> Component | None:
    """The locked accounts and the failed sign-ins of a day; None where there is nothing, or for whom it is not."""
    if not context.may(Right.MANAGE_ACCOUNTS):
        return None
    since = AuditFilter(action="sign-in failed", start=context.clock() - DAY)
    try:
        with context.records.reading() as connection:
            locked = [one for one in accounts.all(connection) if one.state is AccountState.LOCKED]
            failed = len(audit.rows(connection, since, limit=MOST))
    except RecordsAwayError:  # the page says so
        return None
    if not locked:
        return None
    names = ", ".join(f"{one.name} ({one.account})" for one in locked)
    return html.Section(
        html.Div(
            [
                chip("advisory", "Advisory"),
                html.Span(
                    [
                        html.B(
                            formats.sentence(formats.count(len(locked), "account is", "accounts are")) + " locked"
                        ),
                        f": {names}. {formats.sentence(formats.count(failed, 'failed sign-in'))} in the last day.",
                    ],
                    className="grow",
                ),
                html.A("Accounts", href="/accounts", className="btn s"),
            ],
            className="row locked",
        ),
        className="card",
    )
