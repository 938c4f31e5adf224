"""Records for a test: a copy of ones that were just created, as migrating anew takes longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

from facility.instants import DAY, Clock, Instant
from storage.records.database import Records


def open_records(path: Path, clock: Clock) -> Records:
    """The records in a file. Where there is none yet they are as if made at the beginning of this day (UTC)."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_empty(clock() // DAY * DAY))
    return Records.open(path, clock)


@cache
def _empty(made: Instant) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.db"
        Records.open(path, lambda: made).close()
        return path.read_bytes()
