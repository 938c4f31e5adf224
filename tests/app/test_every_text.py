"""Every text that people read is taken from the catalogue, seen in a language that nobody speaks."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from alerts.notifications import answer_links
from alerts.notifications.texts import Scene, compose, summary
from alerts.rooms import RoomStates
from app.copies.copy import Copy, TooLongError
from app.guard import SIGN_IN
from app.levels.answer import answer as answer_of_levels
from app.levels.answer import rationale
from app.levels.figure import figure, quantile_figure
from app.levels.question import Question
from app.levels.rows import facts, rows
from app.pages.page import Page, route
from app.pages.registry import PAGES
from app.sign_in.invitations import INVITED
from app.sign_in.walls import WALL_IN
from app.wall.page import WALL
from facility.language import _, in_scripts, speaking
from facility.levels.units import Unit
from facility.limit import RoomState, Side
from facility.people import Person
from facility.plant_events import RoomStateSet
from facility.roles import RIGHTS
from storage.records.notifications import Purpose, number_of
from tests.app.past import BEGIN, NOW, PARTICLES, PRESSURE, TEMPERATURE, VIABLE
from tests.app.pseudo import CODE, PLAIN, strange
from tests.app.shown_texts import Browser, texts_of, texts_of_markup
from tests.app.strange_past import ANSWERED, DUSTY, OPEN, OVER, PEOPLE, QA, SAID, WARM, Inside, strange_past

SHOWN = {
    "<room>": ("B101", "no-such-room"),
    "<account>": (QA.account, "n.body"),
    "<point>": (PRESSURE, PARTICLES),
    "/excursions/<number>": (OVER, OPEN),
    "<number>": ("1", "7"),
}
"""What pages are opened with."""
ASKED = {
    "/trends": (
        f"points={PARTICLES},{PRESSURE},{VIABLE},B102.T1&range=7d&table=yes",
        f"points={PARTICLES},{TEMPERATURE}&range=24h&plots=quantity&compare=24h",
    ),
    "/levels": (f"point={PARTICLES}",),
    "/back-test": (f"points={PRESSURE}",),
    "/alarms": ("state=standing", "condition=low"),
}
"""What they are asked, beside nothing."""
PLAIN_PAGES = (WALL, WALL_IN, SIGN_IN, answer_links.PATH, INVITED, "/account/password", "/account/authenticator")
LIVE = re.compile("title|lead|word|what|brief|value|unit|beyond|used|state|system|silent|validity")
"""What is read of a look at the site."""
SAME_IN_EVERY_LANGUAGE = (
    r"Cleanwatch|cleanwatch( audit verify --readings| dead-letters list)?",  # the product, commands
    r"GMP|ISO|QA|CSV|PDF|Parquet|JSON|SHA-256|UTC|API|OpenAPI|MQTT|InfluxDB|Authorization|GET|POST|URL",
    r"[A-Z][a-z]+/[A-Z][a-z]+|CET",  # zones
    r"\w+://\S*|\S+@\S+|instruments/\S+|/[\w/{}.-]*|\w\.[a-z]+",  # addresses, topics, paths, accounts
    r"m³|CFU|Pa|°C|µm|m/s|min|ms|kB|MB|GB|[sh]|SHA",  # units
    r"[rp] \d[\d.,]*(e-\d+)?",  # statistics
    r"\([iv]+\)|[A-Ea-e]",  # numbers of questions, and grades
    r"[ET]-\d{4}-\d{4}|CT-26-\d{4}|\d{4}-\d\d-\d\dT[\d:.]+Z",  # excursions, batches, instants
    r"[0-9a-f]{64}|([A-Z2-7]{4} ){7}[A-Z2-7]{4}",  # hashes, and the secret of an authenticator
    r"\{\w+\}|%\{[^}]*\}",  # places that the browser fills
)
WRITTEN = (
    *("J. Moreau", "Door <b>closed</b>", "Network back", "trend of the last half year", "alert level", "the first"),
    *("plan", "ann", "setup", "test", "main", "station main", "gw-1", "gw-2", "no-such-room"),
    *("samples.db", "ntp.example", "mqtt:8883"),
)
"""What is written, and by whom, in tests/app/past.py and strange_past.py and tests/signing_in.py."""


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with strange_past(tmp_path_factory.mktemp("strange")) as found:
        yield found


@pytest.fixture(scope="module")
def data(inside: Inside) -> re.Pattern[str]:
    """What is the same in every language: names that the program does not give, and those of the list."""
    site = inside.past.site
    described = (site.id, *site.points, *site.instruments, *site.rooms, *site.on_call.rotas)
    serials = (instrument.serial for instrument in site.instruments.values() if instrument.serial)
    messages = (number_of(str(n)) for n in range(len(Purpose)))
    names = (*described, *serials, *messages, *(person.account for person in PEOPLE))
    same = "|".join((_any_of(WRITTEN), f"(?i:{_any_of(names)})", *SAME_IN_EVERY_LANGUAGE))
    return re.compile(rf"(?<![A-Za-z0-9])({same})(?![A-Za-z0-9])")


def _any_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def addresses(path: str) -> Iterable[str]:
    """Where a page is opened."""
    place = next((place for place in SHOWN if place in path), None)
    name = place.rpartition("/")[2] if place else ""
    for there in SHOWN[place] if place else ("",):
        yield path.replace(name, there) if name else path
    yield from (f"{path}?{asked}" for asked in ASKED.get(path, ()))


def strings_of(told: Any, name: str = "") -> Iterator[str]:
    """The words of what goes out to the browsers."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from () if key == "ways" else strings_of(value, key)  # in words that only a script reads
    elif isinstance(told, str) and LIVE.fullmatch(name):
        yield told


