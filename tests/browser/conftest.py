"""One Chromium and one app with scripted replies for all browser tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.app_process import ROOT, AppProcess
from tests.needs import chromium, chromium_advice, skip_unless

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
QUIET = ("Failed to load resource", "[vite]")


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
    with AppProcess([str(ROOT / "tests" / "browser" / "scripted_app.py")]) as running:
        yield running


@pytest.fixture(scope="session")
def artifacts() -> Path:
    folder = ROOT / "test-artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def page(browser: Browser, scripted: AppProcess) -> Iterator[Page]:
    """A page of a visitor of its own. A script error on it fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, accept_downloads=True)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and not message.text.startswith(QUIET)
            else None
        ),
    )
    opened.goto(scripted.url)
    opened.wait_for_selector("body[data-activity=idle] #transcript .card")
    yield opened
    context.close()
    assert errors == []
