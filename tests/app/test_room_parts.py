"""The parts of a room page: points in their groups, limits in words, bullet graphs, cascade, instruments."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from dash import dcc, html
from dash.development.base_component import Component

from app.components.baked import markup
from app.components.bullet import bullet
from app.components.cascade import cascade
from app.components.instruments import instrument_list
from app.components.point_table import NOTED, action_words, by_quantity, point_table
from app.components.room_list import room_list
from app.live.hub import Hub
from app.scale import yardstick
from facility.instants import DAY
from facility.limit import Limit, RoomState, Severity, Side
from facility.quantities import Quantity
from facility.site import Site
from facility.site_file import load_site

NOW = 1_795_342_000_000


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(Path(__file__).parents[2] / "sites" / "demo.yaml")


@pytest.fixture(scope="module")
def hub(site: Site) -> Hub:
    return Hub(lambda: site, lambda: NOW)


def text(component: Component | None) -> str:
    """What a person reads, roughly."""
    import re

    return re.sub(r"<[^>]*>", "|", markup(component))


def test_zones_stand_before_their_room_and_particles_first(site: Site, hub: Hub) -> None:
    words = text(point_table(site, hub, site.rooms["B101"], proposing=False))
    places = [
        words.index(id) for id in ("BSC1.PC1.p0_5", "BSC1.AV1", "B101.PC1.p0_5", "B101.DP1", "B101.RH1", "B101.VA1")
    ]
    assert places == sorted(places)


def test_every_point_of_a_room_is_there(site: Site, hub: Hub) -> None:
    words = text(point_table(site, hub, site.rooms["B101"], proposing=False))
    assert all(point.id in words for room in ("B101", "BSC1") for point in site.points_by_room[room])


def test_a_value_about_which_something_was_written_is_marked(site: Site, hub: Hub) -> None:
    drawn = markup(point_table(site, hub, site.rooms["B101"], proposing=False, annotated={"B101.T1"}))
    assert drawn.count(NOTED) == 2  # told to who sees it and to who hears it
    assert drawn.index('id="B101.T1"') < drawn.index(NOTED) < drawn.index('id="B101.RH1"')


def test_while_the_room_state_is_unknown_the_page_says_which_limits_hold(site: Site, hub: Hub) -> None:
    assert "room state unknown: the stricter limits hold" in text(
        point_table(site, hub, site.rooms["B101"], proposing=False)
    )


def test_points_are_grouped_by_quantity(site: Site) -> None:
    quantities = [point.quantity for point in by_quantity(site.points_by_room["B105"])]
    assert quantities == sorted(quantities, key=list(Quantity).index)


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("B101.PC1.p0_5", "max 352,000"),
        ("B101.DP1", "42 to 66"),
        ("B101.DP2", "7.5 to 17"),
        ("BSC1.AV1", "0.36 to 0.54"),
        ("B109.DP2", "min 1.5"),
    ],
)
def test_action_limits_are_told_in_words(site: Site, point: str, words: str) -> None:
    of = site.points[point]
    assert action_words(yardstick(of, RoomState.IN_OPERATION), of.quantity) == words


def test_a_point_with_an_alert_level_only_says_so(site: Site) -> None:
    of = replace(site.points["B101.VA1"], limits=(Limit(Severity.ALERT, Side.HIGH, 4),))
    assert action_words(yardstick(of, None), of.quantity) == "alert: max 4"
    assert action_words(yardstick(replace(of, limits=()), None), of.quantity) == "none"


def test_a_bullet_has_a_tick_for_each_limit_and_none_without_limits(site: Site) -> None:
    pressure = site.points["B101.DP1"]
    drawn = markup_of_bullet(pressure.id, site)
    assert drawn.count('class="tick alert"') == 2
    assert drawn.count('class="tick action"') == 2
    assert bullet("P", yardstick(replace(pressure, limits=()), None)) is None


def markup_of_bullet(point: str, site: Site) -> str:
    return markup(bullet(point, yardstick(site.points[point], RoomState.IN_OPERATION)))


def test_the_cascade_shows_neighbours_on_both_sides_with_the_least_step(site: Site, hub: Hub) -> None:
    drawn = text(cascade(site, hub, "B106"))
    above, here, below = drawn.index("B101"), drawn.index("B106"), drawn.index("B109")
    assert above < here < below
    assert "min 7.5" in drawn


def test_a_room_without_pressure_has_no_cascade(site: Site, hub: Hub) -> None:
    alone = replace(site, cascade=())
    assert cascade(alone, hub, "B101") is None


def test_overdue_instruments_stand_first(site: Site) -> None:
    instruments = [site.instruments[id] for id in ("B101.PC1", "B101.RH1", "B101.T1")]
    words = text(instrument_list(instruments, NOW, "UTC"))
    assert words.index("B101.RH1") < words.index("B101.T1") < words.index("B101.PC1")
    assert "overdue 22 days" in words


def test_an_instrument_is_not_overdue_on_its_day(site: Site) -> None:
    due = replace(site.instruments["B101.T1"], calibration_due=date(2026, 11, 22))
    assert "due 22 Nov 2026" in text(instrument_list([due], NOW, "UTC"))
    assert "overdue one day" in text(instrument_list([due], NOW + DAY, "UTC"))


def test_an_instrument_without_a_date_says_so(site: Site) -> None:
    without = replace(site.instruments["B101.T1"], calibration_due=None)
    assert "no calibration date" in text(instrument_list([without], NOW, "UTC"))


def test_every_room_has_a_row_also_one_that_is_not_watched(site: Site) -> None:
    bare = replace(site, points={id: point for id, point in site.points.items() if point.room != "B102"})
    listed = getattr(room_list(bare, tuple(bare.rooms)), "data-svg")
    rows = ElementTree.fromstring(listed).findall("{*}li")
    assert [row.get("data-key") for row in rows] == list(bare.rooms)
    assert [row.get("data-key") for row in rows if "Not watched" in "".join(row.itertext())] == ["B102"]


def test_only_html_is_baked() -> None:
    with pytest.raises(TypeError, match="Store"):
        markup(html.Div(dcc.Store(id="x")))


def test_baked_text_stays_text() -> None:
    assert markup(html.B('<script>"&', title='"x"')) == '<b title=\'"x"\'>&lt;script&gt;"&amp;</b>'


def test_a_style_is_baked_as_the_browser_reads_it() -> None:
    assert markup(html.I(style={"left": 0, "width": "40%"})) == '<i style="left:0;width:40%"></i>'
