"""What each page of trends is reading: how far it is, and that nobody waits for it any more.

A page reads one thing of a kind at a time: when its address changes, what it was reading for the older one ends at
the next point.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from app import formats
from app.jobs import CancelledError
from facility.language import _
from facility.site import Site

KEPT = 200
"""Pages whose last reading is remembered."""


class SupersededError(CancelledError):
    """The page reads something newer."""


@dataclass(slots=True)
class _Reading:
    of: int
    done: int = 0
    point: str = ""
    dropped: type[CancelledError] | None = None


class Readings:
    """Of all pages. `tab` names a page, `kind` what it reads."""

    def __init__(self) -> None:
        self._present: dict[tuple[str, str], _Reading] = {}
        self._lock = threading.Lock()

    def begin(self, tab: str, kind: str, of: int) -> Callable[[str], None]:
        """Begin to read so many points; what the page was reading of this kind is dropped.

        The answer is to be told each point before it is read; it raises CancelledError once nobody waits.
        """
        reading = _Reading(of)
        with self._lock:
            older = self._present.pop((tab, kind), None)
            if older is not None:
                older.dropped = SupersededError
            self._present[tab, kind] = reading
            for gone in list(self._present)[:-KEPT]:
                del self._present[gone]

        def reads(point: str) -> None:
            if reading.dropped:
                raise reading.dropped
            reading.point = point
            reading.done += 1

        return reads

    def cancel(self, tab: str) -> None:
        """Whatever the page reads is dropped."""
        with self._lock:
            for (of, _kind), reading in self._present.items():
                if of == tab:
                    reading.dropped = reading.dropped or CancelledError

    def words(self, site: Site, tab: str) -> str:
        """What the picture of a page waits for: Reading B101 Room pressure, 3 of 20."""
        with self._lock:
            reading = self._present.get((tab, "figure"))
        point = site.points.get(reading.point) if reading else None
        if reading is None or point is None:
            return _("Reading the history")
        what = f"{point.room} {formats.what(point)}"
        return _("Reading {what}, {n} of {all}", what=what, n=reading.done, all=reading.of)
