"""A limit in the few words that stand beside its line."""

from facility import site_words, writing
from facility.language import _
from facility.limit import Consecutive, Dose, Limit, MOfN, RollingVolume, RoomState, Rule, Side
from facility.units import CUBIC_METRE

MOST_DIGITS = 12


def limit_words(limit: Limit) -> str:
    """at rest: action > 3,520, 15 min; as short as it can be said beside a line."""
    operator = limit.operator.replace("<", "&lt;").replace(">", "&gt;")
    words = f"{_(limit.severity.name.lower())} {operator} {writing.significant(limit.value, MOST_DIGITS)}"
    held = [state for state in RoomState if state in limit.room_states]
    others = [state for state in RoomState if state not in limit.room_states]
    if others:
        one_of = _(" or ").join(_(state) for state in (held if len(held) <= len(others) else others))
        when = one_of if len(held) <= len(others) else _("not {states}", states=one_of)
        words = f"{when}: {words}"
    return ", ".join(filter(None, (words, _patience(limit), _(limit.mark))))


def _patience(limit: Limit) -> str:
    """How long a limit waits before it calls: 3 in a row, 30 s, at once < 5; empty where it never waits."""
    delay = site_words.duration(limit.on_delay) if limit.on_delay else ""
    beyond = "&gt;" if limit.side is Side.HIGH else "&lt;"
    deep = "" if limit.at_once is None else _("at once {limit}", limit=f"{beyond} {limit.at_once:g}")
    return ", ".join(filter(None, (_rule(limit.rule), delay, deep)))


def _rule(rule: Rule) -> str:
    match rule:
        case Consecutive(n):
            return _("{n} in a row", n=n)
        case MOfN(m, n):
            return _("{n} of {all}", n=m, all=n)
        case RollingVolume(litres):
            return _("rolling {volume} m³", volume=writing.significant(litres / CUBIC_METRE, 6))
        case Dose(amount):
            return _("dose {amount}", amount=writing.significant(amount, MOST_DIGITS))
        case _:
            return ""
