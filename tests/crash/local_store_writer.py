"""A process to be killed: appends, seals, forwards, and says on its standard output what has been acknowledged.

Message `i` holds five readings. Times run backwards within each ten messages, so that late readings meet sealed
days; every third message is sent twice.
"""

import sys
import threading
from pathlib import Path
from typing import TextIO

from facility.instants import DAY, MINUTE, system_clock
from facility.reading import Reading
from storage.samples.commit import Intake
from storage.samples.local import LocalStore, Portion, seal

START = 20_000 * DAY
POINTS = tuple(f"P{i}" for i in range(5))


def message(i: int) -> Intake:
    time = START + (i // 10 * 10 + 9 - i % 10) * 10 * MINUTE
    readings = [Reading(point, time, float(i * 7 % 1000), 0, time, i) for point in POINTS]
    return Intake("gateway", readings, epoch=1, sequence=i)


def forward(portion: Portion, target: TextIO) -> None:
    """Write down what is forwarded; it is out of our hands when this returns."""
    for reading in portion.readings:
        target.write(f"{reading.point} {reading.time} {reading.value}\n")
    for point, columns in portion.columns:
        for time, value in zip(columns.time.tolist(), columns.value.tolist(), strict=True):
            target.write(f"{point} {time} {value}\n")
    target.flush()


def main(path: Path, first: int) -> None:
    seal.SLICE = 200
    store = LocalStore.open(path, system_clock)
    newest = threading.Event()

    def keep_sealing() -> None:
        while True:
            newest.wait()
            newest.clear()
            store.seal(START + 100 * 365 * DAY)

    def keep_forwarding() -> None:
        with path.with_suffix(".forwarded").open("a") as target:
            while True:
                for portion in (backlog.newest(7), backlog.owed(7)):
                    if portion is not None:
                        forward(portion, target)
                        backlog.settle(portion)

    backlog = store.backlog("elsewhere")
    threading.Thread(target=keep_sealing, daemon=True).start()
    threading.Thread(target=keep_forwarding, daemon=True).start()
    for i in range(first, first + 100_000):
        store.append([message(i)])
        if i % 3 == 0:
            store.append([message(i)])
        print(i, flush=True)
        if i % 20 == 0:
            newest.set()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
