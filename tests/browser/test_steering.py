"""What the person says while the agent works."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import ask, idle, kinds, reload, send, stop, texts
from tests.browser.app_process import AppProcess
from tests.browser.scripts import GO
from tests.browser.test_files import CHIPS, choose

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SAID = "[data-kind=user][data-state]:not([data-state=''])"


def begin(page: Page, task: str = "waits") -> None:
    send(page, task)
    expect(page.locator("body")).to_have_attribute("data-activity", "running")


def test_the_agent_reads_a_message_before_its_next_step(
    page: Page, scripted: AppProcess, artifacts: Path
) -> None:
    begin(page)
    box = page.locator("#composer textarea")
    expect(box).to_have_attribute("placeholder", "Tell the agent something…")
    expect(page.locator("#send")).to_be_hidden()
    box.fill("instead use metres")
    expect(page.locator("#send")).to_be_visible()
    expect(page.locator("#stop")).to_be_visible()
    page.screenshot(path=artifacts / "light-steering-typed.png")
    box.press("Enter")
    said = page.locator(SAID)
    expect(said).to_have_attribute("data-state", "waiting")
    expect(said).to_contain_text("Will be read before the next step")
    expect(box).to_have_value("")
    page.screenshot(path=artifacts / "light-steering-waiting.png")
    reload(page, scripted, SAID)
    expect(said).to_have_attribute("data-state", "waiting")
    scripted.open(GO)
    expect(said).to_have_attribute("data-state", "read")
    expect(page.locator("[data-kind=answer]")).to_contain_text("Changed to metres.")
    idle(page)
    page.screenshot(path=artifacts / "light-steering-read.png")
    assert "now in metres" in texts(page, "output")
    assert [kind for kind in kinds(page) if kind in ("user", "step", "answer")] == [
        *("user", "step", "user", "step", "answer")
    ]
    expect(box).to_have_attribute("placeholder", "Describe a task…")


def test_what_was_not_read_before_a_stop_is_told_with_the_next_message(page: Page) -> None:
    begin(page, "spin")
    send(page, "and count the turns")
    expect(page.locator(SAID)).to_have_attribute("data-state", "waiting")
    stop(page)
    expect(page.locator(SAID)).to_have_attribute("data-state", "late")
    expect(page.locator(SAID)).to_contain_text("the agent is told with your next message")
    ask(page, "remember")
    expect(page.locator(SAID)).to_have_count(0)
    assert kinds(page).count("user") == 3


def test_files_stay_in_the_tray_while_the_agent_works(
    page: Page, scripted: AppProcess, artifacts: Path
) -> None:
    begin(page)
    choose(page, ("prices.csv", b"day,price\n1,10\n2,20\n3,12\n"))
    expect(page.locator(CHIPS)).to_have_count(1)
    send(page, "instead")
    expect(page.locator("#refusal")).to_contain_text("The files stay here")
    page.screenshot(path=artifacts / "light-steering-files.png")
    scripted.open(GO)
    expect(page.locator("[data-kind=answer]")).to_contain_text("Changed to metres.")
    idle(page)
    expect(page.locator("#refusal p")).to_be_hidden()
    expect(page.locator(CHIPS)).to_have_count(1)
    ask(page, "prices")
    assert "in all 42" in texts(page, "output")
    expect(page.locator(CHIPS)).to_have_count(0)
