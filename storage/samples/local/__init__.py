"""The local store: readings in one SQLite file, journal, buffer and history in one."""

from storage.samples.local.follower import CommitsSealedError, Follower
from storage.samples.local.schema import NewerSchemaError
from storage.samples.local.store import LocalStore

__all__ = ["CommitsSealedError", "Follower", "LocalStore", "NewerSchemaError"]
