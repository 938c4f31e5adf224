"""Do the rotas and policies of a site file fit together?"""

from collections import Counter
from collections.abc import Collection, Iterator

from facility.language import _
from facility.site_errors import not_described, one_of
from facility.site_limits import Mistake
from facility.site_on_call import DAYS, OnCallEntry, PolicyEntry, RotaEntry, WhomEntry
from facility.site_yaml import Path


def on_call_mistakes(entry: OnCallEntry, areas: Collection[str]) -> Iterator[Mistake]:
    """Whatever does not fit together."""
    place: Path = ("on_call",)
    rotas = [rota.id for rota in entry.rotas]
    yield from _used_twice((*place, "rotas"), rotas)
    yield from _used_twice((*place, "policies"), [policy.id for policy in entry.policies])
    for index, rota in enumerate(entry.rotas):
        yield from _rota((*place, "rotas", index), rota)
    for index, policy in enumerate(entry.policies):
        yield from _policy_mistakes((*place, "policies", index), policy, rotas, areas)
    if entry.retrospective is not None:
        yield from _whom((*place, "retrospective"), entry.retrospective, rotas)


def _used_twice(place: Path, ids: list[str]) -> Iterator[Mistake]:
    counts = Counter(ids)
    for index, id in enumerate(ids):
        if counts[id] > 1 and ids.index(id) < index:
            yield (*place, index, "id"), _("there are two of the id {id}; give each one of its own", id=id)


def _rota(place: Path, rota: RotaEntry) -> Iterator[Mistake]:
    if rota.calendar is not None:
        for key in ("handover", "since", "people", "shifts"):
            if getattr(rota, key) is not None:
                yield (*place, key), _("a rota has a calendar, or weeks in turn, not both")
        if "://" in rota.calendar and not rota.calendar.startswith("https://"):
            yield (
                (*place, "calendar"),
                _("is fetched by https only; write an https:// address, or the name of a file"),
            )
        if not rota.accounts:
            yield place, _("the key 'accounts' is missing: the account of each name in the calendar")
        return
    if rota.accounts:
        yield (*place, "accounts"), _("belongs to a rota with a calendar")
    for key in ("handover", "since"):
        if getattr(rota, key) is None:
            yield (
                place,
                _("the key {key} is missing; a rota has handover, since and people, or a calendar", key=repr(key)),
            )
    if (rota.people is None) == (rota.shifts is None):
        yield place, _("a rota has people, or shifts with people of their own: one of the two")
    if rota.handover is None or rota.since is None:
        return
    day, begins = rota.handover
    if rota.since.weekday() != day:
        weekday = DAYS[rota.since.weekday()]
        words = _("{date} is a {weekday}; the handover is on {day}", date=rota.since, weekday=weekday, day=DAYS[day])
        yield (*place, "since"), words
    times = [shift.begins for shift in rota.shifts or ()]
    if times and begins not in times:
        yield (*place, "shifts"), _("one shift must begin at the handover, {time}", time=f"{begins:%H:%M}")
    if len(set(times)) < len(times):
        yield (*place, "shifts"), _("two shifts begin at the same time")


def _policy_mistakes(
    place: Path, policy: PolicyEntry, rotas: Collection[str], areas: Collection[str]
) -> Iterator[Mistake]:
    for index, area in enumerate(policy.areas or ()):
        if area not in areas:
            yield (*place, "areas", index), not_described("area", area, areas)
    for index, step in enumerate(policy.steps):
        yield from _whom((*place, "steps", index), step, rotas)
    if policy.steps and policy.steps[-1].wait == 0:
        yield (*place, "steps", len(policy.steps) - 1, "wait"), _("the last step has to be given time to answer")
    if policy.quiet is not None and "action" in policy.severities:
        yield (*place, "quiet"), _("an action limit calls at any hour; quiet hours are for a policy of alert alone")
    if policy.quiet is not None and policy.quiet.begins == policy.quiet.ends:
        yield (*place, "quiet"), _("the quiet hours end when they begin; write two times")


def _whom(place: Path, entry: WhomEntry, rotas: Collection[str]) -> Iterator[Mistake]:
    if entry.rota is None and entry.people is None and not entry.everybody:
        yield place, _("says nobody; write {words}", words=one_of(["rota", "people", "everybody: true"]))
    if entry.rota is not None and entry.rota not in rotas:
        yield (*place, "rota"), not_described("rota", entry.rota, rotas)
