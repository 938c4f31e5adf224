"""What levels are asked for: which points, when, in which room state, and what is left out and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.formats import what
from facility.instants import Instant
from facility.language import _
from facility.levels.units import Unit
from facility.limit import Limit, RoomState, Severity, Side
from facility.quantities import Quantity
from facility.site import Point, Site

NOT_POOLED = frozenset({Quantity.PARTICLES, Quantity.VIABLE_AIR})
"""Of these, data at rest and in operation are of two kinds: a level is of one room state."""


class QuestionError(ValueError):
    """This cannot be asked; says what would be right."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A stretch of time of one point (or of all that are asked about) that is left out, its end included.

    Its readings stay in the store. `reason` is the assigned cause; `by` says who or what assigned it.
    """

    start: Instant
    end: Instant
    reason: str
    by: str
    point: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Points that are alike, from `start` until before `end`, in one room state (None for all of them)."""

    points: tuple[str, ...]
    side: Side
    start: Instant
    end: Instant
    state: RoomState | None
    unit: Unit
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def states(self) -> frozenset[RoomState]:
        """The room states for which the level would be."""
        return frozenset(RoomState) if self.state is None else frozenset({self.state})


def checked(site: Site, question: Question) -> Question:
    """The question, where it can be asked. Raises QuestionError."""
    if not question.points:
        raise QuestionError(_("Choose a point."))
    if missing := [point for point in question.points if point not in site.points]:
        raise QuestionError(_("Not in the site file: {listed}.", listed=", ".join(missing)))
    if question.start >= question.end:
        raise QuestionError(_("The period ends before it begins."))
    first = site.points[question.points[0]]
    if question.state is None and first.quantity in NOT_POOLED:
        raise QuestionError(_("Choose a room state: data at rest and in operation are not pooled."))
    for other in question.points[1:]:
        if not are_alike(site, first, site.points[other], question.side, question.states):
            raise QuestionError(_("{other} is not like {id}: pool like with like.", other=other, id=first.id))
    for exclusion in question.exclusions:
        if not exclusion.reason.strip():
            raise QuestionError(_("What is left out needs an assigned cause."))
        if exclusion.start > exclusion.end:
            raise QuestionError(_("An excluded stretch ends before it begins."))
    return question


def alike(site: Site, point: Point, side: Side, states: frozenset[RoomState], room: str | None = None) -> list[Point]:
    """The points that may be pooled with one, itself among them; of one room or of the whole site."""
    found = (other for other in site.points.values() if room in (None, other.room))
    return [other for other in found if are_alike(site, point, other, side, states)]


def are_alike(site: Site, one: Point, other: Point, side: Side, states: frozenset[RoomState]) -> bool:
    """Same quantity and size, same grade or class, and the same action limit in these states."""
    return (
        (one.quantity, one.size) == (other.quantity, other.size)
        and site.rooms[one.room].classification == site.rooms[other.room].classification
        and action_limit(one, side, states) == action_limit(other, side, states)
    )


def action_limit(point: Point, side: Side, states: frozenset[RoomState]) -> float | None:
    """The value of the strictest action limit in force in any of these room states."""
    strictest = strictest_of(point.limits, Severity.ACTION, side, states)
    return strictest.value if strictest else None


def strictest_of(
    limits: Sequence[Limit], severity: Severity, side: Side, states: frozenset[RoomState]
) -> Limit | None:
    """The strictest limit of a kind that holds in any of these room states."""
    strictest: Limit | None = None
    for limit in limits:
        kind = limit.severity is severity and limit.side is side and limit.room_states & states
        if kind and (strictest is None or limit.is_stricter_than(strictest)):
            strictest = limit
    return strictest


def subject(site: Site, question: Question) -> str:
    """What it is about, in words: B101 particles ≥ 0.5 µm, in operation."""
    first = site.points[question.points[0]]
    others = " " + _("and {n} alike", n=len(question.points) - 1) if len(question.points) > 1 else ""
    state = _(question.state) if question.state else _("all room states")
    return f"{first.room} {what(first)}{others}, {state}"
