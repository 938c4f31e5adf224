"""The tables of the local store's one file, and the version of them that this program knows."""

from pathlib import Path
from typing import Any, TypeAlias

from storage.sqlite import sqlite, switch_to_wal

Connection: TypeAlias = Any
"""A connection of whichever SQLite `storage.sqlite` chose; neither has types."""

FIRST_TABLES = """
-- One row: the newest commit; `sealed` is the highest number that may have been sealed, `generation` counts
-- every change of chunks, and followers that join, so that whoever prepared chunks outside the write lock knows
-- whether they still fit.
CREATE TABLE head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL, stamp INTEGER NOT NULL, sealed INTEGER NOT NULL, generation INTEGER NOT NULL
);
INSERT INTO head VALUES (1, 0, 0, 0, 0);

CREATE TABLE point (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, oldest INTEGER, newest INTEGER);

-- The newest readings, one row each. A value without a number is NULL.
CREATE TABLE hot (
    time INTEGER, point_id INTEGER, value REAL, reasons INTEGER NOT NULL, received INTEGER NOT NULL,
    sequence INTEGER, count INTEGER, volume REAL, number INTEGER NOT NULL,
    PRIMARY KEY (time, point_id)
) WITHOUT ROWID;
CREATE INDEX hot_number ON hot (number);

-- Older readings: one row for each point and UTC day, each column compressed by itself (`arrays.py`).
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY, point_id INTEGER NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL,
    time BLOB NOT NULL, value BLOB NOT NULL, reasons BLOB NOT NULL,
    received BLOB NOT NULL, sequence BLOB NOT NULL, count BLOB NOT NULL, volume BLOB NOT NULL,
    UNIQUE (point_id, day)
);

-- The hours of each chunk (`rollup.py`).
CREATE TABLE rollup (
    point_id INTEGER, day INTEGER, hours BLOB NOT NULL, PRIMARY KEY (point_id, day)
) WITHOUT ROWID;

-- Commits that some follower may still ask for, by number.
CREATE TABLE commits (number INTEGER PRIMARY KEY, stamp INTEGER NOT NULL);
CREATE TABLE plant_event (
    number INTEGER, position INTEGER, body BLOB NOT NULL, PRIMARY KEY (number, position)
) WITHOUT ROWID;
CREATE TABLE stretch (
    number INTEGER, point_id INTEGER, start INTEGER NOT NULL, end INTEGER NOT NULL, PRIMARY KEY (number, point_id)
) WITHOUT ROWID;
CREATE TABLE follower (name TEXT PRIMARY KEY, passed INTEGER NOT NULL) WITHOUT ROWID;

-- The balance: received = stored + repeated + conflicting + dead_lettered, in readings.
CREATE TABLE source (
    name TEXT PRIMARY KEY,
    received INTEGER NOT NULL, stored INTEGER NOT NULL, repeated INTEGER NOT NULL,
    conflicting INTEGER NOT NULL, dead_lettered INTEGER NOT NULL, heard INTEGER NOT NULL
) WITHOUT ROWID;

-- Ranges of message numbers that are stored, both ends included; what lies between two of them is a gap.
CREATE TABLE numbering (
    source TEXT, epoch INTEGER, first INTEGER, last INTEGER NOT NULL, PRIMARY KEY (source, epoch, first)
) WITHOUT ROWID;

CREATE TABLE conflict (
    id INTEGER PRIMARY KEY, point_id INTEGER NOT NULL, time INTEGER NOT NULL,
    kept_value REAL, kept_count INTEGER, kept_volume REAL,
    offered_value REAL, offered_count INTEGER, offered_volume REAL,
    reasons INTEGER NOT NULL, received INTEGER NOT NULL, sequence INTEGER,
    source TEXT NOT NULL, number INTEGER NOT NULL
);

CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY, received INTEGER NOT NULL, source TEXT NOT NULL, topic TEXT NOT NULL,
    payload BLOB NOT NULL, reason TEXT NOT NULL, readings INTEGER NOT NULL, replayed INTEGER
);
"""


