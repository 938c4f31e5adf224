"""Whom a policy reaches at a moment: from rotas, people, channels and addresses to names and numbers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from alerts.on_call_calendar import CalendarError, planned
from facility import on_call, on_call_words
from facility.escalation import Policy, Step
from facility.instants import DAY, Instant
from facility.language import _
from facility.on_call import Calendar, Duty, Rota
from facility.roles import RIGHTS, Right
from facility.site import Site
from storage.records import channels, contacts
from storage.records import on_call as on_call_records
from storage.records.channels import Channel
from storage.records.escalations import Rung, Snapshot
from storage.records.notifications import Recipient
from storage.records.on_call import CalendarCopy
from storage.records.people import accounts
from storage.records.people.accounts import Account, AccountState

EVERYBODY = Step(everybody=True)


@dataclass(frozen=True, slots=True)
class Reach:
    """Who has the call, who there is, and how each is reached, at one moment."""

    duties: Mapping[str, Duty]
    """Who has each rota's call."""
    people: Mapping[str, Account]
    contacts: Mapping[str, Mapping[int, str]]
    channels: Sequence[Channel]
    """In the order in which they are tried."""


def gather(connection: Connection, site: Site, now: Instant) -> Reach:
    """What is on record now."""
    return Reach(
        {id: found[0] for id, found in duties(connection, site, now, now + 1).items()},
        {one.account: one for one in accounts.all(connection)},
        contacts.all(connection),
        channels.in_use(connection),
    )


def duties(connection: Connection, site: Site, start: Instant, end: Instant) -> dict[str, list[Duty]]:
    """Who has the call of each rota when, in `[start, end)`."""
    overrides = on_call_records.overrides(connection, start, end)
    copies = on_call_records.calendars(connection)
    return {
        rota.id: on_call.duties(rota, overrides, start, end, from_calendar(rota, copies.get(rota.id), start, end))
        for rota in site.on_call.rotas.values()
    }


def from_calendar(rota: Rota, copy: CalendarCopy | None, start: Instant, end: Instant) -> Sequence[Duty]:
    """What the kept copy of a rota's calendar says; nothing where there is none of this calendar."""
    if not isinstance(rota.plan, Calendar) or copy is None or copy.address != rota.plan.address or not copy.text:
        return ()
    try:
        return planned(rota, copy.text, start - DAY, end + DAY).duties
    except CalendarError:
        return ()


def snapshot(policy: Policy, reach: Reach, timezone: str, areas: Collection[str]) -> Snapshot:
    """A policy with the people of each of its steps. Where the last reaches nobody, it is everybody."""
    rungs = [_rung(step, reach, areas) for step in policy.steps]
    if not rungs[-1].recipients:
        found, _nobody = recipients(EVERYBODY, reach, areas)
        missing = _("{missing}; everybody who may answer is called instead", missing=rungs[-1].missing)
        rungs[-1] = replace(rungs[-1], recipients=found, missing=missing)
    return Snapshot(policy.id, policy.name, tuple(rungs), policy.rounds, policy.goes_on, policy.quiet, timezone)


def recipients(step: Step, reach: Reach, areas: Collection[str]) -> tuple[tuple[Recipient, ...], list[str]]:
    """Whom a step calls, each person once; and in words who cannot be called. `areas` are those of the alarms."""
    by, missing = _channels(step, reach)
    names = dict.fromkeys(_people(step, reach, areas, missing))
    found = [recipient for name in names if (recipient := _recipient(name, by, reach, areas, missing)) is not None]
    if step.channels or step.everybody:
        found += [Recipient("", one.name, one.id, "") for one in by if not one.address.personal]
    return tuple(found), missing


def _rung(step: Step, reach: Reach, areas: Collection[str]) -> Rung:
    found, missing = recipients(step, reach, areas)
    return Rung(on_call_words.called(step), found, step.wait, "; ".join(missing))


def _channels(step: Step, reach: Reach) -> tuple[list[Channel], list[str]]:
    """The channels of a step, in order, and those that there are not."""
    if not step.channels:
        return list(reach.channels), []
    known = {channel.name.casefold(): channel for channel in reach.channels}
    wanted = {name: known.get(name.casefold()) for name in step.channels}
    missing = [_("there is no channel {name}", name=name) for name, channel in wanted.items() if channel is None]
    return [channel for channel in wanted.values() if channel is not None], missing


def _people(step: Step, reach: Reach, areas: Collection[str], missing: list[str]) -> Iterable[str]:
    for rota in step.rotas:
        duty = reach.duties.get(rota)
        if duty is None or duty.account is None:
            missing.append(_("nobody is on call in rota {rota}", rota=rota))
        else:
            yield duty.account
    yield from step.people
    if step.everybody:
        for person in reach.people.values():
            may = person.state is not AccountState.RETIRED and Right.ACKNOWLEDGE in RIGHTS[person.role]
            if may and _sees(person, areas) and reach.contacts.get(person.account):
                yield person.account


def _sees(person: Account, areas: Collection[str]) -> bool:
    return person.areas is None or not areas or bool(person.areas & set(areas))


def _recipient(
    account: str, by: Sequence[Channel], reach: Reach, areas: Collection[str], missing: list[str]
) -> Recipient | None:
    person, own = reach.people.get(account), reach.contacts.get(account, {})
    ways = [channel.id for channel in by if channel.address.personal and channel.id in own]
    if person is None:
        missing.append(_("there is no account {account}", account=account))
    elif person.state is AccountState.RETIRED:
        missing.append(_("account {account} is retired", account=account))
    elif not _sees(person, areas):
        missing.append(_("{name} is not admitted to {areas}", name=person.name, areas=_(" or ").join(sorted(areas))))
    elif not ways:
        channels = _(" or ").join(one.name for one in by) or _("any channel")
        missing.append(_("{name} has no address by {channels}", name=person.name, channels=channels))
    else:
        return Recipient(account, person.name, ways[0], own[ways[0]], tuple(ways[1:]))
    return None
