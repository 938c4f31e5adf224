"""The small parts that every page is made of: attributes, icons, state symbols, grades, live values."""

from typing import TypeVar

from dash import html
from dash.development.base_component import Component

from app.status import Status
from facility.instants import Instant
from facility.language import N_, _
from facility.site import Classification, Grade

Part = TypeVar("Part", bound=Component)

WORDS = {
    Status.NORMAL: N_("Normal"),
    Status.ADVISORY: N_("Advisory"),
    Status.RETURNED: N_("Returned, not acknowledged"),
    Status.ALERT: N_("Alert"),
    Status.NO_DATA: N_("No data"),
    Status.ACTION: N_("Action"),
}


def tagged(part: Part, **attributes: str | int | float | None) -> Part:
    """The component with `data-…` and `aria-…` attributes: `tagged(html.Span(), data_point="B101.DP1")`."""
    for name, value in attributes.items():
        if value is not None:
            setattr(part, name.replace("_", "-"), str(value))
    return part


def icon(name: str, small: bool = False) -> Component:
    """A line icon of assets/icons.svg; never alone: words stand beside it, or an aria-label on its button."""
    return tagged(html.Span(className="i s" if small else "i"), data_icon=f"i-{name}", aria_hidden="true")


def symbol(mark: str) -> Component:
    """The shape of a status. The word belongs beside it."""
    return tagged(html.Span(className="sy"), data_icon=f"s-{mark}", aria_hidden="true")


def trouble(title: str, *sentences: str) -> list[Component]:
    """The inside of a banner: what cannot be had, and what that means."""
    return [symbol("nodata"), html.Div([html.B(title), *(html.Div(words, className="sec") for words in sentences)])]


def chip(mark: str, word: str) -> Component:
    """Colour, shape and word of a status in one small box."""
    return html.Span([symbol(mark), word], className=f"chip {mark}")


def grade_letter(classification: Classification | None) -> str:
    """What stands in the circle: A to D, or the number of the ISO class."""
    if classification is None:
        return ""
    return classification.value if isinstance(classification, Grade) else f"{classification.number:g}"


def grade_words(classification: Classification | None) -> str:
    """Grade B, ISO 7, or nothing."""
    if classification is None:
        return ""
    letter = grade_letter(classification)
    return _("grade {letter}", letter=letter) if isinstance(classification, Grade) else f"ISO {letter}"


def grade(classification: Classification | None) -> Component | None:
    """The grade letter in its circle."""
    if classification is None:
        return None
    return tagged(
        html.Span(grade_letter(classification), className="grade", title=grade_words(classification)),
        aria_label=grade_words(classification),
        role="img",
    )


def drawing(markup: str, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
    """An SVG drawing. The browser mounts it from its markup (assets/draw.js); whoever writes it escapes its text."""
    return tagged(html.Div(className=f"drawing {className}".strip()), data_svg=markup)


def live(part: Part, show: str, *, point: str | None = None, room: str | None = None) -> Part:
    """A component whose text or look the browser keeps up to date (assets/paint.js names what can be shown)."""
    return tagged(part, data_show=show, data_point=point, data_room=room)


def due(instant: Instant, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
    """How long until a moment, ticking in the browser: in 14 min."""
    return tagged(html.Span(className=f"num {className}".strip()), data_due=instant)


def since(instant: Instant | None, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
    """The age of an instant, ticking in the browser."""
    return tagged(html.Span(className=f"num {className}".strip()), data_since=instant)
