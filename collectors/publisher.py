"""The publisher: follows the local store and fills the clean topics; also the station's heartbeat and will.

Clean topics are a view of what happens now. While there is no connection, or the broker is too slow, readings are
passed over and counted: they are in the store, and published late they would pass for news. So a broker that is away
holds up neither ingest nor the sealing of commits. For the same reason a backfilled history is not published.
"""

import logging
import math
import threading
import time

import msgspec

from bus import topics
from bus.client import Broker, Client, Health, Will
from bus.messages import CleanReading, StationBeat
from facility.instants import Clock, Instant, datetime_of
from facility.reading import Reading, words_of
from facility.site import Site
from storage.samples.commit import Commit
from storage.samples.local import Follower, LocalStore

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
LOOK_SECONDS = 0.2
"""How soon it is seen that all is to end."""
MOST_ON_THE_WAY = 2_000
"""With so many messages not confirmed by the broker, readings are passed over; notices still go out."""


class Publisher:
    """Publishes for one site, in a thread of its own."""

    def __init__(self, broker: Broker, site: Site, store: LocalStore, clock: Clock) -> None:
        self._site = site
        self._store = store
        self._clock = clock
        self._revision = self._commit = self._judged = 0
        self._passed_over = 0
        self._stopping = threading.Event()
        self._encoder = msgspec.json.Encoder()
        self._newest: dict[str, Instant] = {}
        self._station = topics.station(site.id, site.share.station)
        self._client = Client(
            broker,
            f"cleanwatch-{site.id}-{site.share.station}-publisher",
            will=Will(self._station, self._beat(alive=False)),
        )
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to connect, and to follow the store from where it was."""
        latest = self._store.latest(list(self._site.points))
        self._newest = {str(point): int(time) for point, time in latest["time"].items()}
        follower = self._store.follow("publisher")
        self._client.start()
        self._thread = threading.Thread(target=self._run, args=(follower,), name="publisher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Say that the station is going, and end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self.send(self._station, self._beat(alive=False), retain=True)
        self._client.stop()

    def use(self, site: Site) -> None:
        """Publish what comes from now on by another revision of the same site."""
        self._site = site

    def send(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Publish a message of somebody else's, an alarm's state for one; False where it was not taken."""
        return self._client.publish(topic, payload, retain=retain)

    def report(self, revision: int, judged: int) -> None:
        """What the heartbeat says of the site revision in force and of the newest commit judged."""
        self._revision, self._judged = revision, judged

    @property
    def passed_over(self) -> int:
        """Readings that were not published since the start, because the broker was away or too slow."""
        return self._passed_over

    def health(self) -> Health:
        """How the connection to the broker is."""
        return self._client.health()

    def _run(self, follower: Follower) -> None:
        beat_at = time.monotonic()
        while not self._stopping.is_set():
            try:
                self._publish_next(follower, min(LOOK_SECONDS, max(0.0, beat_at - time.monotonic())))
                if time.monotonic() >= beat_at:
                    beat_at = time.monotonic() + BEAT_SECONDS
                    if self._client.connected:
                        self._client.publish(self._station, self._beat(alive=True), retain=True)
            except Exception:
                log.exception("publishing failed and goes on with the next commit")
                self._stopping.wait(BEAT_SECONDS)

    def _publish_next(self, follower: Follower, seconds: float) -> None:
        commit = follower.next(seconds)
        if commit is not None:
            self._publish(commit)
            self._commit = commit.number
            follower.passed(commit.number)

    def _publish(self, commit: Commit) -> None:
        for reading in commit.readings:
            newest = self._newest.get(reading.point, reading.time)
            self._newest[reading.point] = max(newest, reading.time)
            point = self._site.points.get(reading.point)
            if point is None or not self._client.connected or self._client.backlog >= MOST_ON_THE_WAY:
                self._passed_over += 1
                continue
            payload = self._encoder.encode(clean_reading(reading, point.unit, late=reading.time < newest))
            self._client.publish(topics.clean_reading(self._site.id, reading.point), payload)

    def _beat(self, alive: bool) -> bytes:
        at = datetime_of(self._clock())
        station = self._site.share.station
        return msgspec.json.encode(StationBeat(station, alive, at, self._revision, self._commit, self._judged))


def clean_reading(reading: Reading, unit: str, late: bool) -> CleanReading:
    """A stored reading as everyone on site gets it."""
    return CleanReading(
        point=reading.point,
        time=datetime_of(reading.time),
        value=None if math.isnan(reading.value) else reading.value,
        unit=unit,
        validity=reading.validity.name.lower(),
        received=datetime_of(reading.received),
        reasons=words_of(reading.reasons) if reading.reasons else (),
        late=late,
    )
