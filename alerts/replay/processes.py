"""Points judged beside each other, each process with the local store open for reading."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

from alerts.replay.what_if import Outcome, Task, judge
from facility.instants import system_clock
from storage.samples.local import LocalStore


def judge_all(path: Path, tasks: Sequence[Task], processes: int) -> Iterator[Outcome]:
    """The outcome of every task as it is ready, from the local store of this path.

    Processes are started anew and share nothing with this one; they end when the caller stops asking.
    """
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawning) as pool:
        waiting = [pool.submit(_judge, path, task) for task in tasks]
        try:
            for ready in as_completed(waiting):
                yield ready.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _judge(path: Path, task: Task) -> Outcome:
    store = LocalStore.open(path, system_clock, read_only=True)
    try:
        return judge(task, partial(store.columns, task.point))
    finally:
        store.close()
