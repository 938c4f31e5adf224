"""When nobody is on call, or whoever is cannot be reached: told before it happens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from alerts import whom
from alerts.whom import Reach
from facility.instants import DAY, Instant, Span, datetime_of
from facility.language import _
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
            _unused, missing = whom.recipients(replace(step, rotas=()), reach, ())
            if missing:
                text = _(
                    "policy {name}, step {number}: {listed}",
                    name=policy.name,
                    number=number,
                    listed="; ".join(missing),
                )
                yield Gap(f"policy {policy.id} {number}", text, now=False)


def _in_rota(rota: Rota, duties: Sequence[Duty], reach: Reach, now: Instant) -> Iterator[Gap]:
    for duty in duties:
        begun = duty.start <= now
        since = "now" if begun else f"from {_moment(rota, duty.start)}"
        when = since if duty.end >= now + AHEAD else f"{since} until {_moment(rota, duty.end)}"
        if duty.account is None:
            yield Gap(
                f"rota {rota.id}", _("nobody is on call in rota {name} {when}", name=rota.name, when=when), begun
            )
            return
        person = reach.people.get(duty.account)
        if person is None or person.state is AccountState.RETIRED or not reach.contacts.get(duty.account):
            name = duty.account if person is None else person.name
            why = _("there is no such account") if person is None else _("no channel has an address of this person")
            if person is not None and person.state is AccountState.RETIRED:
                why = _("the account is retired")
            yield Gap(
                f"rota {rota.id}",
                _(
                    "{name} is on call in rota {name2} {when}, but {why}",
                    name=name,
                    name2=rota.name,
                    when=when,
                    why=why,
                ),
                begun,
            )
            return


def _moment(rota: Rota, at: Instant) -> str:
    return f"{datetime_of(at).astimezone(ZoneInfo(rota.timezone)):%a %d %b %H:%M}"
