"""What can be wrong with the causes in a site file whose shape is right."""

from collections.abc import Collection, Iterator

from facility.site_causes import CauseEntry, WhichEntry
from facility.site_errors import did_you_mean
from facility.site_limits import Mistake
from facility.site_yaml import Path


def cause_mistakes(causes: list[CauseEntry], rooms: Collection[str], points: Collection[str]) -> Iterator[Mistake]:
    """Rules that speak of what is not described, or of no alarm in particular."""
    seen: set[str] = set()
    for index, entry in enumerate(causes):
        place: Path = ("causes", index)
        if entry.id in seen:
            yield (*place, "id"), f"there are two causes {entry.id}; give each an id of its own"
        seen.add(entry.id)
        for key, which in (("alarm", entry.alarm), ("explains", entry.explains)):
            yield from which_mistakes((*place, key), which, rooms, points)


def which_mistakes(
    place: Path, which: WhichEntry, rooms: Collection[str], points: Collection[str]
) -> Iterator[Mistake]:
    """What is wrong with the alarms that a rule speaks of."""
    if not which.model_fields_set:
        yield place, "every alarm of the site; say which, by rooms, points, quantities or conditions"
    for noun, names, known in (("room", which.rooms, rooms), ("point", which.points, points)):
        for number, name in enumerate(names or ()):
            if name not in known:
                near = did_you_mean(name, known)
                yield (*place, f"{noun}s", number), f"{noun} {name} is not described{near}"
