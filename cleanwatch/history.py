"""Where the app takes history from: InfluxDB, the station's local store on this machine, or both."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Lock

from cleanwatch.settings import Settings
from facility.instants import Clock
from facility.site import Site
from storage.samples.history import History
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore

log = logging.getLogger(__name__)

LOOK_FOR_STATION_SECONDS = 0.25
PATIENCE_SECONDS = 15.0
"""So long a person waits for a picture; then it is said that InfluxDB does not answer."""


@contextmanager
def history(
    settings: Settings, site: Callable[[], Site], clock: Clock, stopping: Event
) -> Iterator[History | LocalStore | None]:
    """What answers the app's questions while the block lasts.

    Without InfluxDB it is the station's local store, which is waited for; None where the end comes first.
    """
    if settings.influx is None:
        local = _wait_for(settings.samples_path, clock, stopping)
        if local is None:
            yield None
            return
        with closing(local):
            yield local
        return
    beside = _Beside(settings.samples_path, clock)
    with (
        closing(beside),
        closing(InfluxStore.open(settings.influx, site, clock, PATIENCE_SECONDS)) as influx,
    ):
        words = ", for which the local store here stands in when need be" if beside() else ""
        log.info("history is read from InfluxDB at %s%s", influx.url, words)
        yield History(influx, beside, clock)


class _Beside:
    """The local store of a station that shares our data folder; there is none before it first starts."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._store: LocalStore | None = None
        self._lock = Lock()

    def __call__(self) -> LocalStore | None:
        """The store, opened as soon as it is there."""
        with self._lock:
            if self._store is None:
                self._store = _opened(self._path, self._clock)
            return self._store

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            if self._store is not None:
                self._store.close()


def _wait_for(path: Path, clock: Clock, stopping: Event) -> LocalStore | None:
    told = False
    while not stopping.is_set():
        store = _opened(path, clock)
        if store is not None:
            return store
        if not told:
            log.warning("there is no local store in %s yet; waiting for the station", path.parent)
            told = True
        stopping.wait(LOOK_FOR_STATION_SECONDS)
    return None


def _opened(path: Path, clock: Clock) -> LocalStore | None:
    try:
        return LocalStore.open(path, clock, read_only=True)
    except FileNotFoundError:
        return None
