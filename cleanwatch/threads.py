"""Work that is done again and again in a thread of its own."""

import threading
from collections.abc import Callable

from cleanwatch.problems import Problems, watched

PAUSE_AFTER_FAILURE = 1.0


def again_and_again(
    part: str, work: Callable[[], object], pause: float, problems: Problems, stopping: threading.Event
) -> threading.Thread:
    """Work with a pause of seconds between, until the end. What it raises is told as a problem, and it is tried again."""
    attempt = watched(work, part, problems)

    def loop() -> None:
        while not stopping.wait(pause):
            if not attempt():
                stopping.wait(PAUSE_AFTER_FAILURE)

    thread = threading.Thread(target=loop, name=part)
    thread.start()
    return thread
