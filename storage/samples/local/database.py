"""The one file: short reads, each in a snapshot of its own, and one writer at a time."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.samples.local.schema import Connection, check_version, connect, prepare


class Database:
    """Any thread may read and write. A reader that stays in its transaction would stop checkpoints: fetch and leave.

    Connections are not bound to threads: a reader borrows an idle one, so there are as many as read at once.
    """

    def __init__(self, path: Path, read_only: bool = False) -> None:
        if read_only and not path.exists():
            raise FileNotFoundError(f"there is no local store at {path}; the station creates it when it first starts")
        self.path = path
        self._read_only = read_only
        self._idle: deque[Connection] = deque()
        self._writer = connect(path, read_only)
        self._lock = threading.Lock()
        try:
            if read_only:
                check_version(self._writer, path)
            else:
                prepare(self._writer, path)
        except BaseException:
            self._writer.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot of the file; ends with the block."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = connect(self.path, read_only=True)
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")
            self._idle.append(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed and on disk when the block ends, undone where it raises."""
        with self._lock:
            connection = self._writer
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every connection; nothing may be reading or writing any more."""
        with self._lock:
            self._writer.close()
            while self._idle:
                self._idle.pop().close()
