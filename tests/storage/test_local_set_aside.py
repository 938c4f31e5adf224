"""Dead letters wait, whole, until they have been replayed; conflicts are listed with what was kept and offered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facility.reading import Reading
from storage.samples.commit import DeadLetter, Intake
from storage.samples.local import LocalStore

NOON = 1_795_348_800_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(tmp_path / "store.db", lambda: NOON)
    yield store
    store.close()


def letter(payload: bytes) -> DeadLetter:
    return DeadLetter(NOON, "gateway", "instruments/demo/gateway/readings", payload, "not JSON", readings=2)


def test_a_dead_letter_is_kept_whole(store: LocalStore) -> None:
    store.append([Intake("gateway", dead_letters=[letter(b"\x00\xff{")])])
    (stored,) = store.dead_letters()
    assert stored.letter == letter(b"\x00\xff{")
    assert stored.replayed is None


def test_dead_letters_are_listed_page_by_page(store: LocalStore) -> None:
    store.append([Intake("gateway", dead_letters=[letter(bytes([i])) for i in range(5)])])
    first = store.dead_letters(limit=3)
    second = store.dead_letters(after=first[-1].id, limit=3)
    assert [stored.letter.payload[0] for stored in (*first, *second)] == [0, 1, 2, 3, 4]


def test_a_replayed_dead_letter_no_longer_waits_but_is_still_there(store: LocalStore) -> None:
    store.append([Intake("gateway", dead_letters=[letter(b"?")])])
    (stored,) = store.dead_letters()
    store.mark_replayed(stored.id)
    assert store.dead_letters() == []
    again = store.dead_letter(stored.id)
    assert again is not None
    assert (again.letter, again.replayed) == (letter(b"?"), NOON)


def test_a_dead_letter_that_does_not_exist_cannot_be_marked(store: LocalStore) -> None:
    assert store.dead_letter(7) is None
    with pytest.raises(KeyError, match="no dead letter 7"):
        store.mark_replayed(7)


def test_a_conflict_says_what_is_kept_and_what_was_offered(store: LocalStore) -> None:
    kept = Reading("PC1", NOON, 3520.0, 0, NOON, sequence=1, count=100, volume=28.3)
    offered = Reading("PC1", NOON, 3520.0, 2, NOON + 9, sequence=2, count=101, volume=28.3)
    store.append([Intake("gateway", [kept]), Intake("other", [offered])])
    (conflict,) = store.conflicts()
    assert (conflict.kept_value, conflict.kept_count, conflict.kept_volume) == (3520.0, 100, 28.3)
    assert (conflict.source, conflict.offered) == ("other", offered)