def texts_of_copy(copy: Copy) -> Iterator[str]:
    """What is read of a copy as a PDF, but for its cells: these are as they stand on record."""
    yield from (part for pair in copy.head for part in pair)
    for chart in copy.charts:
        yield from (chart.words, *texts_of_markup(chart.svg))
    for table in copy.tables:
        yield from (table.title, *(_(column.name) for column in table.columns))


def untranslated(where: str, texts: Iterable[str], data: re.Pattern[str]) -> list[str]:
    return sorted({f"{where}: {text}" for text in texts if PLAIN.search(data.sub("", text))})


def test_a_text_of_the_program_that_is_not_in_the_catalogue_is_found(data: re.Pattern[str]) -> None:
    told = [strange("Batch"), f"B101 {strange('low')}, 3 min", "Batch CT-26-0416", f"2 {strange('rooms')} and more"]
    assert untranslated("/", told, data) == ["/: 2 ｒｏｏｍｓ and more", "/: Batch CT-26-0416"]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.role.value)
def test_every_text_of_a_page_is_taken_from_the_catalogue(
    inside: Inside, data: re.Pattern[str], person: Person
) -> None:
    client = inside.server.test_client()
    client.set_cookie(*inside.cookie_of(person))
    browser, found = Browser(client), []
    for page in PAGES:
        if page.right in RIGHTS[person.role]:
            for address in addresses(page.path):
                found += untranslated(address, browser.open(address), data)
    assert not found, "\n".join(("not from the catalogue:", *found))


@pytest.mark.parametrize("address", PLAIN_PAGES)
def test_every_text_of_a_plain_page_is_taken_from_the_catalogue(
    inside: Inside, data: re.Pattern[str], address: str
) -> None:
    client = inside.server.test_client()
    if address != "/sign-in":
        client.set_cookie(*inside.cookie_of(QA))
    answer = client.get(address)
    assert answer.status_code == 200
    found = untranslated(address, texts_of_markup(answer.text), data)
    assert not found, "\n".join(("not from the catalogue:", *found))


@pytest.mark.parametrize("point", [PRESSURE, PARTICLES, VIABLE])
@pytest.mark.parametrize("unit", [Unit.EACH, Unit.DAILY_WORST])
def test_every_text_of_levels_is_taken_from_the_catalogue(
    inside: Inside, data: re.Pattern[str], point: str, unit: Unit
) -> None:
    past = inside.past
    question = Question((point,), Side.HIGH, BEGIN, NOW, RoomState.IN_OPERATION, unit)
    with speaking(CODE):
        found = answer_of_levels(past.site, past.samples, past.records, question, lambda _done: None)
        told = [*facts(found), *texts_of({"figure": figure(found, ())})]
        for row, result in zip(rows(found), found.comparison.results, strict=True):
            told += [row.method, row.parameters, row.fit, *row.remarks]
            if result.usable:
                told.append(rationale(found, result, past.site.timezone))
            if result.fit is not None:
                told += texts_of({"figure": quantile_figure(result, "Pa")})
    assert len(told) > 5
    left = untranslated("levels", told, data)
    assert not left, "\n".join(("not from the catalogue:", *left))


def test_every_live_value_is_taken_from_the_catalogue(inside: Inside, data: re.Pattern[str]) -> None:
    inside.context.hub.refresh()
    found = untranslated("live", strings_of(msgspec.to_builtins(inside.context.hub.look(None))), data)
    assert not found, "\n".join(("not from the catalogue:", *found))


def test_every_text_of_a_message_is_taken_from_the_catalogue(inside: Inside, data: re.Pattern[str]) -> None:
    site = inside.past.site
    states = RoomStates({"B101": RoomStateSet("B101", RoomState.AT_REST, NOW, "plan")})
    scene = Scene(site, NOW, states, {"B101": ["CT-26-0418"]}, "https://cleanwatch.example")
    with speaking(CODE):
        told = [
            words
            for purpose in Purpose
            for alarms in ([WARM], [ANSWERED], [DUSTY, ANSWERED, WARM])
            for words in (compose(scene, OPEN, alarms, purpose), summary(scene, [(OPEN, alarms)], SAID))
        ]
    lines = [line for words in told for text in (words.subject, words.body) for line in text.splitlines()]
    found = untranslated("message", lines, data)
    assert not found, "\n".join(("not from the catalogue:", *found))


@pytest.mark.parametrize("page", [page for page in PAGES if page.copy is not None], ids=lambda page: page.path)
def test_every_text_of_a_copy_is_taken_from_the_catalogue(inside: Inside, data: re.Pattern[str], page: Page) -> None:
    assert page.copy is not None
    context = replace(inside.context, person=lambda: QA)
    found = []
    for address in addresses(page.path):
        path, _mark, search = address.partition("?")
        routed = route(PAGES, path, search)
        assert routed is not None
        with speaking(CODE), inside.server.test_request_context(address), suppress(TooLongError):
            found += untranslated(f"copy of {address}", texts_of_copy(page.copy(context, QA, routed[1])), data)
    assert not found, "\n".join(("not from the catalogue:", *found))


def test_every_text_that_the_browser_writes_comes_with_the_page(inside: Inside) -> None:
    with speaking(CODE):
        told = in_scripts()
    assert {"No live data", "{n} days"} <= set(told)
    assert all(text == strange(written) for written, text in told.items())
