"""When nobody is on call, or whoever is cannot be reached: told before it happens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from alerts import whom
from alerts.whom import Reach
from facility.instants import DAY, Instant, Span, datetime_of
from facility.on_call import Duty, Rota
from facility.site import Site
from storage.records.people.accounts import AccountState

AHEAD: Span = 7 * DAY
"""So long before it happens it is told."""


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
            _, missing = whom.recipients(replace(step, rotas=()), reach, ())
            if missing:
                text = f"policy {policy.name}, step {number}: {'; '.join(missing)}"
                yield Gap(f"policy {policy.id} {number}", text, now=False)


def _in_rota(rota: Rota, duties: Sequence[Duty], reach: Reach, now: Instant) -> Iterator[Gap]:
    for duty in duties:
        begun = duty.start <= now
        since = "now" if begun else f"from {_moment(rota, duty.start)}"
        when = since if duty.end >= now + AHEAD else f"{since} until {_moment(rota, duty.end)}"
        if duty.account is None:
            yield Gap(f"rota {rota.id}", f"nobody is on call in rota {rota.name} {when}", begun)
            return
        person = reach.people.get(duty.account)
        if person is None or person.state is AccountState.RETIRED or not reach.contacts.get(duty.account):
            name = duty.account if person is None else person.name
            why = "there is no such account" if person is None else "no channel has an address of this person"
            if person is not None and person.state is AccountState.RETIRED:
                why = "the account is retired"
            yield Gap(f"rota {rota.id}", f"{name} is on call in rota {rota.name} {when}, but {why}", begun)
            return


def _moment(rota: Rota, at: Instant) -> str:
    return f"{datetime_of(at).astimezone(ZoneInfo(rota.timezone)):%a %d %b %H:%M}"
