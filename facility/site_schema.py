"""The shape of a site file: its keys, and what each may hold. `docs/site-file.md` explains every one of them."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from facility.instants import DAY
from facility.language import ENGLISH
from facility.limit import Each, RoomState, Rule
from facility.quantities import Quantity
from facility.retention import FEWEST_BATCH_YEARS
from facility.site import Grade
from facility.site_causes import CauseEntry, GroupingEntry
from facility.site_conditions import ConditionsEntry
from facility.site_on_call import OnCallEntry
from facility.site_rules import rule_of
from facility.site_suppressions import SuppressionEntry
from facility.site_values import (
    Duration,
    Entry,
    Id,
    Interval,
    IsoDate,
    IsoNumber,
    Language,
    Name,
    Number,
    Positive,
    Silence,
    Text,
    Timezone,
)
from facility.standards.defaults import Standard


class LimitEntry(Entry):
    severity: Literal["alert", "action"]
    low: Number | None = None
    high: Number | None = None
    reached: bool = False
    on_delay: Duration = 0
    off_delay: Duration = 0
    deadband: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    rule: Annotated[Rule, BeforeValidator(rule_of)] = Each()
    at_once: Number | None = None
    latched: bool = False
    room_states: Annotated[list[RoomState], Field(min_length=1)] = list(RoomState)
    rationale: Text | None = None
    response: Text | None = None
    standard_does_not_apply: Text | None = None


class PointEntry(Entry):
    id: Id | None = None
    name: Name | None = None
    quantity: Quantity
    size: Annotated[float, Field(ge=0.1, le=100, allow_inf_nan=False)] | None = None
    against: Name | None = None
    limit_set: Name | None = None
    limits: list[LimitEntry] = []
    conditions: ConditionsEntry = ConditionsEntry()


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
    response: Text | None = None
    state_unknown_after: Silence = DAY
    plan: PlanEntry | None = None
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
    language: Language = ENGLISH
    simulated: bool = False
    retention: RetentionEntry | None = None
    areas: Annotated[list[AreaEntry], Field(min_length=1)]
    stations: Annotated[list[StationEntry], Field(min_length=1)] | None = None
    limit_sets: dict[Name, list[LimitEntry]] = {}
    rooms: Annotated[list[RoomEntry], Field(min_length=1)]
    doors: list[DoorEntry] = []
    drawings: dict[Name, str] = {}
    on_call: OnCallEntry | None = None
    causes: list[CauseEntry] = []
    suppressions: list[SuppressionEntry] = []
    excursions: GroupingEntry | None = None
