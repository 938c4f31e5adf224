"""What stands below the plots: alarms from the records, room states and batches, as bands over time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from app import formats
from facility.alarm import DOUBTED, Alarm
from facility.instants import Instant, Span
from facility.language import _, _n
from facility.limit import RoomState
from facility.site import Point
from storage.records.batches import Run

LEAST_BAND = 0.004
"""The part of the range that an alarm takes at least, so that one of a minute is seen in a month."""
NARROW = 0.002
"""Part of the range: shorter states and batches that follow one another are one band, and a limit is drawn across
shorter pauses; on a laptop it is 2 pixels."""
MIXED = "mixed"

T = TypeVar("T")


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
    """Each alarm from its onset until it returned, or until the end while it stands; the worst drawn last.

    Alarms of one look that would be drawn over one another are one band.
    """
    least = round(LEAST_BAND * (end - start))
    bands = []
    for _look, alike in groupby(sorted(alarms, key=lambda alarm: (_rank(alarm), alarm.onset)), _rank):
        stretches = [
            (max(alarm.onset, start), min(end if alarm.returned is None else alarm.returned, end), alarm)
            for alarm in alike
        ]
        for begin, finish, group in _together(stretches, least, least):
            worst = group[0]
            facts = (
                _facts(worst, points[worst.point], timezone, names)
                if len(group) == 1
                else _several(_n("{n} alarm", "{n} alarms", len(group), n=len(group)), begin, finish, timezone)
            )
            bands.append(Band(begin, finish, _kind(worst), "?" if _is_silent(worst) else "", facts))
    return tuple(bands)


def state_bands(
    stretches: Sequence[tuple[Instant, Instant, RoomState | None]], room: str, timezone: str
) -> tuple[Band, ...]:
    """Room states; where the state is unknown there is no band. Many short ones are one band that says so."""
    known = [(begin, end, state) for begin, end, state in stretches if state is not None]
    least = round(NARROW * (stretches[-1][1] - stretches[0][0])) if stretches else 0
    bands = []
    for begin, end, group in _together(known, least, 0):
        if len(group) == 1:
            state = group[0]
            facts = f"{room} {_(state)}, {_from_to(begin, end, timezone)}"
            bands.append(Band(begin, end, state.value, _(state), facts))
        else:
            words = _("{room}: {n} states", room=room, n=formats.decimal(len(group), 0))
            bands.append(Band(begin, end, MIXED, _("changes often"), _several(words, begin, end, timezone)))
    return tuple(bands)


def batch_bands(runs: Sequence[Run], start: Instant, end: Instant, timezone: str) -> tuple[Band, ...]:
    """Each run of a batch; many short ones are one band that says so."""
    least = round(NARROW * (end - start))
    stretches = [
        (max(run.start, start), min(end if run.end is None else run.end, end), run)
        for run in sorted(runs, key=lambda run: run.start)
    ]
    bands = []
    for begin, finish, group in _together(stretches, least, 2 * least):
        if len(group) == 1:
            run = group[0]
            what = _("Batch {batch} in {room}", batch=run.batch, room=run.room)
            facts = f"{what}, {_from_to(run.start, run.end, timezone)}"
            bands.append(Band(begin, finish, "batch", run.batch, facts))
        else:
            words = _n("{n} batch", "{n} batches", len(group), n=formats.decimal(len(group), 0))
            bands.append(Band(begin, finish, MIXED, words, _several(words, begin, finish, timezone)))
    return tuple(bands)


def _together(
    stretches: Iterable[tuple[Instant, Instant, T]], short: Span, apart: Span
) -> list[tuple[Instant, Instant, list[T]]]:
    """Stretches in order of time; those that are short, and not farther apart than this, come together as one."""
    found: list[tuple[Instant, Instant, list[T]]] = []
    open_group = False
    for begin, end, what in stretches:
        is_short = end - begin < short
        if open_group and is_short and begin <= found[-1][1] + apart:
            first, last, group = found.pop()
            found.append((first, max(last, end), [*group, what]))
        else:
            found.append((begin, end, [what]))
        open_group = is_short
    return found


def _several(words: str, start: Instant, end: Instant, timezone: str) -> str:
    zoom = _("Zoom in to see each of them.")
    return f"<b>{words}</b><br>{_from_to(start, end, timezone)}<br>{zoom}"


def _is_silent(alarm: Alarm) -> bool:
    return alarm.condition in DOUBTED


def _kind(alarm: Alarm) -> str:
    return "nodata" if _is_silent(alarm) else alarm.severity.name.lower()


def _rank(alarm: Alarm) -> tuple[bool, int]:
    return (not _is_silent(alarm), int(alarm.severity))


def _facts(alarm: Alarm, point: Point, timezone: str, names: Mapping[str, str]) -> str:
    severity = formats.sentence(_(alarm.severity.name.lower()))
    what = f"{point.room} {formats.what(point)}"
    lines = [f"<b>{severity}, {_(alarm.condition)}</b>, {what}", _from_to(alarm.onset, alarm.returned, timezone)]
    if alarm.worst is not None:
        lines.append(_("worst {value}", value=formats.with_unit(alarm.worst, point.quantity)))
    answer = alarm.acknowledgements[-1].by if alarm.acknowledgements else None
    by = escaped(names.get(answer, answer)) if answer else ""
    lines.append(_("acknowledged by {name}", name=by) if answer else _("not acknowledged"))
    return "<br>".join(lines)


def _from_to(start: Instant, end: Instant | None, timezone: str) -> str:
    begin = f"{formats.date(start, timezone)} {formats.hour_minute(start, timezone)}"
    if end is None:
        return _("since {begin}", begin=begin)
    same_day = formats.date(start, timezone) == formats.date(end, timezone)
    finish = formats.hour_minute(end, timezone) if same_day else formats.moment(end, timezone, start)
    return _("{begin} to {finish}, {span}", begin=begin, finish=finish, span=formats.age(end - start))


def escaped(text: str) -> str:
    """For the plotting library's labels, which understand some tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
