"""The excursions that an alarm may join or be in, found by their alarms and by where they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from alerts.rooms import around
from facility.excursion import Excursion, Move
from facility.site import Site

Rooms = frozenset[str]
Areas = frozenset[str]


class KnownExcursions(Mapping[str, Excursion]):
    """By their id. Taking up one that has changed costs as much as has changed of it."""

    def __init__(self, site: Site, excursions: Iterable[Excursion] = ()) -> None:
        self.site = site
        self._by_id: dict[str, Excursion] = {}
        self._homes: dict[str, str] = {}
        self._places = Places(site)
        for excursion in excursions:
            self.recall(excursion)

    def __getitem__(self, id: str) -> Excursion:
        return self._by_id[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def home(self, alarm: str) -> str | None:
        """The excursion that an alarm is in."""
        return self._homes.get(alarm)

    def near(self, rooms: Collection[str]) -> tuple[set[str], set[str]]:
        """The excursions in one of these rooms, zones and all, and those in one of their areas."""
        return self._places.near(rooms)

    def recall(self, excursion: Excursion) -> None:
        """Know one more, with its alarms."""
        self.put(excursion)
        if excursion.merged_into is None:
            self._homes.update(dict.fromkeys(excursion.alarms, excursion.id))

    def move(self, moves: Iterable[Move]) -> None:
        """Alarms have moved."""
        self._homes.update((move.alarm, move.excursion) for move in moves)

    def put(self, excursion: Excursion) -> None:
        """One is now like this."""
        before = self._by_id.get(excursion.id)
        self._by_id[excursion.id] = excursion
        self._places.move(excursion.id, _rooms(before), _rooms(excursion))

    def forget(self, id: str) -> None:
        """No alarm can join it any more."""
        excursion = self._by_id.pop(id)
        self._places.move(id, _rooms(excursion), frozenset())
        for alarm in excursion.alarms:
            if self._homes.get(alarm) == id:
                del self._homes[alarm]


class Places:
    """Which excursions are in which rooms and areas."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rooms: dict[str, set[str]] = defaultdict(set)
        self._areas: dict[str, set[str]] = defaultdict(set)

    def near(self, rooms: Collection[str]) -> tuple[set[str], set[str]]:
        """Those in one of these rooms, zones and all, and those in one of their areas."""
        in_rooms = (self._rooms.get(room, ()) for room in self._outermost(rooms))
        in_areas = (self._areas.get(area, ()) for area in self._in(rooms))
        return set().union(*in_rooms), set().union(*in_areas)

    def move(self, id: str, before: Rooms, after: Rooms) -> None:
        """One was in these rooms, and is in those."""
        if before == after:
            return
        for places, old, new in (
            (self._rooms, self._outermost(before), self._outermost(after)),
            (self._areas, self._in(before), self._in(after)),
        ):
            for place in old - new:
                places[place].discard(id)
            for place in new - old:
                places[place].add(id)

    def _outermost(self, rooms: Collection[str]) -> Rooms:
        """Rooms, or those that zones are inside of."""
        site = self._site
        return frozenset(around(site, room)[-1] if room in site.rooms else room for room in rooms)

    def _in(self, rooms: Collection[str]) -> Areas:
        return frozenset(self._site.rooms[room].area for room in rooms if room in self._site.rooms)


def _rooms(excursion: Excursion | None) -> Rooms:
    if excursion is None or excursion.merged_into is not None:
        return frozenset()
    return excursion.extent.rooms
