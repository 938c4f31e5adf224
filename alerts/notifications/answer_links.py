"""The link in a message by which whoever gets it answers the alarms that it is about: once, and not for long.

It is made when the message is handed over, so that no record has the token. A message that is sent twice has another
link each time, of which the newer one holds. It says which message it comes from; who holds it must still prove to be
the one whom the message was for.
"""

from sqlalchemy import Connection

from facility.instants import HOUR, Instant, Span
from storage.records.people import links

PATH = "/answer"
PURPOSE = "answer"
HOLDS: Span = 24 * HOUR
OBJECT = "notification "
PLACE = f"{PATH}#{'.' * 22}"
"""Stands in a message on record where the link was in the one that was sent; as long as that."""


def link(connection: Connection, at: Instant, notification: str) -> str:
    """The way to the answer, from the server's address on. The token stands behind the #, where no proxy sees it."""
    return f"{PATH}#{links.make(connection, at, PURPOSE, OBJECT + notification, at + HOLDS)}"


def notification_of(connection: Connection, at: Instant, token: str) -> str | None:
    """The id of the message that a token is from, while it holds. Does not use it."""
    subject = links.subject_of(connection, at, PURPOSE, token)
    return subject.removeprefix(OBJECT) if subject else None


def use(connection: Connection, at: Instant, token: str, origin: str) -> bool:
    """Use a link up; False where it does not hold (any more)."""
    return links.use(connection, at, PURPOSE, token, origin) is not None
