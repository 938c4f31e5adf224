"""A site split into stations: checked in the file, on record when it changes, and cut into parts."""

import pytest

from facility.site import MAIN, Share, Site
from facility.site_changes import differences, lines
from facility.site_file import parse_site
from facility.site_part import NoSuchStationError, hears, part, watches
from tests.facility.sites import SMALL, problems_of

AREAS = "  - {id: N, name: North}\n"
TWO_AREAS = f"{AREAS}  - {{id: S, name: South}}\n"
NORTH, SOUTH = "{id: north, areas: [N], sources: [gw-n]}", "{id: south, areas: [S], sources: [gw-s]}"
SOUTH_ROOM = """\
  - id: S1
    name: South
    area: S
    grade: C
    plan: {x: 0, y: 0, width: 10, height: 10}
    instruments:
      - id: S1.DP1
        name: Pressure to N2
        interval: 5 s
        points:
          - {quantity: differential_pressure, against: N2}
doors:
"""


def text(*stations: str) -> str:
    """The small site with a second area, and these stations."""
    lines = "".join(f"  - {station}\n" for station in stations)
    split = SMALL.replace(AREAS, TWO_AREAS + (f"stations:\n{lines}" if stations else ""))
    return split.replace("plan:", "area: N\n    plan:").replace("doors:\n", SOUTH_ROOM)


def site(*stations: str) -> Site:
    return parse_site(text(*stations), "site.yaml")


def test_a_site_that_says_nothing_of_stations_has_one_that_watches_all_and_hears_everyone() -> None:
    whole = site()
    only = part(whole)
    assert (only, only.share) == (whole, Share(MAIN, None, True, {}))


def test_the_parts_make_up_the_whole_site() -> None:
    whole = site(NORTH, SOUTH)
    north, south = part(whole, "north"), part(whole, "south")
    assert {**north.rooms, **south.rooms} == whole.rooms
    assert {**north.points, **south.points} == whole.points
    assert {**north.instruments, **south.instruments} == whole.instruments
    assert (*north.cascade, *south.cascade) == whole.cascade
    assert list(south.points) == ["S1.DP1"]
    assert [area.id for area in south.areas] == ["S"]


def test_a_part_knows_whose_the_rest_is() -> None:
    north, south = part(site(NORTH, SOUTH), "north"), part(site(NORTH, SOUTH), "south")
    assert north.share.elsewhere == {"S1": "south", "S1.DP1": "south", "source:gw-s": "south"}
    assert watches(north, "N1.DP1")
    assert watches(south, "source:gw-s")
    assert not watches(north, "source:gw-s")
    assert not watches(south, "source:gw-x")
    assert not watches(north, "S1.DP1")
    assert not watches(south, "N1")


def test_what_is_described_no_longer_is_the_first_stations() -> None:
    assert watches(part(site(NORTH, SOUTH), "north"), "retired")
    assert not watches(part(site(NORTH, SOUTH), "south"), "retired")


def test_a_source_is_heard_by_the_station_that_names_it() -> None:
    north, south = part(site(NORTH, SOUTH), "north"), part(site(NORTH, SOUTH), "south")
    assert [hears(north, source) for source in ("gw-n", "gw-s", "gw-x")] == [True, False, False]
    assert [hears(south, source) for source in ("gw-n", "gw-s", "gw-x")] == [False, True, False]
    assert hears(part(site()), "gw-x")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (None, "site north has the stations north, south: say in CLEANWATCH_STATION which of them this is"),
        ("nort", "CLEANWATCH_STATION is 'nort', but site north has the stations north, south; did you mean north?"),
    ],
)
def test_a_station_that_the_site_does_not_have_is_told_which_there_are(name: str | None, said: str) -> None:
    with pytest.raises(NoSuchStationError) as refusal:
        part(site(NORTH, SOUTH), name)
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("stations", "key", "said"),
    [
        ([NORTH], "areas[S]", "no station watches area S; name it in the areas of one"),
        ([NORTH, "{id: south, areas: [T], sources: [g]}"], "stations[south].areas[1]", "area T is not described"),
        (
            [NORTH, "{id: south, areas: [S, N], sources: [g]}"],
            "stations[south].areas[2]",
            "area N is in station north already; leave it out of one",
        ),
        (
            [NORTH, "{id: south, areas: [S], sources: [gw-n]}"],
            "stations[south].sources[1]",
            "source gw-n is in station north already",
        ),
        (
            [NORTH, "{id: south, areas: [S]}"],
            "stations[south]",
            "the key 'sources' is missing; with several stations",
        ),
        (
            [NORTH, "{id: south, sources: [g]}"],
            "stations[south]",
            "the key 'areas' is missing; with several stations",
        ),
        ([NORTH, SOUTH.replace("south", "north")], "stations[north].id", "there are two stations north"),
        ([NORTH, SOUTH.replace("gw-s", "gw/s")], "stations[south].sources[1]", "'gw/s' is no id"),
        ([NORTH, SOUTH.replace("sources", "source")], "stations[south].source", "unknown key 'source'"),
    ],
)
def test_a_split_that_does_not_fit_is_told_where_and_what_would_be_right(
    stations: list[str], key: str, said: str
) -> None:
    found = problems_of(text(*stations))
    assert any(problem.key == key and problem.message.startswith(said) for problem in found), found
    assert all(problem.line > 1 for problem in found)


def test_a_split_is_a_change_of_record() -> None:
    told = lines(differences(site(), site(NORTH, SOUTH)))
    assert told == ("station main retired", "station north added", "station south added")
    moved = lines(differences(site(NORTH, SOUTH), site(NORTH, SOUTH.replace("[gw-s]", "[gw-s, gw-t]"))))
    assert moved == ("station south: sources gw-s to gw-s, gw-t",)
