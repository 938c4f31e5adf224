"""The shape of a site file: its keys, and what each may hold. `docs/site-file.md` explains every one of them."""

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from facility.instants import Span
from facility.limit import RoomState
from facility.quantities import Quantity
from facility.retention import FEWEST_BATCH_YEARS
from facility.site import Grade
from facility.site_errors import did_you_mean, quoted
from facility.site_words import UNITS
from facility.standards.defaults import Standard

OUTSIDE = "outside"
NEVER = "never"

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(ms|s|min|h|d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HALF = 0.5


def _duration(text: object) -> Span:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"{quoted(text)} is no duration; write a number and ms, s, min, h or d, like 30 s or 10 min")
    return round(float(found[1]) * UNITS[found[2]])


def _longer_than_nothing(span: Span) -> Span:
    if span <= 0:
        raise ValueError("must be longer than nothing, like 60 s")
    return span


def _silence(text: object) -> Span | None:
    return None if text == NEVER else _longer_than_nothing(_duration(text))


def _date(text: object) -> date:
    try:
        return date.fromisoformat(text if isinstance(text, str) and _DATE.fullmatch(text) else "")
    except ValueError:
        raise ValueError(f"{quoted(text)} is no date; write year-month-day, like 2027-03-14") from None


def _id(text: str) -> str:
    if not _ID.fullmatch(text) or text == OUTSIDE:
        raise ValueError(f"{quoted(text)} is no id; use up to 40 letters, digits, '.', '-' and '_', like B101.DP1")
    return text


def _timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = did_you_mean(text[:60], available_timezones())
        raise ValueError(f"unknown time zone {quoted(text)}; write one like Europe/Zurich{near}") from None


def _half_steps(number: float) -> float:
    if number % _HALF:
        raise ValueError(f"there is no ISO class {number:g}; classes go in steps of 0.5")
    return number


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Duration = Annotated[int, BeforeValidator(_duration)]
Interval = Annotated[int, BeforeValidator(_duration), AfterValidator(_longer_than_nothing)]
Silence = Annotated[int | None, BeforeValidator(_silence)]
IsoDate = Annotated[date, BeforeValidator(_date)]
Timezone = Annotated[str, AfterValidator(_timezone)]
IsoNumber = Annotated[float, Field(ge=1, le=9), AfterValidator(_half_steps)]


class Entry(BaseModel):
    """A group of keys; any other key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitEntry(Entry):
    severity: Literal["alert", "action"]
    low: Number | None = None
    high: Number | None = None
    reached: bool = False
    on_delay: Duration = 0
    off_delay: Duration = 0
    deadband: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    consecutive: Annotated[int, Field(ge=1, le=100)] = 1
    room_states: Annotated[list[RoomState], Field(min_length=1)] = list(RoomState)
    rationale: Text | None = None
    standard_does_not_apply: Text | None = None


class PointEntry(Entry):
    id: Id | None = None
    name: Name | None = None
    quantity: Quantity
    size: Annotated[float, Field(ge=0.1, le=100, allow_inf_nan=False)] | None = None
    against: Name | None = None
    limit_set: Name | None = None
    limits: list[LimitEntry] = []


class InstrumentEntry(Entry):
    id: Id
    name: Name
    serial: Name | None = None
    calibration_due: IsoDate | None = None
    interval: Interval
    nominal_volume: Positive | None = None
    silent_after: Silence = None
    fault_severity: Literal["alert", "action"] | None = None
    points: Annotated[list[PointEntry], Field(min_length=1)]


class PlanEntry(Entry):
    x: Number
    y: Number
    width: Positive
    height: Positive


class RoomEntry(Entry):
    id: Id
    name: Name
    area: Name | None = None
    grade: Grade | None = None
    iso_class: IsoNumber | None = None
    standards: Annotated[list[Standard], Field(min_length=1)] | None = None
    inside: Name | None = None
    plan: PlanEntry
    instruments: list[InstrumentEntry] = []


class DoorEntry(Entry):
    between: Annotated[list[Name], Field(min_length=2, max_length=2)]


class AreaEntry(Entry):
    id: Id
    name: Name


class StationEntry(Entry):
    id: Id
    areas: Annotated[list[Name], Field(min_length=1)] | None = None
    sources: Annotated[list[Id], Field(min_length=1)] | None = None


class RetentionEntry(Entry):
    years: Annotated[int, Field(ge=1, le=100)]
    batch_years: Annotated[int, Field(ge=FEWEST_BATCH_YEARS, le=100)]
    why: Text


class SiteEntry(Entry):
    id: Id
    name: Name
    timezone: Timezone
    simulated: bool = False
    retention: RetentionEntry | None = None
    areas: Annotated[list[AreaEntry], Field(min_length=1)]
    stations: Annotated[list[StationEntry], Field(min_length=1)] | None = None
    limit_sets: dict[Name, list[LimitEntry]] = {}
    rooms: Annotated[list[RoomEntry], Field(min_length=1)]
    doors: list[DoorEntry] = []
