"""One Chromium and one app with scripted replies for all browser tests of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.actions import opened as arrived
from tests.browser.actions import patient
from tests.browser.app_process import ROOT, AppProcess
from tests.e2b_stand_in.server import Server, running
from tests.needs import chromium, chromium_advice, skip_unless

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SCRIPTED = str(ROOT / "tests" / "browser" / "scripted_app.py")
QUIET = ("Failed to load resource", "[vite]", "Space not found")  # not the page's own

Visit = Callable[..., Page]


def without_settings() -> dict[str, str]:
    """The environment of these tests without any setting of the app."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("SANDGLASS_", "E2B_", "HF_"))}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Not longer than this package: its event loop would be in the way of the async tests.
    skip_unless(chromium_advice())
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def scripted() -> Iterator[AppProcess]:
    with AppProcess([SCRIPTED], environment=without_settings()) as app:
        yield app


@pytest.fixture(scope="package")
def e2b(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The E2B stand-in, with real kernels."""
    with running(tmp_path_factory.mktemp("stand-in")) as server:
        yield server


@pytest.fixture(scope="package")
def scripted_with_e2b(e2b: Server) -> Iterator[AppProcess]:
    """The app with scripted replies and a key of the server's own for the stand-in."""
    addresses = {"E2B_API_URL": e2b.url, "E2B_SANDBOX_URL": e2b.url, "E2B_API_KEY": e2b.key}
    with AppProcess([SCRIPTED], environment=without_settings() | addresses) as app:
        yield app


@pytest.fixture(scope="package")
def team(e2b: Server) -> Iterator[AppProcess]:
    """The app whose agents plan and have others to ask; with the stand-in, too."""
    addresses = {"E2B_API_URL": e2b.url, "E2B_SANDBOX_URL": e2b.url, "E2B_API_KEY": e2b.key}
    with AppProcess([SCRIPTED, "team"], environment=without_settings() | addresses) as app:
        yield app


@pytest.fixture(scope="session")
def artifacts() -> Path:
    folder = ROOT / "test-artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a page of a visitor of its own. A script error on one fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def told(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(QUIET):
            errors.append(message.text)

    def opened(url: str, **options: Any) -> Page:
        size = {"width": 1280, "height": 860}
        options = {"viewport": size, "accept_downloads": True, **options}
        context = patient(browser.new_context(**options))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", told)
        page.goto(url)
        arrived(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(visit: Visit, scripted: AppProcess) -> Page:
    """A page of the app with scripted replies."""
    return visit(scripted.url)
