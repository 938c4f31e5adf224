"""What can be wrong with the suppressions in a site file whose shape is right."""

from collections.abc import Collection, Iterator

from facility.language import _
from facility.site_cause_checks import which_mistakes
from facility.site_limits import Mistake
from facility.site_suppressions import SuppressionEntry
from facility.site_yaml import Path


def suppression_mistakes(
    entries: list[SuppressionEntry], rooms: Collection[str], points: Collection[str]
) -> Iterator[Mistake]:
    """Rules that speak of what is not described, or of every alarm."""
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        place: Path = ("suppressions", index)
        if entry.id in seen:
            yield (*place, "id"), _("there are two suppressions {id}; give each an id of its own", id=entry.id)
        seen.add(entry.id)
        yield from which_mistakes((*place, "alarms"), entry.alarms, rooms, points)
