"""The scenario file: what it may say, what it makes happen, and its errors in words."""

import itertools
from pathlib import Path

import pytest

from collectors.simulator import effects
from collectors.simulator.design import load_design
from collectors.simulator.scenario import load_scenario, upcoming
from facility.instants import HOUR, MINUTE, SECOND, datetime_of, instant_of
from facility.site_errors import SiteFileError
from tests.collectors.suite import DESIGN, SCENARIO, SITE, SITES, scenario_of

START = instant_of(datetime_of(1_795_336_500_000))
DOOR = {"kind": "door held open", "door": ["B101", "B106"], "shed": 1000, "lasts": "2 min"}


def problems_of(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFileError) as caught:
        load_scenario(path, SITE, DESIGN)
    return [f"{problem.line}: {problem.key}: {problem.message}" for problem in caught.value.problems]


def test_the_demo_has_something_to_see_within_two_minutes_that_repeats() -> None:
    span, sentence = upcoming(SCENARIO)[0]
    assert span < MINUTE
    assert sentence == "the door between B101 and B106 is held open for 2 min 30 s; again every 20 min"


def test_the_demo_has_all_kinds_of_events_and_10_to_20_in_its_past() -> None:
    assert 10 <= len(effects.past(SCENARIO, SITE, START)) <= 20
    assert len({event.kind for event in SCENARIO.events}) == 10


def test_what_is_upcoming_is_told_in_order() -> None:
    spans = [span for span, _ in upcoming(SCENARIO)]
    assert spans == sorted(spans)


def test_an_event_repeats_as_often_as_it_fits() -> None:
    scenario = scenario_of(DOOR | {"at": "45 s", "repeat_every": "10 min"})
    occurrences = effects.live(scenario, START, START + 12 * MINUTE, START + 30 * MINUTE + 46 * SECOND)
    assert [o.begins - START for o in occurrences] == [n * 10 * MINUTE + 45 * SECOND for n in (1, 2, 3)]
    assert all(o.ends - o.begins == 2 * MINUTE for o in occurrences)


def test_an_event_that_does_not_repeat_happens_once() -> None:
    scenario = scenario_of(DOOR | {"at": "45 s"})
    assert len(effects.live(scenario, START, START, START + 24 * HOUR)) == 1
    assert not effects.live(scenario, START, START + 3 * MINUTE, START + 24 * HOUR)


def test_live_changes_come_in_the_order_of_time_and_never_end() -> None:
    changes = list(itertools.islice(effects.live_changes(SCENARIO, START, DESIGN), 2000))
    assert [c.time for c in changes] == sorted(c.time for c in changes)
    assert changes[-1].time > START + 2 * HOUR


def test_past_events_are_placed_by_the_days_of_the_site() -> None:
    """The first start is on Sunday 22 November 2026, 09:35 in Zurich."""
    scenario = scenario_of(DOOR | {"at": "1 workday ago, 10:13"}, DOOR | {"at": "1 day ago, 00:30"})
    begun = [datetime_of(o.begins).isoformat() for o in effects.past(scenario, SITE, START)]
    assert begun == ["2026-11-20T09:13:00+00:00", "2026-11-20T23:30:00+00:00"]


def test_live_and_past_events_do_not_mix() -> None:
    scenario = scenario_of(DOOR | {"at": "1 day ago, 10:13"})
    assert not effects.live(scenario, START, START, START + 24 * HOUR)
    assert not effects.past(scenario_of(DOOR | {"at": "45 s"}), SITE, START)


def test_every_mistake_is_told_with_its_line_and_what_would_be_right(tmp_path: Path) -> None:
    text = """
seed: 1
live_begins_at: "09:30"
events:
  - {kind: door held open, at: 45 s, lasts: 2 min, door: [B101, B105], shed: 1000}
  - {kind: flow fault, at: 45 s, lasts: 2 min, repeat_every: 1 min, instrument: B101.DP1, flow: 0.5}
  - kind: network loss
    at: 3 days ago, 10:00
    lasts: 2 min
    repeat_every: 1 h
    source: cellar
"""
    *told, gateway = problems_of(tmp_path / "scenario.yaml", text)
    assert told == [
        "5: events[1].door: the site file has no door between B101 and B105",
        "6: events[2].instrument: the site file has no particle counter B101.DP1",
        "6: events[2].repeat_every: must be longer than 2 min, which it lasts",
        "10: events[3].repeat_every: only what happens after the start can repeat",
    ]
    assert gateway.startswith("11: events[3].source: there is no gateway cellar; there are cabinets-B104, ")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("{kind: flood, at: 45 s, lasts: 2 min}", "'door held open'"),
        ("{kind: HEPA leak, at: soon, lasts: 2 min, room: B101, grows_to: 1}", "'soon' is no time; write '45 s'"),
        ("{kind: HEPA leak, at: 45 s, lasts: 2, room: B101, grows_to: 1}", "'2' is no duration"),
        ("{kind: HEPA leak, at: 45 s, lasts: 2 min, room: B101}", "Field required"),
        ("{kind: HEPA leak, at: 45 s, lasts: 2 min, room: BSC1, grows_to: 1}", "the plant file has no room BSC1"),
        ("{kind: air handler trip, at: 45 s, lasts: 2 min, air_handler: AHU9}", "no air handler AHU9"),
        ("{kind: CO2 bottle empty, at: 45 s, lasts: 2 min, cabinet: B115.FRZ1}", "no incubator B115.FRZ1 with CO2"),
        ("{kind: cabinet left open, at: 45 s, lasts: 2 min, cabinet: B101}", "no cabinet B101"),
        ("{kind: frozen sensor, at: 45 s, lasts: 2 min, instrument: B101.PC1}", "no instrument B101.PC1 that could"),
        ("{kind: particle burst, at: 45 s, room: B999, particles: 1}", "no room or workstation B999"),
        ("{kind: growth on a plate, at: 45 s, point: B101.T1, colonies: 1}", "no viable-air point B101.T1"),
    ],
)
def test_an_impossible_event_is_refused(tmp_path: Path, event: str, said: str) -> None:
    [problem] = problems_of(tmp_path / "s.yaml", f'seed: 1\nlive_begins_at: "09:30"\nevents:\n  - {event}\n')
    assert problem.startswith("4: events[1]")
    assert said in problem


def test_a_plant_file_that_does_not_fit_its_site_is_refused(tmp_path: Path) -> None:
    text = (SITES / "demo-plant.yaml").read_text(encoding="utf-8")
    text = text.replace("entrance: B113", "entrance: B999").replace("  B115: {", "  B116: {")
    path = tmp_path / "plant.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFileError) as caught:
        load_design(path, SITE)
    said = str(caught.value)
    assert "B115 of the site file is missing here" in said
    assert "the site file has no such room" in said
    assert "B999 is not among the rooms" in said
