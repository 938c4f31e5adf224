"""The data folder, and the promise that only one station writes to it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderInUseError(Exception):
    """Another process has the data folder."""


@contextmanager
def claimed(folder: Path, who: str) -> Iterator[None]:
    """Hold a data folder for `who` until the block ends; FolderInUseError names the process that holds it already."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{who}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 32).decode().strip() or "unknown"
        os.close(descriptor)
        raise FolderInUseError(
            f"a {who} is already running on {folder.resolve()} (process {holder}); "
            "end it first, or give this one a folder of its own"
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    try:
        yield
    finally:
        os.close(descriptor)
