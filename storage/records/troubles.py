"""What is wrong with the database, in words: what, where, and what would be right."""

import re

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from facility.language import N_

AWAY = (OperationalError, InterfaceError, TimeoutError)
"""What SQLAlchemy raises then: not reached, hung up, too slow, full, locked."""

HUNG_UP = N_("{server} has hung up")
WORDS: tuple[tuple[str, str], ...] = (
    (
        "password authentication failed",
        N_(
            "PostgreSQL refuses the password of role {role}. "
            "Put the right one into the file that CLEANWATCH_RECORDS_PASSWORD_FILE names"
        ),
    ),
    (
        "no password supplied",
        N_(
            "PostgreSQL asks for the password of role {role}. "
            "Name a file that holds it in CLEANWATCH_RECORDS_PASSWORD_FILE"
        ),
    ),
    (
        r'database "[^"]*" does not exist',
        N_("there is no such database. Create it, or name another in CLEANWATCH_RECORDS_URL (docs/operations.md)"),
    ),
    (
        r'role "[^"]*" does not exist',
        N_("there is no role {role}. Create it, or name another in CLEANWATCH_RECORDS_URL (docs/operations.md)"),
    ),
    (
        "no pg_hba.conf entry",
        N_("PostgreSQL does not let role {role} in from this machine. Add a line to its pg_hba.conf"),
    ),
    (
        "connection refused",
        N_("nothing listens at {server}. Start PostgreSQL, or name its address in CLEANWATCH_RECORDS_URL"),
    ),
    (
        "resolve host|translate host|name resolution|name or service",
        N_("the host of {server} is not known here. Name the right one in CLEANWATCH_RECORDS_URL"),
    ),
    ("starting up|not yet accepting|in recovery mode", N_("PostgreSQL is starting")),
    ("shutting down|administrator command", N_("PostgreSQL is being ended")),
    (
        "certificate|ssl",
        N_(
            "no secure connection to {server} comes about. "
            "Check sslmode and sslrootcert in CLEANWATCH_RECORDS_URL, and the server's certificate"
        ),
    ),
    ("too many clients|connection slots", N_("PostgreSQL has no connection left. Raise its max_connections")),
    ("timeout expired|no answer", N_("{server} does not answer. Look after that machine and the network")),
    (
        "closed the connection|connection is lost|broken pipe|reset by peer|terminating connection|ssl syscall",
        HUNG_UP,
    ),
    ("lock timeout|deadlock", N_("other transactions hold what is needed for too long")),
    ("statement timeout", N_("PostgreSQL takes too long. Look at the load of {server}")),
    (
        "read-only transaction",
        N_("this PostgreSQL is read-only, as a standby is. Name the primary in CLEANWATCH_RECORDS_URL"),
    ),
    ("no space left|disk is full", N_("the disk is full. Make room: nothing is lost, it goes on by itself")),
    (
        "the file was moved",
        N_(
            "the file that is open is no longer there: it was moved, deleted or replaced. "
            "Put it back with its -wal and -shm, or end Cleanwatch and restore a backup"
        ),
    ),
    ("database is locked", N_("another program keeps the file locked")),
    ("readonly database", N_("the file may not be written. Check who owns it and its folder")),
    ("unable to open database file", N_("the file cannot be opened. Check its folder, and who owns both")),
    ("not a database|malformed", N_("the file is no database, or damaged. Name another, or restore a backup")),
    ("disk i/o error", N_("the disk fails, or its folder is gone")),
    (
        "permission denied",
        N_(
            "role {role} has not the rights it needs. "
            "As the owner of the tables run: cleanwatch records migrate --grant-to {role}"
        ),
    ),
)
"""Patterns of what databases and drivers say (in any case), the special before the general, and what it means."""


def in_words(error: DBAPIError | TimeoutError, url: URL) -> str:
    """One sentence or two, ending with what the database itself said.

    Not of one that has hung up: that is said in other words at every attempt, and would be new trouble each time.
    """
    said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    meaning = next(
        (words for pattern, words in WORDS if re.search(pattern, said, re.IGNORECASE)), N_("something is wrong")
    )
    frame = (
        N_("The records {place} cannot be used: {meaning}.")
        if meaning == HUNG_UP
        else N_("The records {place} cannot be used: {meaning} ({said}).")
    )
    meaning = meaning.format(server=_server(url), role=url.username)
    return frame.format(place=place(url), meaning=meaning, said=said.rstrip("."))


def place(url: URL) -> str:
    """Where the records are, without a password."""
    if url.get_backend_name() == "sqlite":
        return N_("in {file}").format(file=url.database)
    return N_("in database {database} at {server}").format(database=url.database, server=_server(url))


def _server(url: URL) -> str:
    return f"{url.host or url.query.get('host', 'the local socket')}:{url.port or 5432}"
