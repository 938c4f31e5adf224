"""Texts, numbers and dates in the language of a site; and what holds of every catalogue."""

import re
from datetime import UTC, datetime

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from facility.language import CATALOGUES, _, _n, languages, retold, speaking
from facility.quantities import Quantity
from facility.site_errors import SiteFileError
from facility.site_file import parse_site
from facility.writing import dated as written
from facility.writing import decimal, significant, weekday
from tests.facility.sites import SMALL, changed
from tests.words import template

MOMENT = datetime(2026, 11, 17, 10, 18, tzinfo=UTC)


def catalogue(code: str) -> Catalog:
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


def translated(message: Message) -> list[str]:
    """Its text, or those for one and for several."""
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def places(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)}", text))


def test_a_text_is_english_until_somebody_speaks_another_language() -> None:
    assert _("Acknowledge") == "Acknowledge"
    with speaking("de"):
        assert _("Acknowledge") == "Quittieren"
    assert _("Acknowledge") == "Acknowledge"


def test_a_text_that_no_catalogue_has_stays_as_it_is_and_an_empty_one_empty() -> None:
    with speaking("de"):
        assert (_("Aseptic processing 1"), _("")) == ("Aseptic processing 1", "")


def test_one_and_several_differ_in_both_languages() -> None:
    def told(n: int) -> str:
        return _n("{n} room", "{n} rooms", n, n=n)

    assert (told(1), told(3)) == ("1 room", "3 rooms")
    with speaking("de"):
        assert (told(1), told(3)) == ("ein Raum", "3 Räume")


def test_what_was_written_in_english_is_found_again_with_its_values() -> None:
    written = "j.moreau has acknowledged this alarm already: Door {closed}\nAgain"
    with speaking("de"):
        assert retold(written, "alerts/") == "j.moreau hat diesen Alarm bereits quittiert: Door {closed}\nAgain"
    assert retold(written, "alerts/") == written


def test_a_text_within_another_is_found_again_too() -> None:
    rights = "role cw has not the rights it needs. As the owner of the tables run: "
    rights += "cleanwatch records migrate --grant-to cw"
    with speaking("de"):
        told = retold(f"The records in database cw at db:5432 cannot be used: {rights} (denied).", "storage/")
    assert told == (
        "Die Aufzeichnungen in der Datenbank cw auf db:5432 können nicht benutzt werden: der Rolle cw fehlen "
        "Rechte, die sie braucht. Führen Sie als Besitzer der Tabellen aus: cleanwatch records migrate "
        "--grant-to cw (denied)."
    )


def test_what_is_no_text_of_those_files_stays_as_it_was_written() -> None:
    with speaking("de"):
        assert retold("Acknowledge", "alerts/machine.py") == "Acknowledge"
        assert retold("Perhaps there is no room B101.", "alerts/present.py") == "Perhaps there is no room B101."


def test_numbers_have_the_separators_of_the_language_and_a_true_minus() -> None:
    assert (decimal(-611_400.25, 1), significant(0.5, 6)) == ("−611,400.2", "0.5")
    with speaking("de"):
        assert (decimal(-611_400.25, 1), significant(0.5, 6)) == ("−611.400,2", "0,5")


def test_dates_have_the_names_and_the_order_of_the_language() -> None:
    def told() -> tuple[str, str, str]:
        return written(MOMENT, "yMMMd"), written(MOMENT, "MMMEd"), weekday(MOMENT)

    assert told() == ("17 Nov 2026", "Tue 17 Nov", "Tuesday")
    with speaking("de"):
        assert told() == ("17. Nov. 2026", "Di. 17. Nov.", "Dienstag")


def test_the_mistakes_of_a_site_file_are_told_in_the_language_that_is_spoken() -> None:
    wrong = changed(("timezone: Europe/Zurich", "timezone: Europe/Zurick"))
    with pytest.raises(SiteFileError, match=r"unknown time zone 'Europe/Zurick'.*; did you mean Europe/Zurich"):
        parse_site(wrong, "north.yaml")
    with speaking("de"), pytest.raises(SiteFileError, match=r"unbekannte Zeitzone .*; meinten Sie Europe/Zurich"):
        parse_site(wrong, "north.yaml")


def test_what_a_site_gives_no_name_is_named_in_its_language() -> None:
    german = changed(("timezone: Europe/Zurich", "timezone: Europe/Zurich\nlanguage: de"))
    names = {p.quantity: p.name for p in parse_site(german, "north.yaml").points.values() if p.size is None}
    assert names[Quantity.TEMPERATURE] == "Temperatur"
    assert parse_site(SMALL, "north.yaml").language == "en"


@pytest.mark.parametrize("code", languages()[1:])
def test_a_translation_has_the_places_of_its_text_and_no_others(code: str) -> None:
    for message in messages(code):
        if isinstance(message.id, str):
            assert all(places(text) == places(message.id) for text in translated(message)), message.id
        else:  # "one room" may say its number by a word
            wanted = places(message.id[1])
            assert all(wanted - {"n"} <= places(text) <= wanted for text in translated(message)), message.id


@pytest.mark.parametrize("code", languages()[1:])
def test_a_catalogue_has_every_text_of_the_code_and_no_others(code: str) -> None:
    in_code = {message.id for message in template() if message.id}
    there = {message.id for message in messages(code)}
    assert there == in_code, "`make words` brings it in line"


@pytest.mark.parametrize("code", languages()[1:])
def test_nothing_waits_to_be_translated_or_looked_at(code: str) -> None:
    waiting = [message.id for message in messages(code) if message.fuzzy or not all(translated(message))]
    assert not waiting
    assert not catalogue(code).obsolete
