"""Who is on call: exactly one answer at every moment, by the wall clock of the rota's zone."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facility.instants import DAY, HOUR, Instant, instant_of
from facility.on_call import Calendar, Duty, Override, Rota, Shift, Weekly, duties, who

ZURICH = ZoneInfo("Europe/Zurich")
ZONES = ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
FIRST = datetime.fromisoformat("2026-01-05T08:00")


def rota(*people: str, first: datetime = FIRST, zone: str = "Europe/Zurich") -> Rota:
    return Rota("first", "First", zone, Weekly(first, (Shift(first.time(), people),)))


def at(text: str) -> Instant:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZURICH))


def override(number: int, account: str, start: Instant, end: Instant) -> Override:
    return Override(number, "first", account, start, end, "swapped", "ann", 0)


@pytest.mark.parametrize(
    ("moment", "account"),
    [
        ("2026-01-05T07:59", None),
        ("2026-01-05T08:00", "ann"),
        ("2026-01-12T07:59", "ann"),
        ("2026-01-12T08:00", "bob"),
        ("2026-01-19T08:00", "ann"),
        ("2026-03-30T07:59", "bob"),
        ("2026-03-30T08:00", "ann"),
        ("2026-10-26T07:59", "bob"),
        ("2026-10-26T08:00", "ann"),
    ],
)
def test_each_has_a_week_from_handover_to_handover_by_the_wall_clock(moment: str, account: str | None) -> None:
    assert who(rota("ann", "bob"), [], at(moment)).account == account


def test_a_day_may_have_several_shifts_with_people_of_their_own() -> None:
    shifts = (Shift(time(8), ("ann", "bob")), Shift(time(20), ("cleo", "dan", "eva")))
    own = Rota("first", "First", "Europe/Zurich", Weekly(FIRST, shifts))
    found = duties(own, [], at("2026-01-11T08:00"), at("2026-01-13T08:00"))
    assert [duty.account for duty in found] == ["ann", "cleo", "bob", "dan"]
    assert found[1].end == found[2].start == at("2026-01-12T08:00")


def test_of_two_overrides_the_one_made_last_holds_and_then_the_plan_again() -> None:
    night = at("2026-01-06T18:00")
    made = [override(2, "dan", night + HOUR, night + 2 * HOUR), override(1, "cleo", night, night + 3 * HOUR)]
    found = duties(rota("ann"), made, night - HOUR, night + 4 * HOUR)
    assert [duty.account for duty in found] == ["ann", "cleo", "dan", "cleo", "ann"]


def test_a_calendar_that_is_empty_somewhere_leaves_nobody_there() -> None:
    own = Rota("first", "First", "UTC", Calendar("https://calendar.example/a.ics", ()))
    planned = [Duty(0, 10, "ann"), Duty(8, 20, "bob"), Duty(30, 40, "ann")]
    found = duties(own, [], 0, 40, planned)
    told = [(duty.start, duty.end, duty.account) for duty in found]
    assert told == [(0, 8, "ann"), (8, 20, "bob"), (20, 30, None), (30, 40, "ann")]


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
moments = st.integers(20_089 * DAY, 21_184 * DAY)
people = st.lists(st.sampled_from(["ann", "bob", "cleo", "dan"]), min_size=1, max_size=4).map(tuple)
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    begins = draw(st.lists(clock_times, min_size=1, max_size=3, unique=True))
    shifts = tuple(Shift(time_, draw(people)) for time_ in begins)
    weekly = Weekly(datetime.combine(draw(days), begins[0]), shifts)
    return Rota("first", "First", draw(st.sampled_from(ZONES)), weekly)


overrides_ = st.lists(
    st.builds(
        lambda number, who, start, length: override(number, who, start, start + length),
        st.integers(1, 1000),
        st.sampled_from(["eva", "finn"]),
        moments,
        st.integers(1, 60 * DAY),
    ),
    max_size=4,
    unique_by=lambda override: override.number,
)


@settings(max_examples=60)
@given(
    rotas(), overrides_, moments, st.integers(1, 20 * DAY), st.lists(st.floats(0, 1, exclude_max=True), max_size=8)
)
def test_there_is_exactly_one_answer_at_every_moment(
    own: Rota, made: list[Override], start: Instant, length: int, fractions: list[float]
) -> None:
    found = duties(own, made, start, start + length)
    assert (found[0].start, found[-1].end) == (start, start + length)
    assert all(this.end == following.start and this.start < this.end for this, following in pairwise(found))
    for fraction in fractions:
        moment = start + int(fraction * length)
        (holding,) = [duty for duty in found if duty.start <= moment < duty.end]
        assert who(own, made, moment).account == holding.account


@settings(max_examples=60)
@given(st.sampled_from(ZONES), days, clock_times)
def test_a_week_is_seven_days_of_the_wall_clock_also_where_the_clock_is_changed(
    zone: str, since: date, begins: time
) -> None:
    first = datetime.combine(since, begins)
    own = rota("ann", "bob", first=first, zone=zone)
    begin = instant_of(first.replace(tzinfo=ZoneInfo(zone)))
    found = [duty for duty in duties(own, [], begin - DAY, begin + 100 * DAY) if duty.account is not None]
    for number, duty in enumerate(found):
        shown = (first + timedelta(weeks=number)).replace(tzinfo=ZoneInfo(zone))
        assert duty.start == instant_of(shown)
        assert duty.account == ("ann", "bob")[number % 2]
