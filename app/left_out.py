"""What of an address cannot be understood: left out, so that a mistyped link still shows, and told in words."""

from collections.abc import Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from facility.instants import Instant, instant_of
from facility.language import _

LONGEST = 60
"""Letters of what was not understood that are said again."""


def moment_of(text: str) -> Instant | None:
    """The moment that an address names, with its zone; None where it is none."""
    try:
        return instant_of(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def not_understood(name: str, text: str) -> str:
    """That a parameter of the address says nothing that is known."""
    said = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return _("“{said}” in the address cannot be understood and is left out.", said=f"{name}={said}")


def period_of(begin: str, finish: str) -> tuple[Instant | None, Instant | None, tuple[str, ...]]:
    """From when to when by `from` and `to` of an address, and in words what of them is left out."""
    start, end = moment_of(begin), moment_of(finish)
    words = [
        not_understood(name, text)
        for name, text, moment in (("from", begin, start), ("to", finish, end))
        if text and moment is None
    ]
    if start is not None and end is not None and start >= end:
        return None, None, (_("The time in the address ends before it begins and is left out."),)
    return start, end, tuple(words)


def note(words: Sequence[str]) -> Component | None:
    """What a page has to say about its address; nothing where that is nothing."""
    said: Component | None = html.P(" ".join(words), className="note", role="status") if words else None
    return said
