"""Operations about stored readings: each of them, or the lowest and highest of equal stretches."""

import math
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from app.api.kinds import Moment, Time, Word
from app.api.operation import Answer, Asked, Operation
from app.api.refusing import not_there, ordered
from app.context import AppContext
from app.csrf import API
from facility.instants import DAY, Instant, Span, text_of
from facility.reading import validity_of, words_of
from facility.roles import Right

LONGEST_RAW: Span = 366 * DAY
LONGEST_ENVELOPE: Span = 20 * 366 * DAY
STEP: Span = 7 * DAY
"""So much is read at a time, until a page is full."""


class ReadingAnswer(Answer):
    time: Time = Field(description="End of the sample, by the instrument's clock.")
    value: float | None
    validity: str
    reasons: list[str]
    received: Time
    sequence: int | None = Field(description="The sender's number of the message.")
    count: int | None = Field(description="Raw particles or colonies behind the value.")
    volume: float | None = Field(description="Litres of the sample.")


class ReadingsAnswer(Answer):
    point: str
    unit: str
    readings: list[ReadingAnswer]
    next: str | None = Field(description="Where the next page is; none after the last.")


class ReadingsAsked(Asked):
    point: Word = Field(description="The id of a point: B101.DP1.")
    start: Moment = Field(description="From this moment on.")
    end: Moment = Field(description="Up to this moment, itself excluded; at most 366 days later.")
    limit: int = Field(default=1000, ge=1, le=10_000, description="How many at most on one page.")


class StretchAnswer(Answer):
    point: str
    start: Time
    min: float | None = Field(description="Over valid and suspect readings.")
    mean: float | None
    max: float | None
    n: int = Field(description="All readings.")
    judged: int = Field(description="Valid and suspect ones.")
    valid: int


class EnvelopeAnswer(Answer):
    stretches: list[StretchAnswer] = Field(description="By point and time; one without readings is left out.")


class EnvelopeAsked(Asked):
    point: list[Word] = Field(min_length=1, max_length=20, description="Ids of points.")
    start: Moment = Field(description="From this moment on.")
    end: Moment = Field(description="Up to this moment, itself excluded.")
    buckets: int = Field(default=300, ge=1, le=2000, description="Into how many equal stretches to divide it.")


def _readings(context: AppContext, asked: ReadingsAsked) -> ReadingsAnswer:
    point = context.site().points.get(asked.point)
    if point is None:
        not_there("point", asked.point)
    ordered(asked.start, asked.end, LONGEST_RAW)
    found: list[ReadingAnswer] = []
    at = asked.start
    while at < asked.end and len(found) <= asked.limit:
        until = min(at + STEP, asked.end)
        frame = context.samples.raw(point.id, at, until).head(asked.limit + 1 - len(found))
        found += [_reading(*row) for row in frame[list(_COLUMNS)].itertuples(index=False)]
        at = until
    more = found[asked.limit :]
    onwards = _next(point.id, more[0].time, asked) if more else None
    return ReadingsAnswer(point=point.id, unit=point.unit, readings=found[: asked.limit], next=onwards)


_COLUMNS = ("time", "value", "reasons", "received", "sequence", "count", "volume")


def _reading(
    time: int, value: float, reasons: int, received: int, sequence: float, count: float, volume: float
) -> ReadingAnswer:
    return ReadingAnswer(
        time=int(time),
        value=_number(value),
        validity=validity_of(int(reasons)).name.lower(),
        reasons=list(words_of(int(reasons))),
        received=int(received),
        sequence=_whole(sequence),
        count=_whole(count),
        volume=_number(volume),
    )


def _next(point: str, start: Instant, asked: ReadingsAsked) -> str:
    query = {"start": text_of(start), "end": text_of(asked.end), "limit": asked.limit}
    return f"{API}points/{point}/readings?{urlencode(query)}"


def _envelope(context: AppContext, asked: EnvelopeAsked) -> EnvelopeAnswer:
    known = context.site().points
    for id in asked.point:
        if id not in known:
            not_there("point", id)
    ordered(asked.start, asked.end, LONGEST_ENVELOPE)
    points = list(dict.fromkeys(asked.point))
    frame = context.samples.envelope(points, asked.start, asked.end, asked.buckets)
    return EnvelopeAnswer(stretches=[_stretch(row) for row in frame.to_dict("records")])


def _stretch(row: dict[Any, Any]) -> StretchAnswer:
    return StretchAnswer(
        point=str(row["point"]),
        start=int(row["start"]),
        min=_number(row["min"]),
        mean=_number(row["mean"]),
        max=_number(row["max"]),
        n=int(row["n"]),
        judged=int(row["judged"]),
        valid=int(row["valid"]),
    )


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _whole(value: float) -> int | None:
    return int(value) if math.isfinite(value) else None


OPERATIONS = (
    Operation(
        "readings",
        "GET",
        "/points/{point}/readings",
        Right.LOOK,
        "Every reading of one point in a stretch of time",
        _readings,
        ReadingsAnswer,
        ReadingsAsked,
    ),
    Operation(
        "envelope",
        "GET",
        "/envelope",
        Right.LOOK,
        "Lowest, mean and highest of points in equal stretches of time",
        _envelope,
        EnvelopeAnswer,
        EnvelopeAsked,
    ),
)
