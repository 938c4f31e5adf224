"""A demo as a person starts it: the command itself, with all its processes."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

import psutil

WITHIN_SECONDS = 300
"""For what takes 20 s on a machine that is not busy."""


class RunningDemo:
    """`cleanwatch demo` in a folder of its own; what it prints is kept."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.printed: list[str] = []
        self._more = threading.Condition()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cleanwatch", "demo", "--data", str(data), "--days", "1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.interrupt()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first match of a pattern in what is printed, now or later."""
        with self._more:
            assert self._more.wait_for(lambda: self._find(pattern), WITHIN_SECONDS), "".join(self.printed)
        found = self._find(pattern)
        assert found
        return found

    @property
    def address(self) -> str:
        return self.wait_for(r"http://127\.0\.0\.1:\d+").group()

    @property
    def password(self) -> str:
        """Everybody's."""
        return self.wait_for(r"Password:\s+(.+?)   ").group(1)

    @property
    def mqtt_port(self) -> int:
        return int(self.wait_for(r"MQTT broker:\s+127\.0\.0\.1:(\d+)").group(1))

    def processes(self) -> list[psutil.Process]:
        """The demo's own process and all those that it has started."""
        demo = psutil.Process(self._process.pid)
        return [demo, *demo.children(recursive=True)]

    def interrupt(self) -> None:
        """What ctrl-C does, and waiting for the end."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait(WITHIN_SECONDS)

    def _find(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, "".join(self.printed))

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout:
            for line in self._process.stdout:
                with self._more:
                    self.printed.append(line)
                    self._more.notify_all()
