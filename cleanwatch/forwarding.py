"""InfluxDB beside the local store: forwarding to it where it is configured, and what the local store then lets go."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from cleanwatch.settings import Settings
from collectors.forwarder import Forwarder
from facility.instants import DAY, HOUR, Clock, Instant
from facility.site import Site
from storage.samples.history import BACKLOG
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore

log = logging.getLogger(__name__)

SEAL_BEFORE = HOUR
"""Readings stay as rows for this long; older ones are sealed into day chunks."""


@contextmanager
def forwarding(
    settings: Settings, store: LocalStore, site: Callable[[], Site], clock: Clock
) -> Iterator[Forwarder | None]:
    """Forward to InfluxDB while the block lasts; None where there is none.

    Where there was one before, it is left for good: from now on the local store keeps everything.
    """
    if settings.influx is None:
        _leave(store)
        yield None
        return
    with closing(InfluxStore.open(settings.influx, site, clock)) as influx:
        forwarder = Forwarder(influx, store, clock)
        forwarder.start()
        try:
            yield forwarder
        finally:
            forwarder.stop()


def tidy(settings: Settings, store: LocalStore, clock: Clock, unsealed: Callable[[], Instant]) -> None:
    """Seal what is no longer new; let days go that InfluxDB has and that are older than the local store keeps.

    `unsealed` says from when on days have no digest on record yet: these stay.
    """
    store.seal(clock() - SEAL_BEFORE)
    if settings.influx is not None:
        gone = store.prune(min(clock() - settings.local_days * DAY, unsealed()))
        if gone:
            log.info("%s readings older than %s days are in InfluxDB only now", f"{gone:,}", settings.local_days)


def _leave(store: LocalStore) -> None:
    progress = store.progress(BACKLOG)
    if progress is not None:
        store.unfollow(BACKLOG)
        log.warning(
            "InfluxDB is no longer configured; %s readings had not been forwarded. From now on the local store keeps "
            "everything. What it holds is forwarded again should CLEANWATCH_INFLUX_URL be set again",
            f"{progress.waiting:,}",
        )
