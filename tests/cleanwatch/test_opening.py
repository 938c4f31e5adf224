"""A database that comes up later than we do is waited for, and told about once."""

import threading
from pathlib import Path

import pytest

from cleanwatch.opening import wait_for_records
from cleanwatch.settings import Settings
from tests.parts import free_port


class StopAfter(threading.Event):
    """Set at the end of so many waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.waits = waits

    def wait(self, timeout: float | None = None) -> bool:
        self.waits -= 1
        if self.waits == 0:
            self.set()
        return self.is_set()


def test_records_that_are_away_at_the_start_are_told_of_once_however_often_they_are_tried(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(data=tmp_path, records_url=f"postgresql://me@127.0.0.1:{free_port()}/x")
    assert wait_for_records(settings, lambda: 0, StopAfter(3)) is None
    (line,) = caplog.messages
    assert "nothing listens at" in line
    assert line.endswith("Tried again until it works.")
