"""Work that is done again and again in a thread of its own."""

import threading
from collections.abc import Callable

from cleanwatch.problems import Problems, watched

PAUSE_AFTER_FAILURE = 1.0


def again_and_again(
    part: str, work: Callable[[], object], pause: float, problems: Problems, stopping: threading.Event
) -> threading.Thread:
    """Work with pauses of so many seconds until the end; what it raises is a problem, and it is tried again."""
    attempt = watched(work, part, problems)

    def loop() -> None:
        while not stopping.wait(pause):
            if not attempt():
                stopping.wait(PAUSE_AFTER_FAILURE)

    thread = threading.Thread(target=loop, name=part)
    thread.start()
    return thread
