"""What becomes of a site file: at the start of a station, and by the command line, called as a person calls it."""

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanwatch.command import cleanwatch
from cleanwatch.revisions import SiteInForce
from cleanwatch.site_loading import load_at_start, waiting_words
from facility.instants import DAY, system_clock
from facility.people import Person
from facility.roles import Role
from storage.records import change_steps, changes, revisions
from storage.records.changes import ChangeRefusedError
from storage.records.revisions import Revision
from tests.facility.sites import SMALL
from tests.people import ANN
from tests.records import open_records

NOON = 1_795_348_800_000
LOOSER = SMALL.replace("low: 18, high: 23", "low: 18, high: 23.5")
RENAMED = SMALL.replace("name: Filling", "name: Filling 1")
ENGINEER = Person("e.roth", "E. Roth", Role.ENGINEER, "test")
QA = Person("m.keller", "M. Keller", Role.QA, "test")
ANN_OF_QA = Person("ann", "Ann", Role.QA, "test")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cleanwatch, ["site", *arguments])


def file(data: Path, text: str) -> Path:
    path = data / "site.yaml"
    path.write_text(text)
    return path


def apply(data: Path, text: str, reason: str = "first version") -> Result:
    return run("apply", str(file(data, text)), "--reason", reason)


def every(data: Path) -> list[Revision]:
    with closing(open_records(data / "records.db", system_clock)) as records, records.reading() as connection:
        return revisions.all(connection)


def test_the_first_site_file_is_in_force_at_once_with_the_shells_user_and_for_readings_from_before_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "a.novak")
    result = apply(data, SMALL)
    assert result.exit_code == 0, result.output
    assert "Site revision 1 is in force without review: it is the first one of these records." in result.output
    (revision,) = every(data)
    assert (revision.author, revision.reason, revision.in_force_from) == ("a.novak", "first version", 0)


def test_what_touches_no_limit_takes_force_at_once_and_is_told(data: Path) -> None:
    apply(data, SMALL)
    result = apply(data, RENAMED, "renamed")
    assert "Site revision 2 is in force: no signature was needed." in result.output
    assert "room N1: name 'Filling' to 'Filling 1'" in result.output


def test_a_changed_limit_waits_for_signatures_and_the_command_says_where(data: Path) -> None:
    apply(data, SMALL)
    result = apply(data, LOOSER, "requalified")
    assert result.exit_code == 0
    assert "it waits as change 1 for review and QA's approval, both signed, at /changes" in result.output
    assert "N1.T1 alert high: 23 °C to 23.5 °C" in result.output
    assert len(every(data)) == 1


def test_a_simulated_site_takes_force_without_review_and_says_so(data: Path) -> None:
    simulated = "simulated: true\n"
    apply(data, simulated + SMALL)
    result = apply(data, simulated + LOOSER, "requalified")
    assert "Site revision 2 is in force without review: it is of a simulated site." in result.output


def test_a_site_that_calls_itself_simulated_only_now_gets_round_nothing(data: Path) -> None:
    apply(data, SMALL)
    assert "it waits as change 1" in apply(data, "simulated: true\n" + LOOSER, "quick").output


def test_applying_the_same_file_twice_changes_nothing(data: Path) -> None:
    apply(data, SMALL)
    assert "nothing has changed" in apply(data, SMALL).output
    apply(data, LOOSER)
    assert "it waits as change 1" in apply(data, LOOSER).output


def test_a_file_with_mistakes_changes_nothing(data: Path) -> None:
    apply(data, SMALL)
    result = apply(data, SMALL.replace("grade: B", "grade: E"))
    assert result.exit_code == 1
    assert "Nothing has changed" in result.output


def test_another_site_is_refused_in_a_folder_that_has_one(data: Path) -> None:
    apply(data, SMALL)
    result = apply(data, SMALL.replace("id: north", "id: other"))
    assert result.exit_code == 1
    assert "a data folder of its own" in result.output


