"""Being the only process that is a station, among all machines that share the records."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from app.formats import age
from cleanwatch.problems import Finding
from facility.instants import DAY, MINUTE, Clock, Instant, Span, text_of
from facility.language import N_
from storage.records import station_claims
from storage.records.database import Records
from storage.records.errors import RecordsAwayError, RecordsError
from storage.records.station_claims import Claim, NotWatched

log = logging.getLogger(__name__)

SILENT_SECONDS = 20.0
"""A holder in another place that has not renewed its claim for so long is taken for dead. It renews every 5 s."""
LOOK_SECONDS = 0.5
STOOD_STILL_SECONDS = 5.0
"""Records that take so long to say who holds a station have let its holder renew as little."""
SHORT_STOP: Span = MINUTE
"""A station that was ended as told and started again this soon is not worth telling, beside its audit row."""


@contextmanager
def claimed_station(
    records: Records,
    station: str,
    folder: Path,
    clock: Clock,
    stopping: threading.Event,
    tell: Callable[[str | None], None],
) -> Iterator[Claim | None]:
    """Be this station until the block ends; waits while another process is. None where `stopping` was set before.

    `folder` is locked by us: whoever held the station in the same place is no more, and needs no waiting for. `tell`
    is told whom we wait for, and None when that is over.
    """
    claim = Claim(station, place(folder), uuid4().hex)
    if not _taken(records, claim, clock, stopping, tell):
        yield None
        return
    try:
        yield claim
    finally:
        with suppress(RecordsError), records.transaction() as connection:
            station_claims.release(connection, claim, clock())


def place(folder: Path) -> str:
    """This machine and this folder, as people know them, and told apart from others of the same name."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        return f"{socket.gethostname()}:{folder.resolve()} ({boot}-{folder.stat().st_ino})"
    return f"{socket.gethostname()}:{folder.resolve()}"


def not_watched(records: Records, station: str, now: Instant) -> list[Finding]:
    """When this station watched nothing in the last day: for whoever looks whether all was well."""
    with records.reading() as connection:
        spans = station_claims.not_watched(connection, station, now - DAY)
    return [
        Finding("not watched", _words(span), key=str(span.start), advisory=True)
        for span in spans
        if not span.told or span.end - span.start > SHORT_STOP
    ]


def _words(span: NotWatched) -> str:
    words = (
        N_(
            "nothing was watched from {start} to {end} ({lasted}): it had been ended as told. What was sent "
            "meanwhile to a broker that kept it was judged afterwards"
        )
        if span.told
        else N_(
            "nothing was watched from {start} to {end} ({lasted}): it had ended without a word. What was sent "
            "meanwhile to a broker that kept it was judged afterwards"
        )
    )
    return words.format(start=text_of(span.start), end=text_of(span.end), lasted=age(span.end - span.start))


def _taken(
    records: Records, claim: Claim, clock: Clock, stopping: threading.Event, tell: Callable[[str | None], None]
) -> bool:
    seen, still_since = None, time.monotonic()
    while not stopping.is_set():
        looked = time.monotonic()
        try:
            with records.transaction() as connection:
                held = station_claims.held(connection, claim.station)
                if held != seen or time.monotonic() - looked >= STOOD_STILL_SECONDS:
                    seen, still_since = held, time.monotonic()
                silent = time.monotonic() - still_since >= SILENT_SECONDS
                if held is None or held.released or held.claim.holder == claim.holder or silent:
                    station_claims.take(connection, claim, clock())
                    tell(None)
                    return True
        except RecordsAwayError:  # which the records have told; while nobody can be asked, nobody is silent
            seen, still_since = None, time.monotonic()
            stopping.wait(LOOK_SECONDS)
            continue
        tell(
            f"station {claim.station} is run by {held.claim.holder} already. This one waits, and takes over when that"
            f" one is silent for {SILENT_SECONDS:g} s; end one of them, or give it another name (CLEANWATCH_STATION)"
        )
        stopping.wait(LOOK_SECONDS)
    return False