BACKLOGS = """
-- Followers that may lag and hold up nobody (`backlog.py`): the newest commit each has passed, and how many readings
-- it has taken or refused for good.
CREATE TABLE backlog (name TEXT PRIMARY KEY, passed INTEGER NOT NULL, settled INTEGER NOT NULL) WITHOUT ROWID;

-- Hours of points (since 1970) that a backlog has not finished with. `readings` of the hour still wait for it; with 0
-- only the sums of the hour are to be made there. `generation` is that of the last change.
CREATE TABLE owed (
    backlog TEXT, hour INTEGER, point_id INTEGER, readings INTEGER NOT NULL, generation INTEGER NOT NULL,
    PRIMARY KEY (backlog, hour, point_id)
) WITHOUT ROWID;
CREATE INDEX owed_readings ON owed (backlog, hour, point_id) WHERE readings > 0;
CREATE INDEX owed_sums ON owed (backlog, hour, point_id) WHERE readings = 0;

-- Readings that whoever takes them will never accept.
CREATE TABLE refused (
    backlog TEXT, point_id INTEGER, time INTEGER, reason TEXT NOT NULL, line TEXT NOT NULL,
    PRIMARY KEY (backlog, point_id, time)
) WITHOUT ROWID;

-- Hours of a point before this one may have been pruned.
CREATE TABLE pruned (point_id INTEGER PRIMARY KEY, before_hour INTEGER NOT NULL);
"""

TIMES_IN_BULK = """
-- Which readings a commit of history brought: how many, and their times (`arrays.py`).
ALTER TABLE stretch ADD COLUMN n INTEGER;
ALTER TABLE stretch ADD COLUMN times BLOB;
"""

ARRIVAL = """
-- The commit that brought each reading of a chunk (`arrays.py`), and the first and the last of them: so the past can
-- be told in the order in which it came (`arrival.py`).
ALTER TABLE chunk ADD COLUMN number BLOB;
ALTER TABLE chunk ADD COLUMN first_number INTEGER;
ALTER TABLE chunk ADD COLUMN last_number INTEGER;
CREATE INDEX chunk_number ON chunk (last_number, first_number, point_id, day);

-- The stamps of commits that are no longer kept by number, from the first on (`arrays.py`).
CREATE TABLE stamps (first INTEGER PRIMARY KEY, n INTEGER NOT NULL, stamps BLOB NOT NULL);
"""

VERSIONS = (FIRST_TABLES, BACKLOGS, TIMES_IN_BULK, ARRIVAL)
"""What each version of the schema added to the one before."""
VERSION = len(VERSIONS)


class NewerSchemaError(Exception):
    """The file was written by a newer Cleanwatch than this one."""


def connect(path: Path, read_only: bool) -> Connection:
    """A connection that any one thread at a time may use; transactions are begun and ended in words."""
    connection = sqlite.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in (
        "synchronous = FULL",
        f"cache_size = {-4_096 if read_only else -32_768}",  # KiB; there are many readers
        "wal_autocheckpoint = 4000",
        "journal_size_limit = 67108864",
        f"query_only = {int(read_only)}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def prepare(connection: Connection, path: Path) -> None:
    """Create the tables, or those an older Cleanwatch did not know; refuse a newer schema, which we would misread."""
    switch_to_wal(connection)
    if _version(connection) < VERSION:
        connection.execute("BEGIN IMMEDIATE")
        for tables in VERSIONS[_version(connection) :]:  # none where another process was quicker
            for statement in tables.split(";\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    check_version(connection, path)


def check_version(connection: Connection, path: Path) -> None:
    """Raise NewerSchemaError where the file's schema is not known here.

    Raises FileNotFoundError where it has none or an older one: only the station creates it and brings it up to date.
    """
    version = _version(connection)
    if version == 0:
        raise FileNotFoundError(f"{path} holds no local store yet; the station creates it when it first starts")
    if version < VERSION:
        raise FileNotFoundError(f"{path} is of an older Cleanwatch; the station brings it up to date when it starts")
    if version > VERSION:
        raise NewerSchemaError(
            f"{path} has schema version {version}; this Cleanwatch knows versions up to {VERSION}. "
            "Start the newer Cleanwatch that wrote it; the file is unchanged."
        )


def _version(connection: Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
