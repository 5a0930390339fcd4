"""The promise of the README: no key, no hub, and a real model solves real tasks in the page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import patient
from tests.browser.app_process import AppProcess
from tests.needs import model_advice, skip_unless

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
SECRETS = ("HF_TOKEN", "E2B_API_KEY", "SANDGLASS_BASE_URL")

TASKS = {
    "What is the sum of all primes below 1000?": "76127",
    "How many days are there between 14 March 2019 and 2 November 2023?": "1694",
    "What is the 30th Fibonacci number, if the first two are 1 and 1?": "832040",
}

FIRST = next(iter(TASKS))


@pytest.fixture(scope="module")
def app() -> Iterator[AppProcess]:
    skip_unless(model_advice())
    environment = {k: v for k, v in os.environ.items() if k not in SECRETS}
    with AppProcess([str(ROOT / "app.py")], environment=environment) as running:
        yield running


def ask(page: Page, task: str) -> str:
    """Type the task, send it, and wait for the answer's text."""
    answers = page.locator("#transcript [data-kind=answer]")
    before = answers.count()
    page.locator("#composer textarea").fill(task)
    page.locator("#send").click()
    expect(answers).to_have_count(before + 1, timeout=600_000)
    expect(page.locator("body")).to_have_attribute("data-activity", "idle", timeout=600_000)
    return answers.last.inner_text()


def test_the_embedded_model_solves_three_tasks_in_the_page(
    app: AppProcess, browser: Browser, artifacts: Path
) -> None:
    context = patient(browser.new_context(viewport={"width": 1280, "height": 860}))
    page = context.new_page()
    page.goto(app.url)
    for task, expected in TASKS.items():
        answer = ask(page, task)
        assert expected in re.sub(r"[,\s\u202f]", "", answer), (task, answer)
        assert page.locator("#transcript [data-kind=code]").count() >= 1
        if task == FIRST:
            page.screenshot(path=artifacts / "embedded-first.png")
    page.screenshot(path=artifacts / "embedded.png")
    context.close()
