"""What can be wrong with the causes in a site file whose shape is right."""

from collections.abc import Collection, Iterator

from facility.language import _
from facility.site_causes import CauseEntry, WhichEntry
from facility.site_errors import not_described
from facility.site_limits import Mistake
from facility.site_yaml import Path


def cause_mistakes(causes: list[CauseEntry], rooms: Collection[str], points: Collection[str]) -> Iterator[Mistake]:
    """Rules that speak of what is not described, or of no alarm in particular."""
    seen: set[str] = set()
    for index, entry in enumerate(causes):
        place: Path = ("causes", index)
        if entry.id in seen:
            yield (*place, "id"), _("there are two causes {id}; give each an id of its own", id=entry.id)
        seen.add(entry.id)
        for key, which in (("alarm", entry.alarm), ("explains", entry.explains)):
            yield from which_mistakes((*place, key), which, rooms, points)


def which_mistakes(
    place: Path, which: WhichEntry, rooms: Collection[str], points: Collection[str]
) -> Iterator[Mistake]:
    """What is wrong with the alarms that a rule speaks of."""
    if not which.model_fields_set:
        yield place, _("every alarm of the site; say which, by rooms, points, quantities or conditions")
    for noun, names, known in (("room", which.rooms, rooms), ("point", which.points, points)):
        for number, name in enumerate(names or ()):
            if name not in known:
                yield (*place, f"{noun}s", number), not_described(noun, name, known)
