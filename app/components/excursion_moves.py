"""How alarms came into an excursion, and what QA does about that: merging and splitting."""

from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import icon, tagged
from facility.excursion import FIRST, Excursion
from facility.instants import Instant
from facility.language import _
from facility.people import CLEANWATCH
from facility.site import Site
from storage.records.excursions import Moved


def moves_story(
    site: Site, excursion: Excursion, moved: Sequence[Moved], names: Mapping[str, str], now: Instant
) -> Component:
    """Every move into it and out of it; what a person did stands out."""
    lines = [
        html.Li(
            [
                html.Span(formats.exactly(m.at, site.timezone, now), className="num muted"),
                " ",
                _moved_words(excursion.number, m),
                _why(m, names),
            ]
        )
        for m in moved
    ]
    return html.Ol(lines, className="story moves")


def reason_words(moved: Moved) -> str:
    """Why an alarm moved: in the words of who said it, or of the rule by which Cleanwatch did it."""
    return _(moved.move.reason) if moved.by == CLEANWATCH else moved.move.reason


def merge_or_split(
    site: Site, others: Sequence[Excursion], now: Instant, *, choosing: bool, stations: bool
) -> Component:
    """Merging and splitting, each with a reason. `stations`: does the site have several, which cannot be merged?"""
    options = [{"value": other.number, "label": _offered(site, other, now)} for other in others]
    words = _(
        "Nothing is lost by it: where each alarm was before stays on record, and splitting what was merged restores "
        "it."
    )
    own = _("Offered are those of the same station: each station keeps its own excursions.") if stations else ""
    nothing = _("None within a day of this one can be merged with it.")
    return html.Section(
        [
            html.Header(html.H2(_("Merge or split"))),
            html.P(" ".join(filter(None, (words, own))), className="inside"),
            html.Div(
                [
                    dmc.Textarea(
                        id="excursion-reason",
                        label=_("Reason"),
                        autosize=True,
                        minRows=2,
                        required=True,
                        className="grow",
                    ),
                    dmc.Select(
                        id="excursion-into",
                        label=_("Merge it into"),
                        data=options,
                        placeholder=_("An excursion within a day of it") if options else nothing,
                        disabled=not options,
                        searchable=True,
                        size="sm",
                    ),
                    html.Div(
                        [
                            _button("merge", _("Merge")) if options else None,
                            _button("split", _("Split the chosen alarms off")) if choosing else None,
                        ],
                        className="row",
                    ),
                ],
                className="to-do",
            ),
            tagged(html.Div(id="excursion-problem", className="problem"), role="alert"),
        ],
        className="card",
    )


def _offered(site: Site, other: Excursion, now: Instant) -> str:
    """Which excursion it is, for who knows it by its room and time: E-2026-0003: B115, 23 Nov 2026 18:44."""
    rooms = ", ".join(other.rooms[:3])
    return f"{other.number}: {rooms}, {formats.moment(other.onset, site.timezone, now)}"


def _button(what: str, words: str) -> Component:
    return html.Button(
        [icon("check", small=True), words], id={"type": "excursion-do", "what": what}, className="btn s"
    )


def _why(moved: Moved, names: Mapping[str, str]) -> Component | None:
    if moved.by != CLEANWATCH:
        return html.B(f", {names.get(moved.by.name, moved.by.name)}: {moved.move.reason}")
    return html.Span(f", {reason_words(moved)}", className="sec") if moved.move.reason != FIRST else None


def _moved_words(number: str, moved: Moved) -> str:
    move = moved.move
    point, _slash, condition = move.alarm.rpartition("/")[0].rpartition("/")
    alarm = f"{point} {_(condition.replace('-', ' '))}"
    if move.previous is None:
        return _("{alarm} joined it", alarm=alarm) if move.reason != FIRST else _("{alarm} opened it", alarm=alarm)
    if move.excursion == number:
        return _("{alarm} came from {excursion}", alarm=alarm, excursion=move.previous)
    return _("{alarm} went to {excursion}", alarm=alarm, excursion=move.excursion)
