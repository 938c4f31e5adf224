from app.pages.page import query_of, route
from app.pages.registry import PAGES


def test_every_page_is_found_at_its_own_address() -> None:
    for page in PAGES:
        found = route(PAGES, page.path.replace("<room>", "B101"), "")
        assert found is not None
        assert found[0] is page


def test_an_address_without_page_is_not_found() -> None:
    assert route(PAGES, "/nowhere", "") is None


def test_a_query_keeps_every_value_of_a_parameter() -> None:
    assert query_of("?room=B101&room=B102&text=a%20b") == {"room": ("B101", "B102"), "text": ("a b",)}
