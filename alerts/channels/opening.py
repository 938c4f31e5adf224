"""From what is kept of a channel to the channel itself, and from what a person enters to what is kept."""

from pathlib import Path

from alerts.channels.apprise_channel import TO, AddressError, AppriseChannel
from alerts.channels.channel import Channel
from alerts.channels.mailbox import KIND, Mailbox
from alerts.channels.sealing import Seals
from storage.records import channels

MAILBOX = f"{KIND}://"
"""Entered in place of an Apprise URL: a channel to try things out, which reaches nobody."""


def opened(kept: channels.Channel, seals: Seals, mailboxes: Path) -> Channel:
    """The channel that messages are handed to; `mailboxes` is the folder of those that reach nobody.

    Raises KeyNotUsableError or AddressError.
    """
    return Mailbox(mailboxes) if kept.address.kind == KIND else AppriseChannel(seals.open(kept.address.sealed))


def address(entered: str, seals: Seals, short: bool | None = None) -> channels.Address:
    """What is kept of an address that a person has entered: an Apprise URL, or `mailbox://` with or without `{to}`.

    `short` None leaves the form to the service. Raises AddressError, which says what is wrong with it, and
    KeyNotUsableError.
    """
    entered = entered.strip()
    if entered.lower().startswith(MAILBOX):
        personal = TO in entered
        return channels.Address(KIND, MAILBOX + (TO if personal else ""), seals.seal(entered), personal, bool(short))
    channel = AppriseChannel(entered)
    form = channel.short if short is None else short
    return channels.Address(channel.kind, channel.shown, seals.seal(entered), channel.personal, form)


def check(kept: channels.Channel, seals: Seals, person: str) -> None:
    """Is this an address of a person that the channel can send to? Raises AddressError or KeyNotUsableError."""
    if kept.address.kind != KIND:
        AppriseChannel(seals.open(kept.address.sealed)).check(person)


__all__ = ["MAILBOX", "AddressError", "address", "check", "opened"]
