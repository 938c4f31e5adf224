"""What the readings of a point say beside limits: faults, a frozen value, change that is too quick, a clock ahead."""

from collections.abc import Sequence
from math import isnan

import msgspec

from alerts.findings import Finding, Raised, Returned, Worsened
from alerts.rules import Worst
from facility.alarm import Condition
from facility.conditions import Conditions, Frozen, Invalid, Rate
from facility.instants import MINUTE, Instant, Span
from facility.limit import Severity
from facility.reading import INVALID_MASK, Reason

CLOCK_AHEAD = int(Reason.CLOCK_AHEAD)
OUT_OF_RANGE = int(Reason.OUT_OF_RANGE)
FAULT = INVALID_MASK & ~OUT_OF_RANGE

CLOCK_SETTLES: Span = 10 * MINUTE
"""So long after the last reading from the future a clock is taken to be right again."""


class Trouble(msgspec.Struct, frozen=True, array_like=True):
    """What is wrong at present, and what may become too much.

    `faulty_since` and `out_of_range` are the first invalid reading of either kind, `invalid` the newest invalid ones,
    as many as are too many, and `began` the newest two that followed a reading that may be judged. `ahead` is the
    newest reading of a clock that is ahead, `change` the largest of those that are too quick.
    """

    faulty_since: Instant | None = None
    out_of_range: Instant | None = None
    invalid: tuple[Instant, ...] = ()
    began: tuple[Instant, ...] = ()
    too_many: bool = False
    frozen: bool = False
    ahead: Instant | None = None
    change: float | None = None


NO_TROUBLE = Trouble()


