"""Fields in which days and moments are picked, in the language of the site (its names of days: assets/picking.js)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash.development.base_component import Component

from app import formats
from facility.instants import Instant, instant_of
from facility.language import _, language


def days_field(id: str, **more: Any) -> Component:
    """A day, or with `type="range"` the days from one to another; `more` is what Mantine's DatePickerInput takes."""
    field: Component = dmc.DatePickerInput(id=id, valueFormat=_("D MMM YYYY"), size="sm", ariaLabels=_names(), **more)
    return field


def moment_field(id: str, **more: Any) -> Component:
    """A day and a time of day; `more` is what Mantine's DateTimePicker takes."""
    seconds = more.get("withSeconds", False)
    written = _("D MMM YYYY HH:mm:ss") if seconds else _("D MMM YYYY HH:mm")
    field: Component = dmc.DateTimePicker(
        id=id,
        valueFormat=written,
        size="sm",
        ariaLabels=_names(),
        timePickerProps={
            "hoursInputLabel": _("Hour"),
            "minutesInputLabel": _("Minute"),
            "secondsInputLabel": _("Second"),
        },
        submitButtonProps={"aria-label": _("Take this time")},
        **more,
    )
    return field


def _names() -> dict[str, str]:
    """What a screen reader says at the arrows and heads of a calendar."""
    return {
        "previousMonth": _("Previous month"),
        "nextMonth": _("Next month"),
        "previousYear": _("Previous year"),
        "nextYear": _("Next year"),
        "previousDecade": _("Previous decade"),
        "nextDecade": _("Next decade"),
        "monthLevelControl": _("Choose a month"),
        "yearLevelControl": _("Choose a year"),
    }


def to_field(at: Instant, timezone: str) -> str:
    """A moment as such a field has it, by the clocks on the site's wall."""
    return formats.in_zone(at, timezone).strftime("%Y-%m-%d %H:%M:%S")


def of_field(text: str | None, timezone: str) -> Instant | None:
    """The moment that such a field has; None where it is empty."""
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone))) if text else None


def in_the_language_of_the_site(children: Component) -> Component:
    """A page whose fields for days say the months and the days of the week in the language that is spoken."""
    provider: Component = dmc.DatesProvider(settings={"locale": language()}, children=children)
    return provider
