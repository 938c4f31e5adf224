"""A process that stores readings and judges them, one commit after the other, until it is killed or done.

Commit n brings point n outside its limit and the one before it back inside. Says the number of each commit that
it has judged. Started as: engine_child.py FOLDER
"""

import sys
from pathlib import Path

from alerts.engine import Engine
from facility.instants import SECOND, Instant
from facility.reading import Reading
from storage.records.database import Records
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.acceptance.story import MIDNIGHT, site_of
from tests.alerts.examples import low, point

COMMITS = 120


def main(folder: Path) -> None:
    now: Instant = MIDNIGHT

    def clock() -> Instant:
        return now

    site = site_of(*(point(low(10), id=f"P{number}", silent_after=None) for number in range(COMMITS + 1)))
    store = LocalStore.open(folder / "store.db", clock)
    records = Records.open(folder / "records.db", clock)
    extent = store.extent(list(site.points))
    now = MIDNIGHT if extent is None else extent[1]
    first = (now - MIDNIGHT) // SECOND + 1
    engine = Engine(site, store, records, clock)
    for number in range(first, COMMITS + 1):
        now = MIDNIGHT + number * SECOND
        values = [(number, 8.0)] if number == 1 else [(number - 1, 12.0), (number, 8.0)]
        store.append([Intake("child", [Reading(f"P{p}", now, value, 0, now) for p, value in values])])
        engine.step(0)
        print(number, flush=True)


main(Path(sys.argv[1]))
