"""The fields by which lists are filtered: what may be chosen, a text to search for, a period of days."""

from collections.abc import Iterable, Sequence
from datetime import date

import dash_mantine_components as dmc
from dash.development.base_component import Component

from app.components.picking import days_field
from facility.language import _


def several_field(id: str, label: str, choices: Iterable[tuple[str, str]], value: Sequence[str]) -> Component:
    """Any number of choices, each with its words; none for all."""
    field: Component = dmc.MultiSelect(
        id=id,
        label=label,
        data=[{"value": name, "label": words} for name, words in choices],
        value=value,
        clearable=True,
        searchable=True,
        size="sm",
    )
    return field


def one_field(
    id: str, label: str, choices: Iterable[tuple[str, str]], value: str | None, otherwise: str
) -> Component:
    """One of the choices, each with its words; `otherwise` is what none of them means."""
    field: Component = dmc.Select(
        id=id,
        label=label,
        data=[{"value": name, "label": words} for name, words in choices],
        value=value,
        placeholder=otherwise,
        clearable=True,
        size="sm",
    )
    return field


def text_field(id: str, label: str, placeholder: str, value: str) -> Component:
    """A text; it filters when nobody has typed for a moment."""
    field: Component = dmc.TextInput(
        id=id, label=label, placeholder=placeholder, value=value, debounce=400, size="sm"
    )
    return field


def period_field(id: str, value: Sequence[str | None]) -> Component:
    """A period of days, or one day; none for all."""
    return days_field(
        id,
        label=_("Period"),
        placeholder=_("All days"),
        type="range",
        value=value,
        allowSingleDateInRange=True,
        clearable=True,
    )


def days_value(first: date | None, last: date | None) -> list[str | None]:
    """What the field shows for a period."""
    return [day.isoformat() if day else None for day in (first, last)]
