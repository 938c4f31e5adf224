"""What is attached to a change, as people read it."""

from app.components.attachment import attachment
from facility.instants import DAY
from storage.records.trail.audit import JSON
from tests.alerts.telling import START


def test_times_of_an_attachment_are_told_by_the_clock_of_the_site_and_its_question_is_a_link() -> None:
    kept: JSON = {"from": "2026-10-24T13:56:08.000Z", "again": "/back-test?points=B101.DP1", "readings": 31297}
    shown = str(attachment(kept, "Europe/Zurich", START + DAY))
    assert "'24 Oct 2026 15:56:08'" in shown
    assert "A(children='Look at it again', href='/back-test?points=B101.DP1')" in shown


def test_nothing_is_shown_where_nothing_is_attached() -> None:
    assert attachment(None, "UTC", START) is None
