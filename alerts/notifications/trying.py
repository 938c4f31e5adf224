"""Trying a channel: a message that says it is a test, sent the very way that alarms are told."""

from sqlalchemy import Connection

from alerts.notifications.texts import Words, addressed
from facility.instants import Instant, text_of
from facility.language import _
from facility.limit import Severity
from facility.people import Actor
from facility.site import Site
from storage.records import notifications
from storage.records.channels import Channel
from storage.records.contacts import partly
from storage.records.notifications import Notification, Purpose, Recipient
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


def try_out(
    connection: Connection, at: Instant, by: Actor, site: Site, channel: Channel, address: str = "", name: str = ""
) -> Notification:
    """Queue a test by a channel, to an address where it takes one; that it was tried goes on record.

    `name` is the person's whose address it is. The station sends it; `notifications.find` tells what came of it.
    """
    words = Words(
        _("TEST of Cleanwatch, {name}: nothing has happened", name=site.name),
        _(
            "This is a test of the channel {channel}, asked for by {by}.\n\nNothing has happened, and "
            "nothing has to be done. Alarms will come the same way.",
            channel=channel.name,
            by=by.name,
        ),
        (_("TEST of Cleanwatch, {name}: nothing has happened. Alarms will come this way.", name=site.name),),
    )
    message = addressed(
        words,
        id=f"test/{channel.id}/{by.name}/{text_of(at)}/{address}",
        at=at,
        purpose=Purpose.TEST,
        severity=Severity.ADVISORY,
        event=channel.object,
        alarms=(),
        recipient=Recipient("", name or channel.name, channel.id, address),
        site=site,
    )
    notifications.queue(connection, [message])
    data: dict[str, JSON] = {"name": channel.name, "message": message.number}
    if address:
        data["to"] = partly(address)
    audit.append(connection, at, [AuditEntry(by, "channel tested", channel.object, data)])
    return message
