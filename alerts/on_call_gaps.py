"""When nobody is on call, whoever is cannot be reached, or the deputy is the same person: told before it happens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from alerts import whom
from alerts.whom import Reach
from facility import writing
from facility.escalation import Policy, Step
from facility.instants import DAY, Instant, Span, datetime_of
from facility.language import _
from facility.on_call import Duty, Rota
from facility.site import Site
from storage.records.people.accounts import AccountState

AHEAD: Span = 7 * DAY
"""So long before it happens it is told."""
TWICE = "twice"
"""How the keys begin of those where one person has two calls."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing. `now` says that it is so already."""

    key: str
    text: str
    now: bool


def gaps(site: Site, duties: Mapping[str, Sequence[Duty]], reach: Reach, now: Instant) -> Iterator[Gap]:
    """Everything that is missing, by the duties until `AHEAD`."""
    for rota in site.on_call.rotas.values():
        yield from _in_rota(rota, duties[rota.id], reach, now)
    for policy in site.on_call.policies:
        for number, step in enumerate(policy.steps, start=1):
            _unused, missing = whom.recipients(replace(step, rotas=()), reach, ())
            if missing:
                text = _(
                    "policy {name}, step {number}: {listed}",
                    name=policy.name,
                    number=number,
                    listed="; ".join(missing),
                )
                yield Gap(f"policy {policy.id} {number}", text, now=False)
        yield from _in_a_row(policy, site.on_call.rotas, duties, reach, now)


def _in_rota(rota: Rota, duties: Sequence[Duty], reach: Reach, now: Instant) -> Iterator[Gap]:
    for duty in duties:
        begun, when = duty.start <= now, _when(rota, duty.start, duty.end, now)
        if duty.account is None:
            text = _("nobody is on call in rota {name}: {when}", name=rota.name, when=when)
            yield Gap(f"rota {rota.id}", text, begun)
            return
        why = _unreachable(duty.account, reach)
        if why:
            text = _(
                "{name} is on call in rota {rota}, but {why}: {when}",
                name=_name(duty.account, reach),
                rota=rota.name,
                why=why,
                when=when,
            )
            yield Gap(f"rota {rota.id}", text, begun)
            return


def _unreachable(account: str, reach: Reach) -> str:
    person = reach.people.get(account)
    if person is None:
        return _("there is no such account")
    if person.state is AccountState.RETIRED:
        return _("the account is retired")
    return "" if reach.contacts.get(account) else _("no channel has an address of this person")


def _in_a_row(
    policy: Policy, rotas: Mapping[str, Rota], duties: Mapping[str, Sequence[Duty]], reach: Reach, now: Instant
) -> Iterator[Gap]:
    """Two steps of a policy, one after the other, that call the same person: the second is no help."""
    for number, (first, then) in enumerate(pairwise(policy.steps), start=1):
        if not (_one_rota(first) and _one_rota(then)):
            continue
        (one,), (other,) = first.rotas, then.rotas
        if one == other:  # meant so: the same person again, by another channel perhaps
            continue
        for start, end, account in _by_both(duties[one], duties[other]):
            text = _(
                "{name} is on call in rota {first} and in rota {second}: {when}. Steps {number} and {next} of policy "
                "{policy} call nobody else",
                name=_name(account, reach),
                first=rotas[one].name,
                second=rotas[other].name,
                when=_when(rotas[one], start, end, now),
                number=number,
                next=number + 1,
                policy=policy.name,
            )
            yield Gap(f"{TWICE} {policy.id} {number}", text, start <= now)
            break


def _one_rota(step: Step) -> bool:
    return len(step.rotas) == 1 and not step.people and not step.everybody


def _by_both(first: Sequence[Duty], second: Sequence[Duty]) -> Iterator[tuple[Instant, Instant, str]]:
    for one, other in product(first, second):
        start, end = max(one.start, other.start), min(one.end, other.end)
        if start < end and one.account is not None and one.account == other.account:
            yield start, end, one.account


def _name(account: str, reach: Reach) -> str:
    person = reach.people.get(account)
    return account if person is None else person.name


def _when(rota: Rota, start: Instant, end: Instant, now: Instant) -> str:
    """`end` is told where it is known."""
    if start <= now:
        return _("now") if end >= now + AHEAD else _("until {end}", end=_moment(rota, end))
    if end >= now + AHEAD:
        return _("from {start}", start=_moment(rota, start))
    return _("from {start} until {end}", start=_moment(rota, start), end=_moment(rota, end))


def _moment(rota: Rota, at: Instant) -> str:
    local = datetime_of(at).astimezone(ZoneInfo(rota.timezone))
    return f"{writing.dated(local, 'MMMEd')} {local:%H:%M}"
