"""A link lets in once, for a while, for one purpose; and nobody can make one from what is stored."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from facility.instants import DAY, HOUR, MINUTE
from storage.records.database import Records
from storage.records.people import links
from storage.records.trail import audit
from tests.people import ANN
from tests.storage.conftest import NOON

KELLER = "account m.keller"


def made(records: Records, purpose: str = "invitation", subject: str = KELLER) -> str:
    with records.transaction() as connection:
        return links.make(connection, NOON, purpose, subject, NOON + HOUR, ANN)


def used(records: Records, token: str, purpose: str = "invitation", at: int = NOON + MINUTE) -> str | None:
    with records.transaction() as connection:
        return links.use(connection, at, purpose, token, "192.0.2.7")


def test_a_link_tells_for_whom_it_is_and_is_used_once(records: Records) -> None:
    token = made(records)
    with records.reading() as connection:
        assert links.subject_of(connection, NOON, "invitation", token) == KELLER
    assert used(records, token) == KELLER
    assert used(records, token) is None
    with records.reading() as connection:
        assert links.subject_of(connection, NOON, "invitation", token) is None


def test_of_many_who_use_a_link_at_once_one_gets_in(records: Records) -> None:
    token = made(records)
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: used(records, token), range(8)))
    assert sorted(answers, key=str) == [*[None] * 7, KELLER]


def test_a_link_holds_until_it_expires(records: Records) -> None:
    token = made(records)
    with records.reading() as connection:
        assert links.subject_of(connection, NOON + HOUR - 1, "invitation", token) == KELLER
        assert links.subject_of(connection, NOON + HOUR, "invitation", token) is None
    assert used(records, token, at=NOON + HOUR) is None


def test_a_link_is_for_one_purpose(records: Records) -> None:
    token = made(records)
    assert used(records, token, "new password") is None
    assert used(records, token) == KELLER


def test_a_newer_link_takes_the_place_of_an_older_one_for_the_same(records: Records) -> None:
    older, other, another = made(records), made(records, "new password"), made(records, subject="account j.moreau")
    newer = made(records)
    assert used(records, older) is None
    assert used(records, newer) == used(records, other, "new password") == KELLER
    assert used(records, another) == "account j.moreau"


@pytest.mark.parametrize("span", [0, -1, 7 * DAY + 1])
def test_a_link_is_short_lived(records: Records, span: int) -> None:
    with pytest.raises(ValueError, match="up to 7 days"), records.transaction() as connection:
        links.make(connection, NOON, "invitation", KELLER, NOON + span)


@pytest.mark.parametrize("token", ["", "x" * 100_000, "\x00", "\ud800", "ß'; DROP TABLE links"])
def test_what_is_no_token_lets_nobody_in(records: Records, token: str) -> None:
    made(records)
    assert used(records, token) is None


def test_the_trail_tells_of_links_without_their_tokens(records: Records) -> None:
    token = made(records)
    used(records, token)
    used(records, token)
    late = made(records)
    used(records, late, at=NOON + DAY)
    used(records, "never made")
    with records.reading() as connection:
        rows = audit.rows(connection, audit.AuditFilter(object=KELLER))
        stored = connection.execute(text("SELECT * FROM links")).all()
    assert [(row.actor, row.action, json.loads(row.data).get("reason")) for row in reversed(rows)] == [
        ("ann", "link made", None),
        ("holder of a link", "link used", None),
        ("holder of a link", "link refused", "it was used before"),
        ("ann", "link made", None),
        ("holder of a link", "link refused", "it holds no longer"),
    ]
    assert json.loads(rows[3].data)["origin"] == "192.0.2.7"
    assert token not in f"{rows}{stored}"
    assert late not in f"{rows}{stored}"
