"""Every page is told of and shown in docs/pages.md."""

import re
from pathlib import Path

import pytest

from app.pages.page import Page
from app.pages.registry import PAGES
from tests.integration.pictures import ON_PHONES, WALL, picture_of

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = (DOCS / "pages.md").read_text()
LARGEST = 150_000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_page_has_its_section_with_its_picture(page: Page) -> None:
    section = re.search(rf"\n## {re.escape(page.title)}\n(.*?)(?=\n## |\Z)", DOCUMENT, re.DOTALL)
    assert section, f"docs/pages.md has no section “{page.title}”"
    wanted = [picture_of(page.path), *([picture_of(page.path, "phone")] if page.path in ON_PHONES else [])]
    assert [name for name in wanted if f"(pictures/{name})" not in section[1]] == []


def test_the_wall_is_shown_dark_and_large() -> None:
    assert f"(pictures/{picture_of(WALL, 'large')})" in DOCUMENT


def test_every_picture_that_is_named_is_there_and_small() -> None:
    named = re.findall(r"\]\((pictures/[^)]+)\)", DOCUMENT)
    assert [name for name in named if not 0 < (DOCS / name).stat().st_size < LARGEST] == []
