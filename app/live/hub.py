"""The hub: hears the clean topics, looks at the site a few times a second, and hands what is new to every browser."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from app.live.look import HeardBeat, Known, Look, difference, known_within, look_at
from app.scale import Yardstick, yardstick
from app.status import Newest
from bus import topics
from bus.messages import AlarmNotice, CleanReading, HoldsNotice, RoomNotice, StationBeat
from facility.instants import SECOND, Clock, Span, instant_of
from facility.language import _, speaking
from facility.limit import RoomState
from facility.reading import Validity
from facility.site import Point, Site
from facility.site_areas import Areas, Parts

log = logging.getLogger(__name__)

SHORTEST_PAUSE: Span = 200
"""At most five frames a second go out."""
RESTS_AFTER_LOOK = 9
"""A large site is looked at less often, so that looking takes a tenth of a processor or so."""
LONGEST_REST: Span = 2 * SECOND
"""A look never takes so long that what is seen grows old for it."""
LONGEST_PAUSE: Span = SECOND
"""Also without a message the site is looked at: a value grows old by itself."""
KEEP_ALIVE: Span = 5 * SECOND
"""So often every stream says something, that a browser sees when it is dead (assets/live.js)."""
FRAMES_KEPT = 25
"""A viewer that is further behind gets everything anew."""


class TooManyViewersError(Exception):
    """All places are taken; says so in words for the person who wants one."""


class Frame(msgspec.Struct, frozen=True):
    """What goes out together. `number` counts from 1 without gaps."""

    number: int
    look: Look


class Outlook:
    """What those see who are admitted to the same areas: their look at the site, and the newest frames of it."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.number = 0
        self.frames: deque[tuple[int, bytes]] = deque(maxlen=FRAMES_KEPT)
        self.viewers = 0

    def now(self, look: Look) -> bool:
        """Take a new look; is anything different that has to go out?"""
        delta = difference(self.look, look)
        self.look = look
        if not (delta.site or delta.station or delta.points or delta.rooms or delta.unanswered is not None):
            return False
        self.number += 1
        self.frames.append((self.number, _event("delta", Frame(self.number, delta))))
        return True

    def event_after(self, seen: int) -> tuple[bytes, int]:
        """What a viewer needs that has seen the frames up to a number, and up to which it has seen them then."""
        if self.number == seen:
            return b"event: still\ndata: here\n\n", seen
        if seen < 0 or self.frames[0][0] > seen + 1:
            return _event("full", Frame(self.number, self.look)), self.number
        return b"".join(event for number, event in self.frames if number > seen), self.number


