"""The demo in another language than English."""

from pathlib import Path

from cleanwatch.demo import site_file
from cleanwatch.demo_files import DEMO_SITE
from facility.site_file import load_site


def test_the_demo_in_german_is_the_same_site_and_speaks_german(tmp_path: Path) -> None:
    german, english = load_site(site_file(tmp_path, "de")), load_site(site_file(tmp_path, "en"))
    assert (german.language, english.language) == ("de", "en")
    assert german.points.keys() == english.points.keys()
    assert site_file(tmp_path, "en") == DEMO_SITE
