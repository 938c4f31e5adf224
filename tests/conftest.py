"""Parts that start slowly, shared by all tests: Chromium for every test that looks at a page, one PostgreSQL."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browsing import FLAGS, BrowserLikeClient, Watch
from tests.influx import InfluxServer, any_influx
from tests.parts import program
from tests.postgres import PostgresUnderTest, running_postgres

settings.register_profile("cleanwatch", deadline=None)  # a busy machine is slow, and not wrong
settings.load_profile("cleanwatch")


@pytest.fixture(scope="session", autouse=True)
def _test_clients_are_like_browsers() -> None:
    Flask.test_client_class = BrowserLikeClient


@pytest.fixture(autouse=True)
def _a_command_that_is_run_in_a_test_makes_files_private_only_in_it() -> Iterator[None]:
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = program("chromium")
    expect.set_options(timeout=30_000)  # a busy machine is slow, and not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresUnderTest]:
    """One cluster for all tests, each with a database of its own. Whoever kills it starts it again."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def influx_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    """A running InfluxDB: every test takes a bucket of its own."""
    with any_influx(tmp_path_factory.mktemp("influx")) as server:
        yield server


@pytest.fixture
def watch() -> Iterator[Watch]:
    """A test fails when the console of its page is not clean, or the page leaves its host."""
    watch = Watch()
    yield watch
    assert watch.unforgiven() == []
