"""What stands below the plots: alarms from the records, room states and batches, as bands over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import formats
from facility.alarm import DOUBTED, Alarm
from facility.instants import Instant
from facility.limit import RoomState
from facility.site import Point
from storage.records.batches import Run

WORDS = {
    RoomState.IN_OPERATION: "in operation",
    RoomState.AT_REST: "at rest",
    RoomState.CLEANING: "cleaning",
    RoomState.NOT_IN_USE: "not in use",
}


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time with its kind (which the figure gives a look), a short text, and all the facts."""

    start: Instant
    end: Instant
    kind: str
    text: str
    facts: str


@dataclass(frozen=True, slots=True)
class BandRow:
    """Bands of one kind in one row, earlier ones first, worse ones on top."""

    label: str
    bands: tuple[Band, ...]


def alarm_bands(
    alarms: Sequence[Alarm],
    points: Mapping[str, Point],
    start: Instant,
    end: Instant,
    timezone: str,
    names: Mapping[str, str],
) -> tuple[Band, ...]:
    """Each alarm from its onset until it returned, or until the end while it stands; the worst drawn last."""
    bands = []
    for alarm in sorted(alarms, key=lambda alarm: (_rank(alarm), alarm.onset)):
        point = points[alarm.point]
        until = end if alarm.returned is None else alarm.returned
        bands.append(
            Band(
                max(alarm.onset, start),
                min(until, end),
                _kind(alarm),
                "?" if _is_silent(alarm) else "",
                _facts(alarm, point, timezone, names),
            )
        )
    return tuple(bands)


def state_bands(
    stretches: Sequence[tuple[Instant, Instant, RoomState | None]], room: str, timezone: str
) -> tuple[Band, ...]:
    """Room states; where the state is unknown there is no band."""
    return tuple(
        Band(begin, end, state.value, WORDS[state], f"{room} {state.value}, {_from_to(begin, end, timezone)}")
        for begin, end, state in stretches
        if state is not None
    )


def batch_bands(runs: Sequence[Run], start: Instant, end: Instant, timezone: str) -> tuple[Band, ...]:
    """Each run of a batch."""
    return tuple(
        Band(
            max(run.start, start),
            min(end if run.end is None else run.end, end),
            "batch",
            run.batch,
            f"Batch {run.batch} in {run.room}, {_from_to(run.start, run.end, timezone)}",
        )
        for run in runs
    )


def _is_silent(alarm: Alarm) -> bool:
    return alarm.condition in DOUBTED


def _kind(alarm: Alarm) -> str:
    return "nodata" if _is_silent(alarm) else alarm.severity.name.lower()


def _rank(alarm: Alarm) -> tuple[bool, int]:
    return (not _is_silent(alarm), int(alarm.severity))


def _facts(alarm: Alarm, point: Point, timezone: str, names: Mapping[str, str]) -> str:
    severity = formats.sentence(alarm.severity.name.lower())
    what = f"{point.room} {formats.what(point)}"
    lines = [f"<b>{severity}, {alarm.condition}</b>, {what}", _from_to(alarm.onset, alarm.returned, timezone)]
    if alarm.worst is not None:
        lines.append(f"worst {formats.with_unit(alarm.worst, point.quantity)}")
    answer = alarm.acknowledgements[-1].by if alarm.acknowledgements else None
    lines.append(f"acknowledged by {escaped(names.get(answer, answer))}" if answer else "not acknowledged")
    return "<br>".join(lines)


def _from_to(start: Instant, end: Instant | None, timezone: str) -> str:
    begin = f"{formats.date(start, timezone)} {formats.hour_minute(start, timezone)}"
    if end is None:
        return f"since {begin}"
    same_day = formats.date(start, timezone) == formats.date(end, timezone)
    finish = formats.hour_minute(end, timezone) if same_day else formats.moment(end, timezone, start)
    return f"{begin} to {finish}, {formats.age(end - start)}"


def escaped(text: str) -> str:
    """For the plotting library's labels, which understand some tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
