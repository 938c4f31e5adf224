"""What people do about who is on call: taking a shift, and taking that back. Each with a reason, on record."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.context import AppContext
from app.guard import needs
from app.on_call_view import look
from facility.instants import Instant, datetime_of
from facility.language import _
from facility.on_call import Override, local
from facility.roles import RIGHTS, Right
from storage.records import on_call
from storage.records.on_call import OverrideRefusedError
from storage.records.people import accounts
from storage.records.people.accounts import AccountState

FIELD = "%Y-%m-%d %H:%M:00"
"""How a field for a moment has it."""


class NotDoneError(Exception):
    """It was not done; the message says why."""


def rest_of_duty(context: AppContext, rota: str) -> tuple[str, str]:
    """What is swapped most: from this minute until the duty of today ends, by the clock of the rota's zone."""
    view = look(context)
    zone = ZoneInfo(view.site.on_call.rotas[rota].timezone)
    start, end = (datetime_of(at).astimezone(zone) for at in (view.now, view.duties[rota][0].end))
    return f"{start:{FIELD}}", f"{end:{FIELD}}"


def swap(context: AppContext, rota: str, account: str, start: str, end: str, reason: str) -> Override:
    """Somebody has the call of a rota for a while; times are of the rota's zone. Raises NotDoneError."""
    person = needs(context, Right.SWAP_SHIFTS)
    found = context.whole().on_call.rotas.get(rota)
    if found is None:
        raise NotDoneError(_("Choose a rota."))
    since, until = _moment(start, found.timezone), _moment(end, found.timezone)
    with context.records.transaction() as connection:
        chosen = accounts.find(connection, account) if account else None
        if chosen is None or chosen.state is AccountState.RETIRED:
            raise NotDoneError(_("Choose a person."))
        if Right.ACKNOWLEDGE not in RIGHTS[chosen.role]:
            raise NotDoneError(
                _("{name} may not acknowledge alarms, so nobody could answer. Choose another.", name=chosen.name)
            )
        try:
            return on_call.override(connection, context.clock(), person, rota, chosen.account, since, until, reason)
        except OverrideRefusedError as error:
            raise NotDoneError(str(error)) from None


def withdraw(context: AppContext, override: int, reason: str) -> None:
    """An override holds no longer. Raises NotDoneError."""
    person = needs(context, Right.SWAP_SHIFTS)
    try:
        with context.records.transaction() as connection:
            on_call.withdraw(connection, context.clock(), person, override, reason)
    except OverrideRefusedError as error:
        raise NotDoneError(str(error)) from None


def _moment(text: str, timezone: str) -> Instant:
    try:
        return local(datetime.fromisoformat(text), ZoneInfo(timezone))
    except ValueError:
        raise NotDoneError(_("Say from when and until when.")) from None
