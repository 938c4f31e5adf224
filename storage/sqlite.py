"""The one SQLite that the whole program uses.

`pysqlite3` bundles a version without the WAL-reset bug of 3.7.0 to 3.51.2; two SQLite libraries in one process
would drop each other's file locks. Where no wheel of it exists (Linux aarch64) the standard library's is used,
and `sqlite_warning` says so.
"""

import time
from types import ModuleType
from typing import Any


def _choose() -> ModuleType:
    try:
        import pysqlite3.dbapi2 as module  # noqa: TID251
    except ImportError:
        import sqlite3 as module  # noqa: TID251
    return module  # type: ignore[no-any-return]


sqlite = _choose()

FIRST_SOUND_VERSION = (3, 51, 3)


def sqlite_warning() -> str | None:
    """One sentence for the log where the SQLite in use has the WAL-reset bug, else None."""
    version: str = sqlite.sqlite_version
    if tuple(int(part) for part in version.split(".")) >= FIRST_SOUND_VERSION:
        return None
    return (
        f"SQLite {version} can corrupt a database that several processes write in WAL mode; "
        "install pysqlite3, or SQLite 3.51.3 or newer"
    )


def switch_to_wal(connection: Any, seconds: float = 10) -> None:
    """Of several processes that open a new file at once, SQLite refuses all but one without waiting: try again."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
