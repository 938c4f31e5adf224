"""What is wrong with the database, in words: what, where, and what would be right."""

import re

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

AWAY = (OperationalError, InterfaceError, TimeoutError)
"""What SQLAlchemy raises then: not reached, hung up, too slow, full, locked."""

SERVER, ROLE = "SERVER", "ROLE"
HUNG_UP = "SERVER has hung up"
WORDS: tuple[tuple[str, str], ...] = (
    (
        "password authentication failed",
        "PostgreSQL refuses the password of role ROLE. "
        "Put the right one into the file that CLEANWATCH_RECORDS_PASSWORD_FILE names",
    ),
    (
        "no password supplied",
        "PostgreSQL asks for the password of role ROLE. "
        "Name a file that holds it in CLEANWATCH_RECORDS_PASSWORD_FILE",
    ),
    (
        r'database "[^"]*" does not exist',
        "there is no such database. Create it, or name another in CLEANWATCH_RECORDS_URL (docs/operations.md)",
    ),
    (
        r'role "[^"]*" does not exist',
        "there is no role ROLE. Create it, or name another in CLEANWATCH_RECORDS_URL (docs/operations.md)",
    ),
    ("no pg_hba.conf entry", "PostgreSQL does not let role ROLE in from this machine. Add a line to its pg_hba.conf"),
    (
        "connection refused",
        "nothing listens at SERVER. Start PostgreSQL, or name its address in CLEANWATCH_RECORDS_URL",
    ),
    (
        "resolve host|translate host|name resolution|name or service",
        "the host of SERVER is not known here. Name the right one in CLEANWATCH_RECORDS_URL",
    ),
    ("starting up|not yet accepting|in recovery mode", "PostgreSQL is starting"),
    ("shutting down|administrator command", "PostgreSQL is being ended"),
    (
        "certificate|ssl",
        "no secure connection to SERVER comes about. "
        "Check sslmode and sslrootcert in CLEANWATCH_RECORDS_URL, and the server's certificate",
    ),
    ("too many clients|connection slots", "PostgreSQL has no connection left. Raise its max_connections"),
    ("timeout expired|no answer", "SERVER does not answer. Look after that machine and the network"),
    (
        "closed the connection|connection is lost|broken pipe|reset by peer|terminating connection|ssl syscall",
        HUNG_UP,
    ),
    ("lock timeout|deadlock", "other transactions hold what is needed for too long"),
    ("statement timeout", "PostgreSQL takes too long. Look at the load of SERVER"),
    (
        "read-only transaction",
        "this PostgreSQL is read-only, as a standby is. Name the primary in CLEANWATCH_RECORDS_URL",
    ),
    ("no space left|disk is full", "the disk is full. Make room: nothing is lost, it goes on by itself"),
    (
        "the file was moved",
        "the file that is open is no longer there: it was moved, deleted or replaced. "
        "Put it back with its -wal and -shm, or end Cleanwatch and restore a backup",
    ),
    ("database is locked", "another program keeps the file locked"),
    ("readonly database", "the file may not be written. Check who owns it and its folder"),
    ("unable to open database file", "the file cannot be opened. Check its folder, and who owns both"),
    ("not a database|malformed", "the file is no database, or damaged. Name another, or restore a backup"),
    ("disk i/o error", "the disk fails, or its folder is gone"),
    (
        "permission denied",
        "role ROLE has not the rights it needs. "
        "As the owner of the tables run: cleanwatch records migrate --grant-to ROLE",
    ),
)
"""Patterns of what databases and drivers say (in any case), the special before the general, and what it means."""


def in_words(error: DBAPIError | TimeoutError, url: URL) -> str:
    """One sentence or two, ending with what the database itself said.

    Not of one that has hung up: that is said in other words at every attempt, and would be new trouble each time.
    """
    said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    meaning = next(
        (words for pattern, words in WORDS if re.search(pattern, said, re.IGNORECASE)), "something is wrong"
    )
    detail = "" if meaning == HUNG_UP else f" ({said.rstrip('.')})"
    meaning = meaning.replace(SERVER, _server(url)).replace(ROLE, str(url.username))
    return f"The records {place(url)} cannot be used: {meaning}{detail}."


def place(url: URL) -> str:
    """Where the records are, without a password."""
    if url.get_backend_name() == "sqlite":
        return f"in {url.database}"
    return f"in database {url.database} at {_server(url)}"


def _server(url: URL) -> str:
    return f"{url.host or url.query.get('host', 'the local socket')}:{url.port or 5432}"
