"""What people do with channels and contacts: adding, retiring, trying, saying where somebody is reached."""

import time

from alerts.channels import opening
from alerts.channels.opening import AddressError
from alerts.channels.sealing import KeyNotUsableError
from alerts.notifications.trying import try_out
from app.context import AppContext
from app.guard import needs
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right
from storage.records import channels, contacts, notifications
from storage.records.channels import Channel, ChannelError
from storage.records.notifications import Delivery, Notification
from storage.records.people import accounts

NO_REASON = N_("Say why; a channel is retired for ever.")
PATIENCE_SECONDS = 5.0
"""How long a test is waited for before the page says that it is on its way."""
LOOK_SECONDS = 0.1


class NotDoneError(Exception):
    """It was not done; the message says why."""


def add(context: AppContext, name: str, entered: str, form: str) -> Channel:
    """Add a channel; `form` is short, long, or empty for what the service needs. Raises NotDoneError."""
    person = needs(context, Right.MANAGE_CHANNELS)
    try:
        address = opening.address(entered, context.seals, {"short": True, "long": False}.get(form))
        with context.records.transaction() as connection:
            return channels.add(connection, context.clock(), person.actor, name, address)
    except (AddressError, KeyNotUsableError, ChannelError) as error:
        raise NotDoneError(str(error)) from None


def try_first(context: AppContext, channel: int) -> None:
    """Have a channel tried before all others. Raises NotDoneError."""
    person = needs(context, Right.MANAGE_CHANNELS)
    try:
        with context.records.transaction() as connection:
            channels.change(connection, context.clock(), person.actor, channel, first=True)
    except ChannelError as error:
        raise NotDoneError(str(error)) from None


def retire(context: AppContext, channel: int, reason: str) -> None:
    """Use a channel no longer. Raises NotDoneError."""
    person, why = needs(context, Right.MANAGE_CHANNELS), reason.strip()
    if not why:
        raise NotDoneError(_(NO_REASON))
    try:
        with context.records.transaction() as connection:
            channels.retire(connection, context.clock(), person.actor, channel, why)
    except ChannelError as error:
        raise NotDoneError(str(error)) from None


def reach(context: AppContext, account: str, channel: int, address: str) -> None:
    """Somebody is reached at this address, nowhere by this channel if it is empty. Raises NotDoneError."""
    person = needs(context, Right.MANAGE_ACCOUNTS)
    with context.records.reading() as connection:
        known = accounts.find(connection, account)
    if known is None:
        raise NotDoneError(_("Choose a person."))
    _reach(context, person, known.account, channel, address)


def reach_me(context: AppContext, channel: int, address: str) -> None:
    """The person who asks is reached at this address. Raises NotDoneError."""
    person = needs(context, Right.ACKNOWLEDGE)
    _reach(context, person, person.account, channel, address)


def try_channel(context: AppContext, channel: int, address: str) -> Notification:
    """Queue a test by a channel, to an address where it takes one. Raises NotDoneError."""
    person, address = needs(context, Right.MANAGE_CHANNELS), address.strip()
    return _try(context, person, channel, address, "")


def try_me(context: AppContext, channel: int) -> Notification:
    """Queue a test to where the person who asks is reached by a channel. Raises NotDoneError."""
    person = needs(context, Right.ACKNOWLEDGE)
    with context.records.reading() as connection:
        address = contacts.of(connection, person.account).get(channel, "")
    if not address:
        raise NotDoneError(_("Save an address first."))
    return _try(context, person, channel, address, person.name)


def outcome_words(context: AppContext, message: Notification, patience: float = PATIENCE_SECONDS) -> str:
    """What has come of a test, waited for a moment."""
    deadline = time.monotonic() + patience
    while True:
        with context.records.reading() as connection:
            found = notifications.find(connection, message.id)
        assert found is not None
        if not found.waiting or found.error or time.monotonic() > deadline:
            # A service ends its words with a full stop, or does not.
            words = state_words(found).rstrip(".")
            return _("Message {number}: {state_words}.", number=message.number, state_words=words)
        time.sleep(LOOK_SECONDS)


def state_words(delivery: Delivery) -> str:
    """What has come of a message, in words."""
    if delivery.sent is not None:
        return _("sent, and the service says: {receipt}", receipt=delivery.receipt)
    if delivery.failed is not None:
        return _("not taken, for good: {error}", error=delivery.error)
    if delivery.error:
        return _("not taken yet, and tried again: {error}", error=delivery.error)
    return _("waiting to be sent by the station")


def _reach(context: AppContext, person: Person, account: str, channel: int, address: str) -> None:
    address = address.strip()
    try:
        with context.records.transaction() as connection:
            kept = channels.existing(connection, channel)
            if not kept.address.personal:
                raise NotDoneError(_("{name} is one channel for all; nobody has an address there.", name=kept.name))
            if address:
                opening.check(kept, context.seals, address)
            contacts.set(connection, context.clock(), person.actor, account, channel, address)
    except (ChannelError, AddressError, KeyNotUsableError) as error:
        raise NotDoneError(str(error)) from None


def _try(context: AppContext, person: Person, channel: int, address: str, name: str) -> Notification:
    try:
        with context.records.transaction() as connection:
            kept = channels.existing(connection, channel)
            if kept.address.personal:
                if not address:
                    raise NotDoneError(
                        _("{name} takes the address of a person: say which one to try.", name=kept.name)
                    )
                opening.check(kept, context.seals, address)
            site = context.whole()
            return try_out(connection, context.clock(), person.actor, site, kept, address, name)
    except (ChannelError, AddressError, KeyNotUsableError) as error:
        raise NotDoneError(str(error)) from None
