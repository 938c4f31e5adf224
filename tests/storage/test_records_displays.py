"""Wall displays: let in once by a link, known by their token, revoked. People of another system: linked."""

from collections.abc import Sequence

import pytest

from facility.instants import DAY, HOUR
from facility.roles import Role
from storage.records.database import Records
from storage.records.people import accounts, displays, external_identities
from storage.records.people.external_identities import TakenError
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.people import ANN
from tests.storage.conftest import NOON

ISSUER = "https://id.example"


def actions(records: Records, object: str) -> Sequence[str]:
    with records.reading() as connection:
        return [row.action for row in reversed(audit.rows(connection, AuditFilter(object=object)))]


def test_a_display_is_let_in_once_by_its_link_and_known_by_its_token(records: Records) -> None:
    with records.transaction() as connection:
        made, link = displays.make(connection, NOON, ANN, " Corridor  north ", frozenset({"B"}))
        token = displays.let_in(connection, NOON, link, "192.0.2.7")
        assert displays.let_in(connection, NOON, link, "192.0.2.9") is None
    assert token is not None
    with records.reading() as connection:
        found = displays.holding(connection, token)
        assert found is not None
        assert (found.id, found.name, found.areas, found.let_in) == (
            made.id,
            "Corridor north",
            frozenset({"B"}),
            True,
        )
        assert displays.holding(connection, link) is None
        assert displays.holding(connection, token + "x") is None
    assert actions(records, made.object) == [
        "wall display made",
        "link made",
        "link used",
        "wall display let in",
        "link refused",
    ]


def test_neither_token_nor_link_is_in_the_records(records: Records) -> None:
    with records.transaction() as connection:
        _, link = displays.make(connection, NOON, ANN, "Corridor", None)
        token = displays.let_in(connection, NOON, link, "")
    assert token is not None
    with records.reading() as connection:
        stored = repr(displays.all(connection)) + repr(audit.rows(connection))
    assert link not in stored
    assert token not in stored


def test_a_link_that_is_a_day_old_lets_nothing_in(records: Records) -> None:
    with records.transaction() as connection:
        _, link = displays.make(connection, NOON, ANN, "Corridor", None)
        assert displays.let_in(connection, NOON + DAY, link, "") is None


def test_a_display_that_is_revoked_is_known_no_more_and_stays_on_the_list(records: Records) -> None:
    with records.transaction() as connection:
        made, link = displays.make(connection, NOON, ANN, "Corridor", None)
        token = displays.let_in(connection, NOON, link, "")
        assert token is not None
        assert displays.revoke(connection, NOON, ANN, made.id, "taken down")
        assert not displays.revoke(connection, NOON, ANN, made.id, "again")
        assert displays.holding(connection, token) is None
        assert [display.revoked_at for display in displays.all(connection)] == [NOON]


def test_a_display_that_was_revoked_before_it_came_is_not_let_in(records: Records) -> None:
    with records.transaction() as connection:
        made, link = displays.make(connection, NOON, ANN, "Corridor", None)
        displays.revoke(connection, NOON, ANN, made.id, "a mistake")
        assert displays.let_in(connection, NOON, link, "") is None


def test_when_a_display_last_asked_is_kept_to_the_hour(records: Records) -> None:
    with records.transaction() as connection:
        made, _ = displays.make(connection, NOON, ANN, "Corridor", None)
        assert displays.is_to_be_noted(made, NOON)
        displays.used(connection, NOON, made)
        (known,) = displays.all(connection)
    assert not displays.is_to_be_noted(known, NOON + HOUR - 1)
    assert displays.is_to_be_noted(known, NOON + HOUR)


def test_a_display_has_a_name(records: Records) -> None:
    with records.transaction() as connection, pytest.raises(ValueError, match="Give the display a name"):
        displays.make(connection, NOON, ANN, "  ", None)


def test_an_identity_is_linked_to_one_account_and_unlinked_with_a_reason(records: Records) -> None:
    with records.transaction() as connection:
        for account in ("a.one", "b.two"):
            accounts.make(connection, NOON, ANN, account, name=account, role=Role.VIEWER)
        external_identities.link(connection, NOON, ANN, "a.one", ISSUER, "7", "single sign-on")
        with pytest.raises(TakenError, match=r"linked to the account a\.one"):
            external_identities.link(connection, NOON, ANN, "b.two", ISSUER, "7", "single sign-on")
        assert external_identities.account_of(connection, ISSUER, "7") == "a.one"
        assert external_identities.account_of(connection, "https://other.example", "7") is None
        assert not external_identities.unlink(connection, NOON, ANN, "b.two", ISSUER, "7", "left")
        assert external_identities.unlink(connection, NOON, ANN, "a.one", ISSUER, "7", "left")
        assert external_identities.of_account(connection, "a.one") == []
    assert actions(records, "account a.one") == ["account made", "identity linked", "identity unlinked"]
