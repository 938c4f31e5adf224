"""`make crash`: run the proof, print its table, and end with 1 where it does not hold."""

import argparse
import random
import signal
import sys
import tempfile
from pathlib import Path

from facility.instants import SECOND, system_clock
from tests.crash.proof.faults import schedule
from tests.crash.proof.plan import Plan
from tests.crash.proof.run import STARTING_SECONDS, run
from tests.crash.proof.table import table
from tests.crash.proof.world import PARTS, WIRES, disks

QUIET_SECONDS = 5
"""Readings go on for so long after the last fault."""


def main() -> None:
    """Run it as told on the command line."""
    parser = argparse.ArgumentParser(prog="make crash", description="Kill everything, again and again; then count.")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="the same readings and faults")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long readings flow")
    parser.add_argument("--rate", type=int, default=1000, help="readings a second")
    parser.add_argument("--folder", type=Path, help="where everything is kept; it must not exist")
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seconds = round(told.minutes * 60)
    folder = told.folder or Path(tempfile.mkdtemp(prefix="cleanwatch-crash-")) / "run"
    print(f"seed {told.seed}, logs in {folder}/logs", flush=True)
    start = system_clock() // SECOND * SECOND + STARTING_SECONDS * SECOND
    plan = Plan(told.seed, told.rate, seconds, start)
    if not disks():
        print("disks are not filled up: only root may mount small ones")
    faults = schedule(told.seed, seconds - QUIET_SECONDS, PARTS, WIRES, disks())
    outcome = run(folder, plan, faults, lambda line: print(line, flush=True))
    found = table(outcome)
    print(found)
    (folder / "table.md").write_text(found + "\n")
    sys.exit(bool(outcome.failures))


if __name__ == "__main__":
    main()
