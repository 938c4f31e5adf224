from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.alarm_query import FOUND, AlarmQuery, alarm_query
from app.pages.page import query_of
from facility.alarm import AlarmState, Condition
from facility.instants import instant_of
from facility.limit import Severity


def test_an_empty_address_filters_nothing() -> None:
    assert alarm_query({}) == AlarmQuery()
    assert AlarmQuery().search() == ""


def test_what_the_address_does_not_know_is_left_out() -> None:
    query = query_of("?severity=terrible&severity=action&state=lost&from=yesterday&page=-3&found=maybe")
    assert alarm_query(query) == AlarmQuery(severities=(Severity.ACTION,))


def test_a_period_is_whole_days_in_the_zone_of_the_site() -> None:
    query = AlarmQuery(first=date(2026, 11, 17), last=date(2026, 11, 17))
    wanted = query.filter("Europe/Zurich")
    assert wanted.start == instant_of(datetime(2026, 11, 16, 23, tzinfo=UTC))
    assert wanted.end == instant_of(datetime(2026, 11, 17, 23, tzinfo=UTC))


def some(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, unique=True, max_size=3).map(tuple)


@given(
    st.builds(
        AlarmQuery,
        rooms=some(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"]))),
        severities=some(st.sampled_from(Severity)),
        conditions=some(st.sampled_from(Condition)),
        states=some(st.sampled_from(AlarmState)),
        text=st.text(alphabet=st.characters(exclude_categories=["Cs"])),
        first=st.none() | st.dates(),
        last=st.none() | st.dates(),
        found=st.sampled_from(["", *FOUND]),
        page=st.integers(1, 10_000),
    )
)
def test_a_filter_survives_its_way_through_the_address(query: AlarmQuery) -> None:
    assert alarm_query(query_of(query.search())) == query
