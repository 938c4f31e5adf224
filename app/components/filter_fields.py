"""The fields by which lists are filtered: a text to search for, and a period of days."""

from collections.abc import Sequence
from datetime import date

import dash_mantine_components as dmc
from dash.development.base_component import Component


def text_field(id: str, label: str, placeholder: str, value: str) -> Component:
    """A text; it filters when nobody has typed for a moment."""
    field: Component = dmc.TextInput(
        id=id, label=label, placeholder=placeholder, value=value, debounce=400, size="sm"
    )
    return field


def days_field(id: str, value: Sequence[str | None]) -> Component:
    """A period of days, or one day; none for all."""
    field: Component = dmc.DatePickerInput(
        id=id,
        label="Period",
        placeholder="All days",
        type="range",
        value=value,
        valueFormat="D MMM YYYY",
        allowSingleDateInRange=True,
        clearable=True,
        size="sm",
    )
    return field


def days_value(first: date | None, last: date | None) -> list[str | None]:
    """What the field shows for a period."""
    return [day.isoformat() if day else None for day in (first, last)]
