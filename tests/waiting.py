"""Waiting for what other threads and processes do, without sleeping longer than needed."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], seconds: float = 30, what: str = "the condition") -> None:
    """Return as soon as the condition holds; fail when it takes longer than that."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come about within {seconds:g} s"
        time.sleep(0.005)
