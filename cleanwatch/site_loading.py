"""What becomes of a site file that a station is started with, or somebody applies: see docs/change-control.md."""

from dataclasses import dataclass
from pathlib import Path

from facility.change_states import OPEN
from facility.instants import Clock
from facility.people import Actor
from facility.site import Site
from facility.site_file import parse_site, site_text
from storage.records import change_steps, changes, revisions
from storage.records.changes import Change
from storage.records.database import Records
from storage.records.revisions import Revision


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a site file, in words; and the revision that it became, or the change that waits for people."""

    words: str
    revision: Revision | None = None
    waiting: Change | None = None


def load_at_start(records: Records, path: Path, author: Actor, clock: Clock) -> Loaded:
    """What a station does with its site file: nothing but the first one, or one of a simulated site, takes force.

    A changed one becomes a draft, once. Raises SiteFileError where it has mistakes, ChangeRefusedError where it
    describes another site than the one on record: then nothing changes.
    """
    return _load(records, path, author, "The station was started with this file.", "", clock, again=False)


def apply(records: Records, path: Path, author: Actor, reason: str, rationale: str, clock: Clock) -> Loaded:
    """What somebody at the shell wants: a draft, which takes force at once where it needs no signature.

    Raises what `load_at_start` raises.
    """
    loaded = _load(records, path, author, reason, rationale, clock, again=True)
    if loaded.waiting is None or loaded.waiting.controlled:
        return loaded
    with records.transaction() as connection:
        change = change_steps.put_in_force(connection, clock(), author, loaded.waiting.number)
        revision = revisions.find(connection, change.revision or 0)
    assert revision is not None
    return Loaded(f"Site revision {revision.number} is in force: no signature was needed.", revision)


def waiting_words(records: Records, number: int) -> str | None:
    """What is to be told of a change while it waits; None once somebody has decided."""
    with records.reading() as connection:
        change = changes.find(connection, number)
    return _waits(change) if change is not None and change.state in OPEN else None


def _load(
    records: Records, path: Path, author: Actor, reason: str, rationale: str, clock: Clock, *, again: bool
) -> Loaded:
    text = site_text(path)
    with records.reading() as connection:
        known = _known(revisions.all(connection), changes.all(connection), text, again)
    if known is not None:
        return known
    site = parse_site(text, str(path))  # so that mistakes are told with the file's name
    with records.transaction() as connection:
        newest = revisions.newest(connection)
        if newest is not None and newest.text == text:  # another process was quicker
            return _known([newest], [], text, again) or Loaded("")
        if newest is None or (site.simulated and _site_of(newest).simulated):
            revision = change_steps.begin(connection, clock(), author, text, reason)
            why = "the first one of these records" if newest is None else "of a simulated site"
            return Loaded(f"Site revision {revision.number} is in force without review: it is {why}.", revision)
        change = changes.draft_by(connection, clock(), author, text, reason, rationale)
    return Loaded(_waits(change), waiting=change)


def _known(every: list[Revision], drafted: list[Change], text: str, again: bool) -> Loaded | None:
    """What is on record about this very text already; None where it is new."""
    same = next((revision for revision in every if revision.text == text), None)
    if same is not None and same.number == every[0].number:
        return Loaded(f"This file is site revision {same.number}, the newest: nothing has changed.")
    if same is not None and not again:
        return Loaded(
            f"This file is site revision {same.number}, but revision {every[0].number} is newer and stays. "
            "`cleanwatch site show` prints that one, to bring the file up to date."
        )
    change = next((c for c in drafted if c.text == text and c.base == every[0].number), None)
    if change is None or (again and change.state not in OPEN):
        return None
    if change.state in OPEN:
        return Loaded(_waits(change), waiting=change)
    return Loaded(f"This file is change {change.number}, which is {change.state}.")


def _waits(change: Change) -> str:
    needed = "review and QA's approval, both signed" if change.controlled else "somebody who puts it in force"
    return f"The changed file is not in force: it waits as change {change.number} for {needed}, at /changes."


def _site_of(revision: Revision) -> Site:
    return parse_site(revision.text, f"site revision {revision.number}")
