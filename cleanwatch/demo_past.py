"""What people of the demo have done before anybody looks: they have assessed and closed one excursion of its past.

They do so as the pages do it, with the rights, the proof and the signature that these ask for. The other excursions
wait. Run by the demo as a process of its own, once the past is in the store.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import closing

from app.annotating import Written, add
from app.context import AppContext
from app.dossier.assessing import save
from app.dossier.closing import CLOSING
from app.excursions import EXCURSION
from app.live.hub import Hub
from app.sign_in.desk import Desk
from app.signing import Typed, ask, sign
from cleanwatch import file_permissions
from cleanwatch.demo_files import DEMO_SITE, PASSWORD, PEOPLE
from cleanwatch.history import history
from cleanwatch.lifetime import stop_event
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from cleanwatch.sign_in_settings import sign_in_rules
from facility.excursion import Excursion
from facility.instants import Instant, system_clock
from facility.people import Person
from facility.roles import Role
from facility.site import Site
from facility.site_file import load_site
from storage.records import closings, excursion_search, reports
from storage.records.annotations import About, Kind
from storage.records.assessments import Assessed, Classification
from storage.records.database import Records
from storage.records.excursion_search import ExcursionFilter
from storage.samples.store import SampleStore

log = logging.getLogger(__name__)

ROOM = "B102"
"""There a door was held open: `1 day ago` in sites/demo-scenario.yaml."""
ASSESSES, CLOSES = "n.okafor", "s.brandt"
NOTE = "The interlock of the door was overridden by hand; the key is back in the cabinet."
ASSESSED = Assessed(
    Classification.MINOR,
    "Door held open",
    "A trolley with media stood in the door to the airlock for longer than two minutes.",
    impact="None. No batch was open in the room, and the pressure was back before the next one began.",
    measures="CAPA-2026-0088",
)
LOOK_SECONDS = 0.5
LOOKS = 240
MOST_LIVE = 50
"""Excursions that have come since, and are passed over."""


def run(settings: Settings, stopping: threading.Event) -> None:
    """Close it as soon as the station has judged all of the past; nothing where that was done at an earlier start."""
    site = load_site(DEMO_SITE)
    with (
        closing(open_records(settings, system_clock)) as records,
        history(settings, lambda: site, system_clock, stopping) as samples,
    ):
        if samples is None or not _wait_for(lambda: _newest(records) is not None, stopping):
            log.warning("the past has no excursion in %s: none is closed", ROOM)
            return
        found_at = system_clock()
        excursion = _newest(records) if _wait_for(lambda: _is_judged(records, found_at), stopping) else None
        if excursion is None:
            log.warning("the past is not judged yet: no excursion of it is closed")
            return
        with records.reading() as connection:
            if closings.of(connection, excursion.number):
                return
        problem = close(site, samples, records, settings, excursion)
        log.info("excursion %s: %s", excursion.number, problem or "assessed and closed")


def close(site: Site, samples: SampleStore, records: Records, settings: Settings, excursion: Excursion) -> str | None:
    """Comment on it, assess it and close it, each as one of the people; None when that is done, else why not."""
    desk, hub = Desk(sign_in_rules(settings)), Hub(lambda: site, system_clock)

    def at_the_desk(account: str) -> AppContext:
        person = _person(account)
        return AppContext(lambda: site, samples, records, hub, lambda: person, system_clock, desk=desk)

    about = About(f"{EXCURSION}{excursion.number}", excursion.onset, excursion.returned or excursion.onset)
    assesses, closes = at_the_desk(ASSESSES), at_the_desk(CLOSES)
    problem = add(assesses, about, Written(Kind.COMMENT, "", "", NOTE))
    problem = problem or save(assesses, excursion.number, ASSESSED, after=0, reason="")
    if problem:
        return problem
    asked = ask(closes, None, CLOSING, excursion.number)
    return sign(closes, None, CLOSING, excursion.number, asked.seen, Typed(CLOSES, PASSWORD, ""))


def _newest(records: Records) -> Excursion | None:
    """The newest one of the past there."""
    with records.reading() as connection:
        found = excursion_search.history(connection, ExcursionFilter(rooms=[ROOM], standing=False), MOST_LIVE)
    return next((one for one in found if all(alarm.retrospective for alarm in one.alarms.values())), None)


def _is_judged(records: Records, since: Instant) -> bool:
    """Has the station said since then that nothing of the past is left to be judged?"""
    with records.reading() as connection:
        return any(report.at > since and not report.reviewing for report in reports.all(connection))


def _wait_for(looks_so: Callable[[], bool], stopping: threading.Event) -> bool:
    for _ in range(LOOKS):
        if looks_so():
            return True
        if stopping.wait(LOOK_SECONDS):
            return False
    return False


def _person(account: str) -> Person:
    name, role = next((name, role) for known, name, role in PEOPLE if known == account)
    return Person(account, name, Role(role), "the demo's start")


if __name__ == "__main__":
    file_permissions.keep_files_private()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run(Settings(), stop_event())
