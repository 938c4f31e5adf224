"""A point's limits: those of the standards by default, tightened and added to by the site file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from facility.language import _
from facility.limit import Limit, RoomState, Severity, Side
from facility.quantities import Measure
from facility.site_schema import LimitEntry
from facility.site_words import bound, number
from facility.site_yaml import Path
from facility.standards.defaults import loosest_allowed

Mistake = tuple[Path, str]
"""Where, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class SiteLimit:
    """One limit that the site file writes, and where."""

    place: Path
    limit: Limit


def site_limits(entries: Iterable[tuple[Path, LimitEntry]]) -> tuple[SiteLimit, ...]:
    """The limits of a point's entries: one or two each, as an entry may have a low and a high side.

    In the room states of a limit of the point's own, it stands in place of one of its kind from the limit set.
    """
    limits = [limit for place, entry in entries for limit in _of_entry(place, entry)]
    own = [limit for limit in limits if not is_shared(limit.place)]
    shared = [left for limit in limits if is_shared(limit.place) and (left := _left_by(own, limit))]
    return (*shared, *own)


def is_shared(place: Path) -> bool:
    """Does an entry at this place stand in a limit set, or is it a point's own?"""
    return place[:1] == ("limit_sets",)


def combined(defaults: Sequence[Limit], site: Sequence[SiteLimit]) -> tuple[Limit, ...]:
    """The limits of a point. In each room state a limit of the site stands in place of a default of its kind.

    Of several defaults of one kind the strictest holds. Alert levels first, low sides first.
    """
    chosen: list[tuple[Limit, RoomState]] = []
    for severity in Severity:
        for side in (Side.LOW, Side.HIGH):
            for state in RoomState:
                limit = _site_limit(site, severity, side, state) or _default(defaults, severity, side, state)
                if limit:
                    chosen.append((limit, state))
    return tuple(
        replace(limit, room_states=frozenset(state for other, state in chosen if other == limit))
        for limit in dict.fromkeys(limit for limit, _ in chosen)
    )


def mistakes(defaults: Sequence[Limit], site: Sequence[SiteLimit], measure: Measure) -> Iterator[Mistake]:
    """What is wrong with a point's limits: impossible values, doubles, too loose, alert outside action."""
    for own in site:
        yield from _impossible(own, measure)
        yield from _looser_than_standard(own, defaults, measure)
    for index, own in enumerate(site):
        yield from _doubles(own, site[:index])
    yield from _crossed(site, combined(defaults, site), measure)


def _of_entry(place: Path, entry: LimitEntry) -> Iterator[SiteLimit]:
    for side, value in ((Side.LOW, entry.low), (Side.HIGH, entry.high)):
        if value is not None:
            limit = Limit(
                severity=Severity[entry.severity.upper()],
                side=side,
                value=value,
                reached=entry.reached,
                on_delay=entry.on_delay,
                off_delay=entry.off_delay,
                deadband=entry.deadband,
                rule=entry.rule,
                at_once=entry.at_once,
                latched=entry.latched,
                room_states=frozenset(entry.room_states),
                rationale=entry.rationale or "",
                response=entry.response or "",
                exempt=entry.standard_does_not_apply or "",
            )
            yield SiteLimit((*place, side.value), limit)


def _left_by(own: Sequence[SiteLimit], shared: SiteLimit) -> SiteLimit | None:
    """A limit of a limit set in the room states in which the point has none of the kind itself."""
    states = shared.limit.room_states
    for other in own:
        if (other.limit.severity, other.limit.side) == (shared.limit.severity, shared.limit.side):
            states -= other.limit.room_states
    return replace(shared, limit=replace(shared.limit, room_states=states)) if states else None


def _site_limit(site: Sequence[SiteLimit], severity: Severity, side: Side, state: RoomState) -> Limit | None:
    limits = (own.limit for own in site)
    return next((x for x in limits if x.severity is severity and x.side is side and state in x.room_states), None)


def _default(defaults: Sequence[Limit], severity: Severity, side: Side, state: RoomState) -> Limit | None:
    return loosest_allowed((limit for limit in defaults if limit.severity is severity), side, state)


def _impossible(own: SiteLimit, measure: Measure) -> Iterator[Mistake]:
    if not measure.lowest <= own.limit.value <= measure.highest:
        words = _(
            "{value} cannot be measured; possible is {low} to {high}",
            value=f"{number(own.limit.value)} {measure.unit}",
            low=number(measure.lowest),
            high=f"{number(measure.highest)} {measure.unit}",
        )
        yield own.place, words


def _looser_than_standard(own: SiteLimit, defaults: Sequence[Limit], measure: Measure) -> Iterator[Mistake]:
    if own.limit.exempt:
        return
    for state in _in_order(own.limit.room_states):
        default = _default(defaults, own.limit.severity, own.limit.side, state)
        if default and default.is_stricter_than(own.limit):
            words = _(
                "{looser} is looser than {limit} of {standard} for a room {state}; tighten it, or say why in "
                "standard_does_not_apply",
                looser=bound(own.limit, measure.unit),
                limit=bound(default, measure.unit),
                standard=default.source,
                state=_(state.value),
            )
            yield own.place, words
            return


def _doubles(own: SiteLimit, earlier: Sequence[SiteLimit]) -> Iterator[Mistake]:
    for other in earlier:
        same_kind = (other.limit.severity, other.limit.side) == (own.limit.severity, own.limit.side)
        if same_kind and (both := other.limit.room_states & own.limit.room_states):
            words = _(
                "a second {severity} {side} for a room {state}; one holds at a time",
                severity=_(own.limit.severity.name.lower()),
                side=_(own.limit.side.value),
                state=_(_in_order(both)[0].value),
            )
            yield own.place, words


def _crossed(site: Sequence[SiteLimit], limits: Sequence[Limit], measure: Measure) -> Iterator[Mistake]:
    """Alert levels outside action limits, and low sides that leave no room below the high side."""
    for own in site:
        for other in limits:
            if not (states := _in_order(own.limit.room_states & other.room_states)):
                continue
            alert = own.limit.severity is Severity.ALERT and other.severity is Severity.ACTION
            if alert and own.limit.side is other.side and other.is_stricter_than(own.limit):
                words = _(
                    "the alert level {alert} lies outside the action limit {action} for a room {state}; bring it "
                    "inside",
                    alert=bound(own.limit, measure.unit),
                    action=bound(other, measure.unit),
                    state=_(states[0].value),
                )
                yield own.place, words
            if own.limit.severity is other.severity and (band := _band(own.limit, other)):
                low, high = band
                if low.value + low.deadband >= high.value - high.deadband:
                    words = _(
                        "nothing is left between {low} and {high} with their deadbands for a room {state}",
                        low=bound(low, measure.unit),
                        high=bound(high, measure.unit),
                        state=_(states[0].value),
                    )
                    yield own.place, words


def _band(own: Limit, other: Limit) -> tuple[Limit, Limit] | None:
    if own.side is Side.LOW and other.side is Side.HIGH:
        return own, other
    return (other, own) if (own.side, other.side) == (Side.HIGH, Side.LOW) else None


def _in_order(states: frozenset[RoomState]) -> list[RoomState]:
    return [state for state in RoomState if state in states]
