"""Telling people of a station's alarms: following them, sending, and saying in words when nobody can be told."""

import random
from collections.abc import Callable, Iterator

from alerts.channels import mailbox
from alerts.channels.opening import opened
from alerts.channels.sealing import Seals
from alerts.escalator import Escalator
from alerts.events import by_excursion
from alerts.informed import informed
from alerts.notifications.follower import Follower
from alerts.notifications.sender import Sender
from cleanwatch.problems import Finding
from cleanwatch.settings import Settings
from facility.instants import DAY, Clock
from facility.language import N_, speaking
from facility.site import Site
from storage.records import channels, contacts, notifications
from storage.records.channels import Channel
from storage.records.database import Records


class Notifying:
    """The telling of one station. `step` belongs to one thread, `findings` may be asked by another."""

    def __init__(
        self, settings: Settings, station: str, records: Records, site: Callable[[], Site], clock: Clock
    ) -> None:
        self._records = records
        self._site = site
        self._clock = clock
        seals = Seals(settings.channels_key)
        self.escalator = Escalator(records, site, station, clock, settings.public_url)
        self._follower = Follower(
            *(records, site, station, clock, informed(site, clock), by_excursion, self.escalator.follow),
            settings.public_url,
        )
        mailboxes = settings.data / mailbox.FOLDER
        self._sender = Sender(records, lambda kept: opened(kept, seals, mailboxes), clock, station, random.Random())

    def step(self) -> None:
        """Queue what is to be told, and begin to send what is due. Raises RecordsAwayError."""
        with speaking(self._site().language):
            self._follower.step()
            self._sender.step()
            if self.escalator.step():
                self._sender.step()

    def close(self) -> None:
        """Wait until what is being sent has been."""
        self._sender.close()

    def findings(self) -> list[Finding]:
        """What keeps people from being told, in words. Raises RecordsAwayError."""
        now = self._clock()
        with self._records.reading() as connection:
            kept = channels.in_use(connection)
            reached = contacts.all(connection)
            troubles = notifications.troubles(connection, now, now - DAY)
        names = {channel.id: channel.name for channel in kept}
        found = list(_reaching_nobody(kept, reached, self._site().simulated))
        unusable = self._sender.problems
        for id, why in unusable.items():
            if id in names:
                found.append(
                    Finding(
                        "channels",
                        N_("channel {channel} cannot be used: {why}").format(channel=names[id], why=why),
                        key=f"unusable {id}",
                    )
                )
        for trouble in troubles:
            if trouble.channel in names and trouble.channel not in unusable:
                found.append(_told(trouble, names[trouble.channel]))
        return found


def _reaching_nobody(kept: list[Channel], reached: object, simulated: bool) -> Iterator[Finding]:
    if not kept:
        text = N_(
            "nobody is told of alarms: there is no channel yet. Add one on the page Notifications, or with: "
            "cleanwatch notify add"
        )
        yield Finding("channels", text, "none", advisory=True)
    elif not reached and all(channel.address.personal for channel in kept):
        text = N_(
            "nobody is told of alarms: no person has an address. People enter theirs on the page My account, or an "
            "administrator does with: cleanwatch notify contact"
        )
        yield Finding("channels", text, "none")
    elif not simulated and all(channel.address.kind == mailbox.KIND for channel in kept):
        text = N_(
            "nobody is told of alarms: the only channels are mailboxes, which reach nobody. Add one on the page "
            "Notifications, or with: cleanwatch notify add"
        )
        yield Finding("channels", text, "none", advisory=True)


def _told(trouble: notifications.Trouble, name: str) -> Finding:
    text = N_(
        "channel {channel} does not take messages (waiting: {waiting}; given up in the last day: {failed}): {error}"
    ).format(channel=name, waiting=trouble.waiting, failed=trouble.failed, error=trouble.error)
    return Finding("channels", text, key=f"trouble {trouble.channel}")