def test_the_differences_are_told_with_the_signatures_they_need_and_change_nothing(data: Path) -> None:
    assert "the first, and take force at once" in run("diff", str(file(data, SMALL))).output
    apply(data, SMALL)
    assert "Nothing is different from site revision 1" in run("diff", str(file(data, "# new\n" + SMALL))).output
    said = run("diff", str(file(data, LOOSER))).output
    assert "N1.T1 alert high: 23 °C to 23.5 °C" in said and "QA's approval" in said
    assert "takes force without a signature" in run("diff", str(file(data, RENAMED))).output
    assert len(every(data)) == 1


def test_what_was_in_force_at_a_moment_is_printed_to_the_letter(data: Path) -> None:
    apply(data, SMALL)
    apply(data, RENAMED)
    assert run("show").stdout == RENAMED
    assert run("show", "--at", "2001-01-01T00:00:00Z").stdout == SMALL
    assert run("show", "--at", "yesterday").exit_code == 2


def test_a_station_that_starts_with_a_changed_file_makes_one_draft_of_it_until_somebody_decides(data: Path) -> None:
    with closing(open_records(data / "records.db", lambda: NOON)) as records:
        first = load_at_start(records, file(data, SMALL), ANN, lambda: NOON)
        assert first.revision is not None and first.waiting is None
        waiting = load_at_start(records, file(data, LOOSER), ANN, lambda: NOON).waiting
        assert waiting is not None
        again = load_at_start(records, file(data, LOOSER), ANN, lambda: NOON).waiting
        assert again is not None and again.number == waiting.number
        assert "it waits as change 1" in (waiting_words(records, waiting.number) or "")
        with records.transaction() as connection:
            change_steps.refuse(connection, NOON, QA, waiting.number, "not justified")
        assert waiting_words(records, waiting.number) is None
        refused = load_at_start(records, file(data, LOOSER), ANN, lambda: NOON)
        assert refused.waiting is None and "change 1, which is refused" in refused.words
        with records.reading() as connection:
            assert len(changes.all(connection)) == revisions.newest_number(connection) == 1


def test_an_older_file_at_the_start_of_a_station_takes_nothing_back(data: Path) -> None:
    apply(data, SMALL)
    apply(data, RENAMED)
    with closing(open_records(data / "records.db", system_clock)) as records:
        loaded = load_at_start(records, file(data, SMALL), ANN, system_clock)
    assert loaded.revision is None and loaded.waiting is None
    assert "is site revision 1, but revision 2 is newer and stays" in loaded.words


def test_another_site_at_the_start_of_a_station_is_refused(data: Path) -> None:
    apply(data, SMALL)
    with closing(open_records(data / "records.db", system_clock)) as records, pytest.raises(ChangeRefusedError):
        load_at_start(records, file(data, SMALL.replace("id: north", "id: other")), ANN, system_clock)


def test_a_change_is_taken_over_at_its_moment_and_not_before(data: Path) -> None:
    now = NOON
    with closing(open_records(data / "records.db", lambda: now)) as records:
        load_at_start(records, file(data, SMALL), ANN, lambda: now)
        in_force = SiteInForce(records, lambda: now)
        with records.transaction() as connection:
            drafted = changes.draft(connection, now, ENGINEER, LOOSER, "warm", wanted_from=NOON + DAY)
            change_steps.review(connection, now, ANN_OF_QA, drafted.number)
            change_steps.approve(connection, now, QA, drafted.number)
        assert not in_force.refresh()
        now = NOON + DAY - 1
        assert not in_force.refresh()
        now = NOON + DAY
        assert in_force.refresh()
        assert (in_force.number, in_force.site.text) == (2, LOOSER)


def test_a_demo_whose_file_has_changed_goes_on_with_the_new_one_at_its_next_start(data: Path) -> None:
    simulated = "simulated: true\n"
    with closing(open_records(data / "records.db", system_clock)) as records:
        load_at_start(records, file(data, simulated + SMALL), ANN, system_clock)
        again = load_at_start(records, file(data, simulated + LOOSER), ANN, system_clock)
        assert again.waiting is None and again.revision is not None
        assert SiteInForce(records, system_clock).site.text == simulated + LOOSER