class Still(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A value that does not move: what it was when it last moved, since when, and the newest reading that had it."""

    value: float
    since: Instant
    last: Instant


class Recent(msgspec.Struct, frozen=True, array_like=True):
    """The readings of a while that may be the highest or the lowest of it once those before them are too old."""

    highest: tuple[Worst, ...] = ()
    lowest: tuple[Worst, ...] = ()


NOTHING_RECENT = Recent()


def judge_invalid(
    conditions: Conditions, fault: Severity, trouble: Trouble, time: Instant, value: float, reasons: int
) -> tuple[Trouble, list[Finding]]:
    """After a reading that is not to be believed."""
    findings: list[Finding] = []
    faulty_since, out_of_range, began = trouble.faulty_since, trouble.out_of_range, trouble.began
    if faulty_since is None and out_of_range is None:
        began = (*began[-1:], time)
    if reasons & OUT_OF_RANGE and out_of_range is None:
        out_of_range = time
        read = None if isnan(value) else value
        findings.append(Raised(Condition.OUT_OF_RANGE, fault, onset=time, at=time, value=read))
    if (reasons & FAULT or not reasons & OUT_OF_RANGE) and faulty_since is None:
        faulty_since = time
        findings.append(Raised(Condition.INSTRUMENT_FAULT, fault, onset=time, at=time))
    invalid = conditions.invalid
    after = msgspec.structs.replace(
        trouble,
        faulty_since=faulty_since,
        out_of_range=out_of_range,
        began=began if invalid else (),
        invalid=(*trouble.invalid, time)[-invalid.readings :] if invalid else (),
    )
    return after, findings


def judge_valid(
    conditions: Conditions, fault: Severity, trouble: Trouble, time: Instant
) -> tuple[Trouble, list[Finding]]:
    """After a reading that may be believed: faults are over, unless they come and go."""
    if trouble == NO_TROUBLE:
        return trouble, []
    findings: list[Finding] = []
    if trouble.faulty_since is not None:
        findings.append(Returned(Condition.INSTRUMENT_FAULT, time))
    if trouble.out_of_range is not None:
        findings.append(Returned(Condition.OUT_OF_RANGE, time))
    trouble = msgspec.structs.replace(trouble, faulty_since=None, out_of_range=None)
    if conditions.invalid is None:
        if trouble.too_many:
            findings.append(Returned(Condition.INVALID_READINGS, time))
        return msgspec.structs.replace(trouble, invalid=(), began=(), too_many=False), findings
    trouble, found = _judge_count(conditions.invalid, fault, trouble, time)
    return trouble, findings + found


def judge_clock(
    conditions: Conditions, trouble: Trouble, time: Instant, reasons: int
) -> tuple[Trouble, list[Finding]]:
    """Whether the instrument's clock is ahead; `time` is when the reading is believed to be from."""
    if conditions.clock and reasons & CLOCK_AHEAD:
        found: list[Finding] = []
        if trouble.ahead is None:
            found = [Raised(Condition.CLOCK_SKEW, Severity.ADVISORY, onset=time, at=time)]
        return msgspec.structs.replace(trouble, ahead=time), found
    if trouble.ahead is None or (conditions.clock and time - trouble.ahead < CLOCK_SETTLES):
        return trouble, []
    return msgspec.structs.replace(trouble, ahead=None), [Returned(Condition.CLOCK_SKEW, time)]


def judge_still(
    frozen: Frozen | None, fault: Severity, trouble: Trouble, still: Still | None, time: Instant, value: float
) -> tuple[Trouble, Still | None, list[Finding]]:
    """Whether a value is frozen."""
    found: list[Finding] = []
    if frozen is not None and still is not None and goes_on(frozen, still, time, value):
        if not trouble.frozen and time - still.since >= frozen.after:
            trouble = msgspec.structs.replace(trouble, frozen=True)
            found = [Raised(Condition.FROZEN, fault, onset=still.since, at=time, value=value)]
        return trouble, Still(still.value, still.since, time), found
    if trouble.frozen:
        trouble = msgspec.structs.replace(trouble, frozen=False)
        found = [Returned(Condition.FROZEN, time)]
    return trouble, None if frozen is None else Still(value, time, time), found


def goes_on(frozen: Frozen, still: Still, time: Instant, value: float) -> bool:
    """Has a value still not moved? A pause in which it may have moved ends this, too."""
    return abs(value - still.value) <= frozen.within and time - still.last <= frozen.longest_pause


def judge_change(
    rate: Rate | None, trouble: Trouble, recent: Recent, time: Instant, value: float
) -> tuple[Trouble, Recent, list[Finding]]:
    """Whether a value has changed too quickly."""
    if rate is None:
        if trouble.change is None:
            return trouble, NOTHING_RECENT, []
        return msgspec.structs.replace(trouble, change=None), NOTHING_RECENT, [Returned(Condition.RATE, time)]
    recent = with_reading(recent, rate.within, time, value)
    change = max(recent.highest[0].value - value, value - recent.lowest[0].value)
    if change <= rate.change:
        if trouble.change is None:
            return trouble, recent, []
        return msgspec.structs.replace(trouble, change=None), recent, [Returned(Condition.RATE, time)]
    found: list[Finding] = []
    if trouble.change is None:
        found = [
            Raised(
                Condition.RATE,
                rate.severity,
                onset=time,
                at=time,
                value=change,
                limit=rate.change,
                operator=">",
                worst=change,
                worst_at=time,
            )
        ]
    elif change > trouble.change:
        found = [Worsened(Condition.RATE, change, time)]
    else:
        return trouble, recent, []
    return msgspec.structs.replace(trouble, change=change), recent, found


def with_reading(recent: Recent, within: Span, time: Instant, value: float) -> Recent:
    """With one more reading, and without those that are too old or can no longer be the highest or lowest."""
    highest = [one for one in recent.highest if one.value > value and time - one.time <= within]
    lowest = [one for one in recent.lowest if one.value < value and time - one.time <= within]
    newest = Worst(value, time)
    return Recent((*highest, newest), (*lowest, newest))


def _judge_count(invalid: Invalid, fault: Severity, trouble: Trouble, time: Instant) -> tuple[Trouble, list[Finding]]:
    recent = _since(trouble.invalid, time - invalid.within)
    began = _since(trouble.began, time - invalid.within)
    enough = len(recent) >= invalid.readings
    found: list[Finding] = []
    if enough and len(began) > 1 and not trouble.too_many:
        found = [Raised(Condition.INVALID_READINGS, fault, onset=recent[0], at=time)]
    elif trouble.too_many and not enough:
        found = [Returned(Condition.INVALID_READINGS, time)]
    too_many = enough and (trouble.too_many or bool(found))
    return msgspec.structs.replace(trouble, invalid=recent, began=began, too_many=too_many), found


def _since(times: Sequence[Instant], begin: Instant) -> tuple[Instant, ...]:
    return tuple(time for time in times if time > begin)
