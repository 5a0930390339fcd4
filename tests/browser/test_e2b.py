"""Code in E2B as people meet it: real browser, real executor, real kernels in the stand-in."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import (
    ask,
    idle,
    kinds,
    reload,
    send,
    stop,
    texts,
    until,
    watch_lines,
)
from tests.browser.app_process import AppProcess
from tests.browser.conftest import SCRIPTED, Visit, without_settings
from tests.e2b_stand_in.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def switch(page: Page, place: str) -> None:
    page.locator("#backend label", has_text=place).click()


def watch(page: Page, app: AppProcess, task: str, lines: int) -> None:
    """Run the task, whose printed lines come live."""
    send(page, task)
    watch_lines(page, app, "live", lines)
    expect(page.locator("[data-kind=answer]")).to_be_visible()
    idle(page)


@pytest.mark.parametrize("place", ["Local", "E2B"])
def test_three_steps_look_the_same_in_both_places(
    visit: Visit, scripted_with_e2b: AppProcess, e2b: Server, artifacts: Path, place: str
) -> None:
    page = visit(scripted_with_e2b.url)
    switch(page, place)
    watch(page, scripted_with_e2b, "tour", lines=3)
    page.screenshot(path=artifacts / f"tour-{place.lower()}.png")
    assert [kind for kind in kinds(page) if kind != "notice"] == [
        "user",
        *("step", "thought", "code", "output"),
        *("step", "thought", "code", "display"),
        *("step", "thought", "code"),
        "answer",
    ]
    picture = page.locator("[data-kind=display] img")
    expect(picture).to_have_count(1)
    assert (picture.get_attribute("src") or "").startswith("data:image/png;base64,")
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 200
    assert "The sum is 285." in texts(page, "answer")
    assert len(e2b.sandboxes()) == (place == "E2B")
    page.locator("#new-chat").click()
    expect(page.locator("[data-block]")).to_have_count(0)
    until(lambda: e2b.sandboxes() == [])


def test_stop_in_e2b_keeps_earlier_variables_and_a_closed_page_leaves_nothing(
    visit: Visit, scripted_with_e2b: AppProcess, e2b: Server
) -> None:
    page = visit(scripted_with_e2b.url)
    switch(page, "E2B")
    ask(page, "remember")
    send(page, "spin")
    expect(page.locator("[data-kind=step][data-state=running]")).to_have_count(1)
    time.sleep(0.5)
    stop(page)
    assert "Stopped" in texts(page, "ending")
    ask(page, "recall")
    assert "kept is 4711" in texts(page, "output")
    assert len(e2b.sandboxes()) == 1
    page.context.close()
    until(lambda: e2b.sandboxes() == [])


def test_variables_and_files_go_to_e2b_and_back(
    visit: Visit, scripted_with_e2b: AppProcess, e2b: Server, artifacts: Path
) -> None:
    page = visit(scripted_with_e2b.url)
    ask(page, "remember")
    ask(page, "file")
    switch(page, "E2B")
    ask(page, "recall")
    notices = texts(page, "notice")
    assert "Code now runs in E2B." in notices
    assert "Came along: the variables kept, the files notes.txt." in notices
    switch(page, "Local")
    ask(page, "recall")
    page.screenshot(path=artifacts / "there-and-back.png")
    assert texts(page, "output").count("kept is 4711") == 2
    assert "NameError" not in page.locator("body").inner_text()
    until(lambda: e2b.sandboxes() == [])


def test_a_key_typed_in_the_page_is_used_and_a_wrong_one_is_named(
    visit: Visit, e2b: Server
) -> None:
    addresses = {"E2B_API_URL": e2b.url, "E2B_SANDBOX_URL": e2b.url}
    with AppProcess([SCRIPTED], environment=without_settings() | addresses) as app:
        page = visit(app.url)
        switch(page, "E2B")
        page.locator("#e2b-card-key input").fill("e2b_wrong")
        page.locator("#e2b-save").click()
        expect(page.locator("#e2b-card")).to_be_hidden()
        ask(page, "remember")
        assert "E2B did not accept the API key." in texts(page, "ending")
        assert kinds(page).count("ending") == 1
        assert "Traceback" not in page.locator("body").inner_text()

        page.get_by_role("button", name="Settings").click()
        page.locator("#e2b-key input").fill(e2b.key)
        page.locator("#transcript .scroller").click(position={"x": 900, "y": 40})
        ask(page, "remember")
        assert "Kept." in texts(page, "answer")
        assert len(e2b.sandboxes()) == 1
        reload(page, app, "#transcript [data-kind=answer]")  # and the place and the key are kept
        expect(page.locator("#backend input[value=E2B]")).to_be_checked()
        ask(page, "recall")
        assert "kept is 4711" in texts(page, "output")
        expect(page.locator("#e2b-card")).to_be_hidden()
        assert e2b.key not in page.content()
        assert "e2b_wrong" not in app.log()
        page.locator("#new-chat").click()
        until(lambda: e2b.sandboxes() == [])
        page.context.close()
    assert e2b.key not in app.log_text
