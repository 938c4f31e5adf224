"""Excursions of the year before that are like one: in the same room, of the same point, of the same cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from facility.excursion import Excursion
from facility.instants import DAY, Span
from facility.language import N_
from storage.records.assessments import Assessment

MONTHS = 12
WITHIN: Span = 365 * DAY


class Alike(StrEnum):
    """What two excursions have in common, the nearest first."""

    CAUSE = N_("the same cause")
    POINT = N_("the same point and condition")
    ROOM = N_("the same room")


@dataclass(frozen=True, slots=True)
class Similar:
    """One of them, with what was judged of it."""

    excursion: Excursion
    alike: Alike
    assessment: Assessment | None


def similar(
    excursion: Excursion, cause: str, earlier: Sequence[Excursion], judged: Mapping[str, Assessment]
) -> list[Similar]:
    """Of earlier excursions those that are like this one, whose cause QA has named or not; the nearest kind first."""
    kinds = list(Alike)
    found = [
        Similar(one, alike, judged.get(one.number))
        for one in earlier
        if one.number != excursion.number and (alike := _alike(excursion, cause, one, judged.get(one.number)))
    ]
    return sorted(found, key=lambda one: (kinds.index(one.alike), -one.excursion.onset))


def _alike(excursion: Excursion, cause: str, other: Excursion, judged: Assessment | None) -> Alike | None:
    if cause and judged is not None and judged.assessed.cause.casefold() == cause.casefold():
        return Alike.CAUSE
    conditions = {(alarm.point, alarm.condition) for alarm in excursion.explained_by(None)}
    if any((alarm.point, alarm.condition) in conditions for alarm in other.alarms.values()):
        return Alike.POINT
    return Alike.ROOM if set(excursion.rooms) & set(other.rooms) else None
