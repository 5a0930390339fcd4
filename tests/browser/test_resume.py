"""A conversation survives a reload and a broken connection, and belongs to its tab alone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import (
    ask,
    idle,
    kinds,
    opened,
    printed,
    reload,
    send,
    texts,
    until,
)
from tests.browser.app_process import AppProcess
from tests.browser.conftest import Visit
from tests.browser.line import line_to
from tests.browser.scripts import GO

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FOLLOW = """async ([tab, fn, rest]) => {
  const config = window.gradio_config;
  const id = config.components.find((c) => c.props.elem_id === "transcript").id;
  const reply = await fetch("gradio_api/component_server/", {
    method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify(
      {component_id: id, fn_name: fn, session_hash: "x", data: {tab, ...rest}})});
  return [reply.status, await reply.text()];
}"""


def stored(page: Page) -> dict[str, str]:
    return page.evaluate("({...sessionStorage})")


def ticks(page: Page) -> list[str]:
    return [words[1] for words in printed(page, "tick")]


def again(page: Page, app: AppProcess) -> None:
    reload(page, app, "body[data-activity] [data-block]")


def test_a_reload_in_mid_run_loses_nothing(page: Page, visit: Visit, scripted: AppProcess) -> None:
    send(page, "prints")
    until(lambda: len(ticks(page)) >= 2)
    again(page, scripted)
    expect(page.locator("body")).to_have_attribute("data-activity", "running")
    expect(page.locator("#stop")).to_be_visible()
    assert ticks(page) == ["0", "1"]
    scripted.open(GO)
    expect(page.locator("[data-kind=answer]")).to_contain_text("All printed.")
    idle(page)
    assert ticks(page) == ["0", "1", "2", "3", "4"]
    assert kinds(page) == ["user", "step", "thought", "code", "output", "answer"]

    second = page.context.new_page()  # another tab of the same browser
    second.goto(scripted.url)
    opened(second)
    other = visit(scripted.url)
    for stranger in (second, other):
        assert kinds(stranger) == []
        assert stored(stranger) != stored(page)


def test_variables_and_stop_survive_reloads(page: Page, scripted: AppProcess) -> None:
    ask(page, "remember")
    for _ in range(2):
        again(page, scripted)
    ask(page, "recall")
    assert "kept is 4711" in texts(page, "output")
    send(page, "spin")
    expect(page.locator("[data-kind=step][data-state=running]")).to_have_count(1)
    again(page, scripted)
    page.locator("#stop").click()
    idle(page)
    assert "Stopped" in texts(page, "ending")
    page.locator("#new-chat").click()
    expect(page.locator("[data-block]")).to_have_count(0)
    reload(page, scripted, "body[data-activity=idle] #transcript .card")
    assert kinds(page) == []


def test_the_tabs_secret_is_all_that_is_kept_and_nothing_else_opens_the_conversation(
    page: Page, visit: Visit, scripted: AppProcess
) -> None:
    ask(page, "remember")
    ask(page, "file")
    (name,), (secret,) = stored(page).keys(), stored(page).values()
    assert name == "sandglass-tab"
    assert len(secret) >= 32
    assert secret not in page.content()
    assert secret not in page.url
    assert page.evaluate("document.cookie") == ""

    stranger = visit(scripted.url)
    session_hash = stranger.evaluate("window.gradio_config.app_id + ''")
    for guess in ("", secret[:-1], secret + "A", session_hash, None, {"$ne": ""}, [secret]):
        news = stranger.evaluate(FOLLOW, [guess, "follow", {"chat": 1, "seq": 0}])
        assert news == [200, '""'], guess
        file = stranger.evaluate(FOLLOW, [guess, "download", {"path": "notes.txt"}])
        assert "error" in json.loads(file[1])
    assert "4711" not in stranger.content()
    assert secret not in scripted.log()


def test_a_lost_connection_heals_by_itself(
    visit: Visit, scripted: AppProcess, artifacts: Path
) -> None:
    with line_to(scripted.url) as line:
        page = visit(line.url)
        page.evaluate("window.same = true")
        send(page, "prints")
        until(lambda: len(ticks(page)) >= 2)
        page.locator("#composer textarea").fill("half a tho")
        with scripted.patience():
            line.take_down()
            expect(page.locator("#status .word")).to_have_text("Reconnecting…")
            page.screenshot(path=artifacts / "reconnecting.png")
            scripted.open(GO)
            time.sleep(1.5)
            line.bring_up()
            expect(page.locator("[data-kind=answer]")).to_contain_text("All printed.")
            idle(page)
            expect(page.locator("#status .word")).to_have_text("Idle")
        assert ticks(page) == ["0", "1", "2", "3", "4"]
        assert page.locator("#composer textarea").input_value() == "half a tho"
        assert page.evaluate("window.same"), "the page was reloaded"
        ask(page, "remember")
        page.wait_for_timeout(5000)  # longer than the grace: the page that is back counts as there
        ask(page, "recall")
        assert "kept is 4711" in texts(page, "output")
        page.context.close()


def test_a_page_that_was_away_for_too_long_keeps_its_text_and_says_so(
    visit: Visit, scripted: AppProcess
) -> None:
    with line_to(scripted.url) as line:
        before = scripted.descendants()
        page = visit(line.url)
        ask(page, "remember")
        send(page, "prints")
        until(lambda: len(ticks(page)) >= 1)
        working = scripted.descendants() - before
        line.take_down()
        until(lambda: not working & scripted.descendants())  # its conversation has been released
        line.bring_up()
        expect(page.locator(".released")).to_contain_text("was away for too long")
        idle(page)
        assert "4711" in texts(page, "output")
        assert kinds(page).count("user") == 2
        send(page, "remember")  # the first news of the new conversation take the place of the old
        expect(page.locator("[data-kind=user]")).to_have_count(1)
        expect(page.locator("[data-kind=answer]")).to_contain_text("Kept.")
        idle(page)
        assert kinds(page) == ["user", "step", "thought", "code", "output", "answer"]
        page.context.close()
