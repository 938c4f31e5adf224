"""Points judged beside each other, each process with the local store open for reading."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import partial
from pathlib import Path

import numpy as np

from alerts.replay.what_if import Outcome, Task, judge
from facility.instants import DAY, Instant, system_clock
from storage.samples.columns import NO_NUMBER, Array, Columns
from storage.samples.local import LocalStore
from storage.samples.store import SampleStore

Progress = Callable[[float], None]
"""Told the part that is done, 0 to 1; may raise, which ends the work."""

WORTH_A_PROCESS = 10_000 * DAY
"""Less than so many days of points in all is judged by this process: about ten seconds at a reading every 10 s."""
LOOK_SECONDS = 0.5


def judge_all(
    samples: SampleStore, tasks: Sequence[Task], processes: int, progress: Progress = lambda _done: None
) -> Iterator[Outcome]:
    """The outcome of every task as it is ready.

    With a local store by so many processes, which are started anew and share nothing with this one.
    """
    if isinstance(samples, LocalStore) and processes > 1 and sum(t.end - t.start for t in tasks) > WORTH_A_PROCESS:
        yield from _by_processes(samples.path, tasks, processes, progress)
        return
    for number, task in enumerate(tasks):
        span = max(1, task.end - task.start)

        def read(start: Instant, end: Instant, number: int = number, task: Task = task, span: int = span) -> Columns:
            progress((number + min(1, max(0, (start - task.start) / span))) / len(tasks))
            return columns(samples, task.point, start, end)

        yield judge(task, read)


def columns(samples: SampleStore, point: str, start: Instant, end: Instant) -> Columns:
    """The readings of a point, whatever the store is made of."""
    if isinstance(samples, LocalStore):
        return samples.columns(point, start, end)
    frame = samples.raw(point, start, end)

    def whole(name: str) -> Array:
        numbers = frame[name].to_numpy(np.float64)
        return np.where(np.isnan(numbers), NO_NUMBER, numbers).astype(np.int64)

    return Columns(
        time=frame["time"].to_numpy(np.int64),
        value=frame["value"].to_numpy(np.float64),
        reasons=frame["reasons"].to_numpy(np.uint16),
        received=frame["received"].to_numpy(np.int64),
        sequence=whole("sequence"),
        count=whole("count"),
        volume=frame["volume"].to_numpy(np.float64),
    )


def _by_processes(path: Path, tasks: Sequence[Task], processes: int, progress: Progress) -> Iterator[Outcome]:
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawning) as pool:
        waiting = {pool.submit(_judge, path, task) for task in tasks}
        try:
            while waiting:
                ready, waiting = wait(waiting, LOOK_SECONDS, FIRST_COMPLETED)
                progress(1 - len(waiting) / len(tasks))
                for one in ready:
                    yield one.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _judge(path: Path, task: Task) -> Outcome:
    store = LocalStore.open(path, system_clock, read_only=True)
    try:
        return judge(task, partial(store.columns, task.point))
    finally:
        store.close()
