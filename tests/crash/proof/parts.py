"""Processes that are killed and started again, and disks that fill up."""

import contextlib
import errno
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

MEGABYTE = 1 << 20


class Part(Protocol):
    """Something that may be killed at any moment."""

    def start(self) -> None:
        """Start it; what it says goes to a log."""

    def kill(self) -> None:
        """kill -9; returns when it is gone."""

    def alive(self) -> bool:
        """Does it run?"""


class Process:
    """A part that is one process."""

    def __init__(self, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> None:
        self._command = command
        self._log = log
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # so that ctrl-C ends the run, and the run ends its parts
            )

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def alive(self) -> bool:
        """Does it run?"""
        return self._process is not None and self._process.poll() is None


class Disk:
    """A small file system of its own, in memory, that can be filled to the last byte. Needs root."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)

    def fill(self) -> None:
        """Leave no room at all."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for piece in (MEGABYTE, 4096):
                with contextlib.suppress(NoRoomError):
                    while True:
                        _write(ballast.fileno(), piece)

    def free(self) -> None:
        """Take the ballast away."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount it, when the last process has let go of it."""
        for _ in range(50):
            if subprocess.run(["umount", self.folder], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        subprocess.run(["umount", "--lazy", self.folder], check=False)


class NoRoomError(Exception):
    """The disk is full."""


def may_mount() -> bool:
    """May this process make small disks?"""
    return os.getuid() == 0


def _write(file: int, size: int) -> None:
    try:
        written = os.write(file, bytes(size))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise NoRoomError from error
        raise
    if written < size:
        raise NoRoomError