class Hub:
    """What is known about the site now, for pages and for live streams. Any thread may call it.

    `take` is fed by the MQTT client; `start` begins to send frames, `close` ends every stream. Frames are made once
    for all who are admitted to the same areas.
    """

    def __init__(self, site: Callable[[], Site], clock: Clock, most_viewers: int = 64) -> None:
        self._site = site
        self._clock = clock
        self._known = Known()
        self._yardsticks: dict[tuple[str, RoomState | None], tuple[Point, Yardstick]] = {}
        self._changed = threading.Condition()
        self._dirty = True
        self._closed = threading.Event()
        self.viewers = 0
        self.most_viewers = most_viewers
        self._parts = Parts()
        self._outlooks: dict[Areas, Outlook] = {None: Outlook(self._look_now(None))}
        self._thread: threading.Thread | None = None

    # What is known

    def begin_with(self, known: Known) -> None:
        """Begin with what the stores know; what has been heard meanwhile holds where it is newer."""
        with self._changed:
            heard = self._known
            newest = dict(known.newest)
            newest.update({point: n for point, n in heard.newest.items() if _is_newer(n, newest.get(point))})
            received = max((t for t in (known.received, heard.received) if t is not None), default=None)
            self._known = Known(
                newest,
                known.alarms | heard.alarms,
                known.rooms | heard.rooms,
                known.holds | heard.holds,
                known.beats | heard.beats,
                received,
                heard.system,
                heard.cut_off,
                heard.without_records,
                known.ways,
            )
            self._tell()
        self.refresh()

    def take(self, topic: str, payload: bytes) -> None:
        """Take one message of the clean topics; one that cannot be understood is logged and left out."""
        _root, _site, kind, *_rest = [*topic.split("/"), "", "", ""]
        try:
            with self._changed:
                match kind:
                    case "readings":
                        self._take_reading(msgspec.json.decode(payload, type=CleanReading))
                    case "alarms":
                        self._take_alarm(topic, payload)
                    case "rooms":
                        notice = msgspec.json.decode(payload, type=RoomNotice)
                        self._known.rooms[notice.room] = notice
                    case "holds":
                        self._known.holds[topic.split("/")[3]] = msgspec.json.decode(payload, type=HoldsNotice)
                    case "stations":
                        beat = msgspec.json.decode(payload, type=StationBeat)
                        self._take_beat(beat)
                self._tell()
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("A message on %s is not understood: %s", topic, error)

    def _take_beat(self, beat: StationBeat) -> None:
        """A station that dies has said beforehand, when it connected, what its broker tells of it then."""
        before = self._known.beats.get(beat.station)
        if before is not None and not beat.alive:
            beat = msgspec.structs.replace(beat, at=max(beat.at, before.beat.at))
        self._known.beats[beat.station] = HeardBeat(beat, self._clock())

    def _take_reading(self, reading: CleanReading) -> None:
        newest = Newest(instant_of(reading.time), reading.value, Validity[reading.validity.upper()], reading.reasons)
        received = instant_of(reading.received)
        self._known.received = max(received, self._known.received or received)
        if _is_newer(newest, self._known.newest.get(reading.point)):
            self._known.newest[reading.point] = newest

    def _take_alarm(self, topic: str, payload: bytes) -> None:
        """An alarm as it is now. One that is over is remembered too, or an older record could bring it back."""
        key = topic.removeprefix(topics.clean_alarm(self._site().id, "", "").rstrip("/") + "/")
        if payload:
            self._known.alarms[key] = msgspec.json.decode(payload, type=AlarmNotice)
        else:
            self._known.alarms.pop(key, None)

    def say(self, system: str = "", *, cut_off: bool = False, without_records: bool = False) -> None:
        """What is wrong with the system itself, in two words, for the bar of every page; empty: nothing.

        `cut_off`: the broker is out of reach, so no station is to be called silent. `without_records`: a page that
        lacks them loads itself again when they are back.
        """
        told = (system, cut_off, without_records)
        with self._changed:
            known = self._known
            if told != (known.system, known.cut_off, known.without_records):
                known.system, known.cut_off, known.without_records = told
                self._tell()

    def look(self, areas: Areas = None) -> Look:
        """How these areas stood a moment ago; for pages that are being drawn."""
        known = self._outlooks.get(areas)
        if known is not None:
            return known.look
        with self._changed:
            return self._look_now(areas)

    def room_state(self, room: str) -> RoomState | None:
        """The state of a room, or of the room that a zone is inside; None while it is unknown."""
        notice = self._known.rooms.get(room) or self._known.rooms.get(self._site().rooms[room].inside or "")
        return None if notice is None or notice.state is None else RoomState(notice.state)

    def yardstick(self, point: Point) -> Yardstick:
        """What a point is held against in its room's present state."""
        state = self.room_state(point.room)
        known = self._yardsticks.get((point.id, state))
        if known is None or known[0] is not point:  # a point of another site revision is another object
            known = self._yardsticks[point.id, state] = (point, yardstick(point, state))
        return known[1]

    def _look_now(self, areas: Areas) -> Look:
        site = self._parts.of(self._site(), areas)
        yardsticks = {point.id: self.yardstick(point) for point in site.points.values()}
        known = self._known if areas is None else known_within(site, self._known)
        with speaking(site.language):
            return look_at(site, known, yardsticks, self._clock())

    # What goes out

    def start(self) -> None:
        """Begin to send frames."""
        self._thread = threading.Thread(target=self._beat, name="live hub", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every stream, and stop."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def refresh(self) -> None:
        """Look at the site, and send what is different from the last look."""
        with self._changed:
            self._dirty = False
            news = [outlook.now(self._look_now(areas)) for areas, outlook in self._outlooks.items()]
            if any(news):
                self._changed.notify_all()

    def _tell(self) -> None:
        if not self._dirty:
            self._dirty = True
            self._changed.notify_all()

    def _beat(self) -> None:
        rest = 0.0
        while not self._closed.wait(rest):
            with self._changed:
                self._changed.wait_for(lambda: self._dirty or self._closed.is_set(), LONGEST_PAUSE / 1000)
            began = time.thread_time()
            try:
                self.refresh()
            except Exception:
                log.exception("The live hub could not look at the site; it tries again")
            rest = rest_after(time.thread_time() - began)

    def everything(self, areas: Areas = None) -> bytes:
        """The present look at these areas as one frame, in JSON."""
        with self._changed:
            known = self._outlooks.get(areas) or Outlook(self._look_now(areas))
            return msgspec.json.encode(Frame(known.number, known.look))

    @contextmanager
    def place(self, areas: Areas = None) -> Iterator[Iterator[bytes]]:
        """A viewer's place: the events of its stream, first everything, then what is new, until the hub closes.

        Raises TooManyViewersError where every place is taken.
        """
        with self._changed:
            if self.viewers >= self.most_viewers:
                raise TooManyViewersError(
                    _(
                        "All {most_viewers} live places are taken. Close another Cleanwatch page, or have `viewers` "
                        "raised in the settings; this page tries again by itself.",
                        most_viewers=self.most_viewers,
                    )
                )
            self.viewers += 1
            if areas not in self._outlooks:
                self._outlooks[areas] = Outlook(self._look_now(areas))
            outlook = self._outlooks[areas]
            outlook.viewers += 1
        try:
            yield self._events(outlook)
        finally:
            with self._changed:
                self.viewers -= 1
                outlook.viewers -= 1
                if areas is not None and not outlook.viewers:
                    del self._outlooks[areas]

    def _events(self, outlook: Outlook) -> Iterator[bytes]:
        seen = -1
        while not self._closed.is_set():
            with self._changed:
                if outlook.number <= seen:
                    self._changed.wait(KEEP_ALIVE / 1000)
                event, seen = outlook.event_after(seen)
            yield event


def rest_after(look: float) -> float:
    """How long to rest (s) after a look that took so much of the processor (s); how long it waited for that says
    nothing about the site."""
    return min(max(SHORTEST_PAUSE / 1000, look * RESTS_AFTER_LOOK), LONGEST_REST / 1000)


def _is_newer(reading: Newest, known: Newest | None) -> bool:
    return known is None or reading.time >= known.time


def _event(name: str, frame: Frame) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(frame))
