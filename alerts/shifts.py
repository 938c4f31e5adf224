"""What each shift on call had to bear: messages that came, alarms that were answered, and how soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from alerts.answers import Answer
from facility.instants import Instant, Span
from facility.on_call import Duty


@dataclass(frozen=True, slots=True)
class Shift:
    """One duty of one person, as far as it lies in the period; `middle` is the time half of the answers took."""

    rota: str
    account: str
    start: Instant
    end: Instant
    messages: int
    answers: int
    middle: Span | None


def shifts(
    duties: Mapping[str, Sequence[Duty]], messages: Sequence[tuple[str, Instant]], given: Sequence[Answer]
) -> list[Shift]:
    """The shifts of every rota, newest first. `messages` are accounts, and when each was told something."""
    found = [
        _shift(rota, duty.account, duty, messages, given)
        for rota, planned in duties.items()
        for duty in planned
        if duty.account is not None
    ]
    return sorted(found, key=lambda shift: (-shift.start, shift.rota))


def _shift(
    rota: str, account: str, duty: Duty, messages: Sequence[tuple[str, Instant]], given: Sequence[Answer]
) -> Shift:
    came = sum(to == account and duty.start <= at < duty.end for to, at in messages)
    own = [answer for answer in given if answer.by == account and duty.start <= answer.at < duty.end]
    taken = [answer.after for answer in own if answer.after is not None]
    return Shift(rota, account, duty.start, duty.end, came, len(own), round(median(taken)) if taken else None)
