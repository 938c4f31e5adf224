"""The table of methods in words, for the page and for the shell."""

from dataclasses import dataclass

from app import formats
from app.levels.answer import Answer
from facility.language import N_, _, _n
from facility.levels.result import Result
from facility.limit import Side
from facility.writing import significant

HEADS = (
    N_("Method"),
    N_("Alert level"),
    N_("Action suggested"),
    "n",
    N_("Computed from"),
    N_("Fit"),
    N_("May it be used?"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One method, in words. `remarks` are the reasons against it and what to know."""

    method: str
    alert: str
    action: str
    n: str
    parameters: str
    fit: str
    usable: bool
    remarks: tuple[str, ...]


def rows(answer: Answer) -> list[Row]:
    """One for each method."""
    return [_row(answer, result) for result in answer.comparison.results]


def _row(answer: Answer, result: Result) -> Row:
    return Row(
        method=formats.sentence(_(result.method.value)),
        alert=_level(answer, result.alert, result.reached),
        action=_level(answer, result.action, False),
        n=formats.decimal(result.n, 0),
        parameters=_parameters(result),
        fit=_fit(result),
        usable=result.usable,
        remarks=tuple(formats.sentence(words) for words in (*result.against, *result.warnings)),
    )


def _level(answer: Answer, level: float | None, reached: bool) -> str:
    if level is None:
        return ""
    high = answer.question.side is Side.HIGH
    operator = ("≥" if reached else ">") if high else ("≤" if reached else "<")
    return f"{operator} {formats.with_unit(level, answer.sample.quantity)}"


def _parameters(result: Result) -> str:
    """What the formula gave before rounding and caps, and what it was worked out from."""
    numbers = {} if result.computed_alert is None else {N_("alert"): result.computed_alert}
    return ", ".join(f"{_(name)} {_figure(value)}" for name, value in (numbers | dict(result.parameters)).items())


def _figure(value: float) -> str:
    """Four digits, and never a power of ten for what people read as a number."""
    return formats.decimal(value, 0) if abs(value) >= 1_000 else significant(value, 4)


def _fit(result: Result) -> str:
    if result.fit is None:
        return _("needs none")
    p = _("too few for a test") if result.fit.p is None else f"p {significant(result.fit.p, 2)}"
    return f"r {formats.decimal(result.fit.correlation, 3)}, {_(result.fit.test)} {p}"


def facts(answer: Answer) -> list[str]:
    """What the data are, a line each."""
    found, question = answer.gathered, answer.question
    n, judged = answer.sample.n, found.readings
    lines = [
        _(
            "{values} ({unit}) from {readings}; worth about {n} independent ones",
            values=_n("{n} value", "{n} values", n, n=formats.decimal(n, 0)),
            unit=_(question.unit.value),
            readings=_n("{n} reading", "{n} readings", judged, n=formats.decimal(judged, 0)),
            n=formats.decimal(found.effective, 0),
        ),
        _(
            "{invalid} and {n} in other room states are not among them",
            invalid=_n(
                "{n} invalid reading",
                "{n} invalid readings",
                found.invalid,
                n=formats.decimal(found.invalid, 0),
            ),
            n=formats.decimal(found.other_state, 0),
        ),
    ]
    if answer.recovery is not None:
        lines.append(_("contamination recovery rate {recovery} %", recovery=formats.decimal(answer.recovery, 1)))
    if answer.comparison.provisional:
        lines.append(_("provisional: {reasons}", reasons=answer.comparison.provisional))
    return [formats.sentence(line) + "." for line in lines] + list(answer.comparison.warnings)
