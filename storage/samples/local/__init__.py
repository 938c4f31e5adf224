"""The local store: readings in one SQLite file, journal, buffer and history in one."""

from storage.samples.local.arrays import DamagedChunkError
from storage.samples.local.backlog import Backlog, OwedHour, Portion, Progress, Refused
from storage.samples.local.follower import CommitsSealedError, Follower
from storage.samples.local.schema import NewerSchemaError
from storage.samples.local.set_aside import Conflict, StoredLetter
from storage.samples.local.sources import Balance, Gap
from storage.samples.local.store import LocalStore

__all__ = [
    "Backlog",
    "Balance",
    "CommitsSealedError",
    "Conflict",
    "DamagedChunkError",
    "Follower",
    "Gap",
    "LocalStore",
    "NewerSchemaError",
    "OwedHour",
    "Portion",
    "Progress",
    "Refused",
    "StoredLetter",
]
