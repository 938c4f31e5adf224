"""Starting the processes of one machine, starting again what dies, and ending them all in order."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cleanwatch.lifetime import SUPERVISED

log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """One process: `cleanwatch <arguments>`, or another module of ours.

    A part that `may_end` is not started again when it ends well. `hear` is told each line that it prints.
    """

    name: str
    arguments: Sequence[str]
    may_end: bool = False
    hear: Callable[[str], None] | None = None
    module: str = "cleanwatch"


@dataclass(slots=True)
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    died_at: float | None = field(default=None)


class Supervisor:
    """Runs parts in the order given and ends them in the opposite order.

    Each part logs to a file of its name in `logs`. The parts' standard input is a pipe of ours: when this
    process ends in whatever way, they end too.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path, say: Callable[[str], None]) -> None:
        self._environment = {**os.environ, **environment, SUPERVISED: "1"}
        self._logs = logs
        self._say = say
        self._running: list[_Running] = []

    def start(self, part: Part) -> None:
        """Start a part as a process of its own."""
        self._running.append(_Running(part, self._spawn(part)))

    def look_after(self) -> None:
        """Start again what has died. Call it now and then."""
        for running in list(self._running):
            code = running.process.poll()
            if code is None:
                continue
            if running.process.stdin:
                running.process.stdin.close()
            if running.part.may_end and code == 0:
                self._running.remove(running)
            elif running.died_at is None:
                running.died_at = time.monotonic()
                self._say(
                    f"{running.part.name} ended unexpectedly (exit code {code}) and is started again; "
                    f"its log is {self._log_of(running.part)}"
                )
            elif time.monotonic() - running.died_at > PAUSE_SECONDS:
                running.process, running.died_at = self._spawn(running.part), None

    def stop(self) -> None:
        """End every part: ask, wait, and only then kill."""
        for running in reversed(self._running):
            if running.process.stdin:
                running.process.stdin.close()
            running.process.terminate()
            try:
                running.process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                log.warning("%s did not end within %s s and is killed", running.part.name, GRACE_SECONDS)
                running.process.kill()
                running.process.wait()
        self._running.clear()

    def is_running(self, name: str) -> bool:
        """Is the part of this name alive?"""
        return any(r.part.name == name and r.process.poll() is None for r in self._running)

    def _log_of(self, part: Part) -> Path:
        return self._logs / f"{part.name}.log"

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", part.module, *part.arguments]
        with self._log_of(part).open("ab") as log_file:
            process = subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if part.hear else log_file,
                stderr=log_file,
            )
        if part.hear:
            threading.Thread(target=_listen, args=(process, part.hear), name=part.name, daemon=True).start()
        return process


def _listen(process: subprocess.Popen[bytes], hear: Callable[[str], None]) -> None:
    assert process.stdout
    with process.stdout:
        for line in process.stdout:
            hear(line.decode().rstrip())
