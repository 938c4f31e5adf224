"""Operations about what is watched: the site, its rooms and its points, as they are now."""

from collections.abc import Iterator

from pydantic import Field

from app.api.kinds import Time, Word
from app.api.operation import Answer, Asked, Operation
from app.api.refusing import not_there
from app.context import AppContext
from app.live.look import Look, PointLook
from facility.instants import SECOND
from facility.limit import Limit, RoomState, Severity, Side
from facility.quantities import Quantity
from facility.roles import Right
from facility.site import Grade, IsoClass, Point, Room


class AreaAnswer(Answer):
    id: str
    name: str


class SiteAnswer(Answer):
    id: str
    name: str
    timezone: str
    simulated: bool = Field(description="Are its data made by a simulator?")
    areas: list[AreaAnswer]
    rooms: int
    points: int
    title: str = Field(description="How it stands, in words.")
    status: str


class RoomAnswer(Answer):
    id: str
    name: str
    area: str
    inside: str | None = Field(description="The room that this is a zone of.")
    grade: Grade | None
    iso_class: float | None
    state: str | None = Field(description="The room state, in words; it selects the limits.")
    status: str = Field(description="Of its worst point.")
    word: str


class RoomsAnswer(Answer):
    rooms: list[RoomAnswer]


class LimitAnswer(Answer):
    severity: str
    side: Side
    operator: str
    value: float
    on_delay_seconds: float
    off_delay_seconds: float
    deadband: float
    room_states: list[RoomState]
    source: str
    rationale: str
    standard_does_not_apply: str = Field(description="Why it may be looser than the standard's; empty where not.")


class NewestAnswer(Answer):
    time: Time
    value: float | None
    validity: str
    reasons: list[str] = Field(description="Why it is not simply valid.")
    age_seconds: float
    too_old: bool = Field(description="Is it too old to be shown as the present value?")


class PointAnswer(Answer):
    id: str
    name: str
    room: str
    instrument: str
    quantity: Quantity
    unit: str
    size: float | None = Field(description="Particle size in µm: that size and larger.")
    status: str
    word: str
    newest: NewestAnswer | None
    limits: list[LimitAnswer]


class PointsAnswer(Answer):
    points: list[PointAnswer]


class PointsAsked(Asked):
    room: list[Word] = Field(default=[], max_length=100, description="Only points of these rooms.")


class PointAsked(Asked):
    point: Word = Field(description="The id of a point: B101.DP1.")


def _site(context: AppContext, _asked: Asked) -> SiteAnswer:
    site, look = context.site(), context.look()
    return SiteAnswer(
        id=site.id,
        name=site.name,
        timezone=site.timezone,
        simulated=site.simulated,
        areas=[AreaAnswer(id=area.id, name=area.name) for area in site.areas],
        rooms=len(site.rooms),
        points=len(site.points),
        title=look.site.title if look.site else "",
        status=look.site.status if look.site else "nodata",
    )


def _rooms(context: AppContext, _asked: Asked) -> RoomsAnswer:
    look = context.look()
    return RoomsAnswer(rooms=[_room(room, look) for room in context.site().rooms.values()])


def _room(room: Room, look: Look) -> RoomAnswer:
    seen = look.rooms.get(room.id)
    return RoomAnswer(
        id=room.id,
        name=room.name,
        area=room.area,
        inside=room.inside,
        grade=room.classification if isinstance(room.classification, Grade) else None,
        iso_class=room.classification.number if isinstance(room.classification, IsoClass) else None,
        state=(seen.state.lower() or None) if seen else None,
        status=seen.status if seen else "nodata",
        word=seen.word if seen else "NO DATA",
    )


def _points(context: AppContext, asked: PointsAsked) -> PointsAnswer:
    look = context.look()
    wanted = (point for point in context.site().points.values() if not asked.room or point.room in asked.room)
    return PointsAnswer(points=[_point(point, look) for point in wanted])


def _one_point(context: AppContext, asked: PointAsked) -> PointAnswer:
    point = context.site().points.get(asked.point)
    return _point(point, context.look()) if point else not_there("point", asked.point)


def _point(point: Point, look: Look) -> PointAnswer:
    seen = look.points.get(point.id)
    return PointAnswer(
        id=point.id,
        name=point.name,
        room=point.room,
        instrument=point.instrument,
        quantity=point.quantity,
        unit=point.unit,
        size=point.size,
        status=seen.status if seen else "nodata",
        word=seen.word if seen else "NO READING YET",
        newest=_newest(seen, look) if seen else None,
        limits=list(_limits(point.limits)),
    )


def _newest(seen: PointLook, look: Look) -> NewestAnswer | None:
    if seen.time is None:
        return None
    validity, *reasons = seen.validity.split(", ")
    return NewestAnswer(
        time=seen.time,
        value=seen.number,
        validity=validity,
        reasons=reasons,
        age_seconds=max(0, look.now - seen.time) / SECOND,
        too_old=seen.until is not None and look.now > seen.until,
    )


def _limits(limits: tuple[Limit, ...]) -> Iterator[LimitAnswer]:
    for limit in limits:
        yield LimitAnswer(
            severity=Severity(limit.severity).name.lower(),
            side=limit.side,
            operator=limit.operator,
            value=limit.value,
            on_delay_seconds=limit.on_delay / SECOND,
            off_delay_seconds=limit.off_delay / SECOND,
            deadband=limit.deadband,
            room_states=sorted(limit.room_states),
            source=limit.source,
            rationale=limit.rationale,
            standard_does_not_apply=limit.exempt,
        )


OPERATIONS = (
    Operation("site", "GET", "/site", Right.LOOK, "The site, and how it stands now", _site, SiteAnswer),
    Operation("rooms", "GET", "/rooms", Right.LOOK, "Every room, with its state and status", _rooms, RoomsAnswer),
    Operation(
        "points",
        "GET",
        "/points",
        Right.LOOK,
        "Every point, with its newest value and its limits",
        _points,
        PointsAnswer,
        PointsAsked,
    ),
    Operation(
        "point",
        "GET",
        "/points/{point}",
        Right.LOOK,
        "One point, with its newest value and its limits",
        _one_point,
        PointAnswer,
        PointAsked,
    ),
)
