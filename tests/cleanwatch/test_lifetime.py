"""A process that is told to end does so, also where it is told many times at once."""

import signal
import subprocess
import sys
from contextlib import suppress

WAITS = (
    "from cleanwatch.lifetime import stop_event\nstopping = stop_event()\nprint('up', flush=True)\nstopping.wait()"
)
TIMES = 5
TOLD = 200


def test_a_process_that_is_told_many_times_to_end_does_not_get_stuck() -> None:
    for _ in range(TIMES):
        with subprocess.Popen([sys.executable, "-c", WAITS], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            with suppress(ProcessLookupError):
                for n in range(TOLD):
                    process.send_signal((signal.SIGTERM, signal.SIGINT)[n % 2])
            try:
                process.wait(30)
            finally:
                process.kill()
