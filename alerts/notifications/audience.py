"""Who is told of an event: whoever may acknowledge and sees a room of it, and every channel that many read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from alerts.notifications.telling import Telling
from facility.alarm import Alarm
from facility.roles import RIGHTS, Right
from facility.site import Site
from facility.site_areas import Areas
from storage.records import channels, contacts
from storage.records.channels import Channel
from storage.records.notifications import Recipient
from storage.records.people import accounts
from storage.records.people.accounts import Account, AccountState


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who is told, and the areas that may be spoken of; None for all."""

    recipient: Recipient
    areas: Areas = None


Who = Callable[[Telling], Sequence[Listener]]
"""Who is told of what; the alarms of areas that somebody does not see are left out afterwards."""


def everybody(connection: Connection) -> Who:
    """Every channel that many read, and each person who may acknowledge, by the first channel with an address.

    An account that is locked after wrong passwords is told all the same: nobody is to be cut off that way.
    """
    kept, known = channels.in_use(connection), contacts.all(connection)
    found = [Listener(Recipient("", one.name, one.id, "")) for one in kept if not one.address.personal]
    for account in accounts.all(connection):
        if account.state is AccountState.RETIRED or Right.ACKNOWLEDGE not in RIGHTS[account.role]:
            continue
        reached = recipient(account, kept, known.get(account.account, {}))
        if reached is not None:
            found.append(Listener(reached, account.areas))
    return lambda _: found


def recipient(account: Account, kept: Sequence[Channel], addresses: Mapping[int, str]) -> Recipient | None:
    """The person by the first of these channels that has an address for them, then by the others.

    None where no channel has one.
    """
    ways = [channel.id for channel in kept if channel.address.personal and channel.id in addresses]
    if not ways:
        return None
    return Recipient(account.account, account.name, ways[0], addresses[ways[0]], tuple(ways[1:]))


def visible(site: Site, alarms: Sequence[Alarm], areas: Areas) -> tuple[Alarm, ...]:
    """Those of the alarms that may be told to whoever sees these areas."""
    if areas is None:
        return tuple(alarms)
    rooms = {room.id for room in site.rooms.values() if room.area in areas}
    return tuple(alarm for alarm in alarms if rooms.intersection(alarm.rooms))
