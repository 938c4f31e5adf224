"""How a process of ours settles down to work, and how it ends: by SIGTERM or SIGINT, or with its supervisor."""

import gc
import os
import signal
import threading

SUPERVISED = "CLEANWATCH_SUPERVISED"
"""Set by the supervisor: standard input is a pipe that closes when the supervisor ends, however it ends."""


def settled() -> None:
    """Everything that lasts has been loaded: leave it out of the search for garbage from now on.

    Python looks through all that lives now and then, and everything waits: 135 ms for what the app has loaded.
    """
    gc.collect()
    gc.freeze()


def stop_event() -> threading.Event:
    """An event that is set when this process shall end. Call it once, from the main thread."""
    stopping = threading.Event()
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    # Not stopping.set() in a handler: it takes a lock, which the thread that a signal interrupts may hold, in a wait
    # or in another signal's set; then nothing ever ends. The interpreter itself writes to the pipe, whatever it does.
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    threading.Thread(target=_set_when_told, args=(told, stopping), name="ending", daemon=True).start()

    def stop(_signal: int, _frame: object) -> None:
        """Without a handler a signal ends the process at once."""

    signal.signal(signal.SIGTERM, stop)
    if os.environ.get(SUPERVISED):
        # ctrl-C reaches the whole process group; the supervisor decides the order in which processes end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_watch_supervisor, args=(stopping,), name="supervisor", daemon=True).start()
    else:
        signal.signal(signal.SIGINT, stop)
    return stopping


def _set_when_told(told: int, stopping: threading.Event) -> None:
    os.read(told, 1)
    stopping.set()


def _watch_supervisor(stopping: threading.Event) -> None:
    # Not sys.stdin: a thread that waits in its buffer keeps the interpreter from ending.
    while os.read(0, 1):
        pass
    stopping.set()
