"""Dead letters after a fix: the kept bytes are decoded again, by the site as it is now.

The whole message is decoded, also the parts that were stored at once: the store ignores equal repeats. What is
refused again stays a dead letter and waits for the next fix.
"""

from collections.abc import Iterator

import msgspec

from collectors.codecs.cleanwatch_json import Codec
from facility.site import Site
from storage.samples.local import LocalStore
from storage.samples.local.set_aside import StoredLetter

PAGE = 100


class Replay(msgspec.Struct, frozen=True):
    """What came of replaying one dead letter.

    `stored` readings are new in the store, `known` ones were there already, `events` were recorded; `refused` says
    what still cannot be used, None where nothing is left and the letter waits no longer.
    """

    id: int
    stored: int
    known: int
    events: int
    refused: str | None


def waiting(store: LocalStore) -> Iterator[StoredLetter]:
    """All dead letters that wait for a fix, oldest first."""
    after = 0
    while page := store.dead_letters(after, PAGE):
        yield from page
        after = page[-1].id


def replay(store: LocalStore, site: Site, id: int) -> Replay:
    """Decode one dead letter again, as of when it was received, and store what can be used.

    Raises KeyError where there is no dead letter of this number.
    """
    found = store.dead_letter(id)
    if found is None:
        raise KeyError(f"there is no dead letter {id}")
    letter = found.letter
    intake = Codec(site).decode(letter.topic, letter.payload, letter.received)
    stored = 0
    if intake.readings or intake.events:
        stored = len(store.append([msgspec.structs.replace(intake, dead_letters=())]).readings)
    refused = "; ".join(again.reason for again in intake.dead_letters) or None
    if refused is None:
        store.mark_replayed(id)
    return Replay(id, stored, len(intake.readings) - stored, len(intake.events), refused)


def replay_waiting(store: LocalStore, site: Site) -> Iterator[Replay]:
    """Replay every dead letter that waits, oldest first."""
    for letter in waiting(store):
        yield replay(store, site, letter.id)
