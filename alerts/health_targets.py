"""What the figures of alarm health should be, and whether they are.

Targets for one operator as ISA-18.2 and EEMUA 191 give them. Those of shares of severity are no more than a guide, so
nothing is judged by them.
"""

from dataclasses import dataclass
from enum import StrEnum

from alerts.health import WINDOW_MOST, Health
from facility.language import _

MANAGEABLE = 2.0
"""The most calls in ten minutes, on average, that one person can manage."""
ACCEPTABLE = 1.0
FEW = 0.01
TOP_SHARE = 0.05
STALE_FEWER_THAN = 5


class Unit(StrEnum):
    """How a figure is to be written."""

    NUMBER = "number"
    RATE = "rate"
    SHARE = "share"


class Verdict(StrEnum):
    """Whether a figure meets its target. `NONE` where the period is too short, or there is nothing to judge."""

    MET = "met"
    BORDERLINE = "borderline"
    MISSED = "not met"
    NONE = "no verdict"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its target in words; `value` is None where nothing can be said."""

    name: str
    value: float | None
    unit: Unit
    target: str
    verdict: Verdict


def figures(found: Health) -> list[Figure]:
    """The figures of a period that have a target, averages and peaks side by side."""
    rate = found.per_ten_minutes
    borderline = ACCEPTABLE < rate <= MANAGEABLE

    def figure(name: str, value: float | None, unit: Unit, target: str, met: bool) -> Figure:
        verdict = Verdict.NONE
        if found.judged and value is not None:
            verdict = Verdict.MET if met else Verdict.MISSED
        return Figure(name, value, unit, target, verdict)

    average = figure(_("Calls in 10 minutes, average"), rate, Unit.RATE, _("about 1, at most 2"), rate <= MANAGEABLE)
    if borderline and average.verdict is Verdict.MET:
        average = Figure(average.name, rate, Unit.RATE, average.target, Verdict.BORDERLINE)
    top = found.top_share
    return [
        average,
        figure(
            _("Most calls in any 10 minutes"), found.most, Unit.NUMBER, _("10 or fewer"), found.most <= WINDOW_MOST
        ),
        figure(
            _("Ten-minute periods with more than 10"),
            found.over_ten,
            Unit.SHARE,
            _("below 1 %"),
            found.over_ten < FEW,
        ),
        figure(_("Time in flood"), found.flood, Unit.SHARE, _("below 1 %"), found.flood < FEW),
        figure(
            _("The ten most frequent alarms' share"),
            top,
            Unit.SHARE,
            _("1 to 5 %, else with a plan"),
            top is not None and top <= TOP_SHARE,
        ),
        figure(_("Chattering alarms"), found.chattering, Unit.NUMBER, _("none"), found.chattering == 0),
        figure(_("Fleeting alarms"), found.fleeting, Unit.NUMBER, _("none"), found.fleeting == 0),
        figure(
            _("Stale alarms on the worst day"),
            found.stale,
            Unit.NUMBER,
            _("fewer than 5"),
            found.stale < STALE_FEWER_THAN,
        ),
    ]
