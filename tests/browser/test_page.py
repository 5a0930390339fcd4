"""The page as people meet it: a real browser, the real app, real code in the local executor."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import (
    ask,
    idle,
    kinds,
    opened,
    patient,
    reload,
    send,
    stop,
    texts,
    until,
    watch_lines,
)
from tests.browser.app_process import AppProcess
from tests.browser.scripts import GO

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_task_shows_each_thought_code_output_and_the_answer(page: Page, artifacts: Path) -> None:
    page.screenshot(path=artifacts / "light-start.png")
    send(page, "primes: what is the sum of all prime numbers below 1000?")
    expect(page.locator("[data-kind=code] code")).to_contain_text("sieve")
    page.screenshot(path=artifacts / "light-running.png")
    expect(page.locator("[data-kind=answer]")).to_contain_text("76,127")
    idle(page)
    page.screenshot(path=artifacts / "light-done.png")
    assert kinds(page) == [
        "user",
        *("step", "thought", "code", "output"),
        *("step", "thought", "code", "error"),
        *("step", "thought", "code", "value"),
        "answer",
    ]
    assert "168 primes" in texts(page, "output")
    assert "NameError" in texts(page, "error")
    assert "76127" in texts(page, "value")
    steps = page.locator("[data-kind=step]")
    assert [steps.nth(i).get_attribute("data-state") for i in range(3)] == [
        "done",
        "failed",
        "done",
    ]
    assert page.locator("[data-kind=code] .k").count() > 3  # highlighted
    assert page.locator("[data-kind=answer] table td").count() >= 6


def test_each_printed_line_is_visible_while_the_code_runs(page: Page, scripted: AppProcess) -> None:
    send(page, "prints")
    watch_lines(page, scripted, "tick", lines=5)
    idle(page)


def test_the_statement_that_runs_is_marked(
    page: Page, scripted: AppProcess, artifacts: Path
) -> None:
    send(page, "tour")
    running = page.locator("[data-kind=code][data-running]")
    expect(running).to_have_attribute("style", "--line: 2; --lines: 3;")
    page.screenshot(path=artifacts / "light-statement.png")
    scripted.open(GO)
    expect(running).to_have_count(0)
    idle(page)


def test_words_appear_while_the_model_writes_and_stop_ends_it(
    page: Page, scripted: AppProcess
) -> None:
    send(page, "slow")
    expect(page.locator("[data-kind=preparing] progress")).to_be_visible()
    scripted.open("prepared")
    expect(page.locator("[data-kind=preparing]")).to_have_count(0)
    thought = page.locator("[data-kind=thought]")
    expect(thought).to_contain_text("word")
    early = len(thought.inner_text())
    until(lambda: len(thought.inner_text()) > early)
    expect(page.locator(".md.live")).to_have_count(1)  # and there is more to come
    stop(page)
    assert "Stopped" in texts(page, "ending")
    assert page.locator(".md.live").count() == 0


def test_examples_and_settings_work_by_keyboard_and_pointer(
    page: Page, scripted: AppProcess
) -> None:
    toggle = page.get_by_role("button", name="Settings")
    toggle.press("Enter")
    expect(page.locator("#model input")).to_be_visible()
    page.locator("[data-theme-choice=dark]").click()
    assert page.evaluate("document.body.classList.contains('dark')")
    page.locator("#transcript .scroller").click(position={"x": 900, "y": 40})
    expect(page.locator("#settings.open")).to_have_count(0)
    page.locator("#transcript .card").last.press("Enter")
    expect(page.locator("[data-kind=user]")).to_contain_text("Fibonacci")
    reload(page, scripted, "#transcript [data-kind=user]")
    assert page.evaluate("document.body.classList.contains('dark')")


def test_the_settings_say_what_keeps_the_code_in(page: Page, artifacts: Path) -> None:
    page.get_by_role("button", name="Settings").click()
    walls = page.locator("#walls details")
    expect(walls.first.locator("summary")).to_contain_text("Local")
    for wall in walls.all():
        if wall.get_attribute("open") is None:  # it is open where something is missing
            wall.locator("summary").click()
    expect(walls.first.locator("li")).to_have_count(6)
    expect(walls.last).to_contain_text("virtual machine")
    page.screenshot(path=artifacts / "light-settings.png")


@pytest.mark.parametrize("task", ["spin", "crunch"])
def test_stop_ends_running_code_and_keeps_earlier_variables(page: Page, task: str) -> None:
    ask(page, "remember")
    send(page, task)
    expect(page.locator("body")).to_have_attribute("data-activity", "running")
    expect(page.locator("[data-kind=step][data-state=running]")).to_have_count(1)
    time.sleep(0.3)
    stop(page)
    expect(page.locator("#send")).to_be_visible()
    ask(page, "recall")
    assert "kept is 4711" in texts(page, "output")


def test_visitors_never_meet(page: Page, browser: Browser, scripted: AppProcess) -> None:
    ask(page, "remember")
    ask(page, "file")
    expect(page.locator("button.file")).to_contain_text("notes.txt")
    with page.expect_download() as download:
        page.locator("button.file").click()
    assert Path(download.value.path()).read_text() == "only mine"

    other_context = patient(browser.new_context())
    other = other_context.new_page()
    other.goto(scripted.url)
    opened(other)
    assert kinds(other) == []
    ask(other, "recall")
    assert "4711" not in other.locator("#transcript").inner_text()
    assert "NameError" in texts(other, "error")
    assert "recall" not in page.locator("#transcript").inner_text()
    # Someone else's file cannot be had by its path.
    stolen = other.evaluate(
        """async () => {
          const config = window.gradio_config;
          const id = config.components.find((c) => c.props.elem_id === "transcript").id;
          const reply = await fetch("gradio_api/component_server/", {
            method: "POST", headers: {"Content-Type": "application/json"},
            body: JSON.stringify({component_id: id, fn_name: "download", session_hash: "x",
                                  data: {token: "guess", path: "notes.txt"}})});
          return [reply.status, await reply.text()];
        }"""
    )
    assert stolen[0] == 200
    assert "error" in stolen[1]
    assert "only mine" not in stolen[1]
    other_context.close()


def test_e2b_without_a_key_offers_help_and_a_way_back(page: Page, artifacts: Path) -> None:
    page.locator("#backend label", has_text="E2B").click()
    card = page.locator("#e2b-card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("e2b.dev")
    page.screenshot(path=artifacts / "light-e2b.png")
    send(page, "remember")
    time.sleep(0.5)
    assert kinds(page) == []
    assert page.locator("#composer textarea").input_value() == "remember"
    page.locator("#use-local").click()
    expect(card).to_be_hidden()
    page.locator("#send").click()
    expect(page.locator("[data-kind=answer]")).to_contain_text("Kept.")


def test_an_entered_key_is_kept_out_of_the_browsers_storage(page: Page) -> None:
    page.locator("#backend label", has_text="E2B").click()
    page.locator("#e2b-card-key input").fill("e2b_canary_123")
    page.locator("#e2b-save").click()
    expect(page.locator("#e2b-card")).to_be_hidden()
    stored = page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie,"
        " (await indexedDB.databases()).map(d => d.name)])"
    )
    assert "canary" not in stored
    assert "canary" not in page.locator("#transcript").inner_html()


def test_a_closed_page_leaves_no_process_behind(
    page: Page, browser: Browser, scripted: AppProcess
) -> None:
    ask(page, "remember")
    before = scripted.descendants()
    context = patient(browser.new_context())
    other = context.new_page()
    other.goto(scripted.url)
    opened(other)
    send(other, "spin")
    expect(other.locator("body")).to_have_attribute("data-activity", "running")
    until(lambda: bool(scripted.descendants() - before))
    context.close()
    until(lambda: not scripted.descendants() - before)
    ask(page, "recall")
    assert "kept is 4711" in texts(page, "output")


def test_markup_in_what_the_model_and_the_code_write_is_inert(page: Page) -> None:
    outside: list[str] = []
    page.on("request", lambda r: outside.append(r.url) if "127.0.0.1:9/" in r.url else None)
    ask(page, 'probe <img src=x onerror="window.pwned=1">')
    time.sleep(0.5)
    assert page.evaluate("window.pwned") is None
    transcript = page.locator("#transcript .blocks")
    assert transcript.locator("script, [onerror], iframe, form").count() == 0
    assert transcript.locator("img:not([src^='data:'])").count() == 0
    assert transcript.locator("a[href^='javascript']").count() == 0
    assert outside == []
    for kind in ("user", "thought", "code", "output", "error", "answer"):
        assert "onerror=" in texts(page, kind), kind  # it is there, as text
    assert "display" in kinds(page)


def test_a_flood_of_output_stays_bounded_on_the_page(page: Page) -> None:
    ask(page, "flood")
    shown = texts(page, "output")
    assert len(shown) < 30_000
    assert "characters are not shown" in shown
    assert "line 0 " in shown


def test_new_chat_clears_the_page_and_the_variables(page: Page) -> None:
    ask(page, "remember")
    page.locator("#new-chat").click()
    expect(page.locator("[data-block]")).to_have_count(0)
    expect(page.locator(".start")).to_be_visible()
    ask(page, "recall")
    assert "NameError" in texts(page, "error")


def test_new_chat_ends_what_is_running(page: Page) -> None:
    send(page, "spin")
    expect(page.locator("body")).to_have_attribute("data-activity", "running")
    page.locator("#new-chat").click()
    expect(page.locator("[data-block]")).to_have_count(0)
    idle(page)
    time.sleep(0.4)
    assert kinds(page) == []
    ask(page, "remember")
    assert kinds(page)[0] == "user"


def test_a_model_that_fails_leaves_a_usable_chat(page: Page) -> None:
    ask(page, "unknown")
    assert "There is no script of that name" in texts(page, "ending")
    page.locator("button.retry").click()
    expect(page.locator("[data-kind=ending]")).to_have_count(2)
    ask(page, "remember")
    assert "Kept." in texts(page, "answer")


def test_steps_fold_and_stay_folded(page: Page) -> None:
    ask(page, "remember")
    page.locator("[data-kind=step] .fold").first.click()
    expect(page.locator("[data-kind=code]").first).to_be_hidden()
    expect(page.locator(".fold .gist").first).to_have_text("I keep a value.")
    ask(page, "recall")
    expect(page.locator("[data-kind=code]").first).to_be_hidden()
    expect(page.locator("[data-kind=code]").last).to_be_visible()


def test_a_reader_who_scrolled_up_is_left_there(page: Page) -> None:
    for _ in range(4):
        ask(page, "remember")
    scroller = page.locator("#transcript .scroller")
    box = scroller.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 600, box["y"] + 200)
    page.mouse.wheel(0, -3000)
    expect(page.locator(".latest")).to_be_visible()
    ask(page, "recall")
    assert scroller.evaluate("s => s.scrollTop") < 5
    page.locator(".latest").click()
    below = "s => s.scrollHeight - s.scrollTop - s.clientHeight"
    until(lambda: scroller.evaluate(below) < 5)


def test_a_page_that_missed_a_batch_asks_for_it(page: Page) -> None:
    page.evaluate(
        """() => {
          const parse = JSON.parse;
          let lost = 0;
          JSON.parse = (text) => {
            const value = parse(text);
            const third = (batch) => batch.seq === 3 && batch.base > 0;
            if (!lost && value && value.batches && value.batches.some(third)) {
              lost = 1;
              value.batches = [];
            }
            return value;
          };
          window.lost = () => lost;
        }"""
    )
    ask(page, "primes")
    assert page.evaluate("window.lost()") == 1
    assert kinds(page).count("step") == 3
    assert kinds(page)[-1] == "answer"
    assert "168 primes" in texts(page, "output")


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("dark", 1280, "dark"), ("phone", 390, "light")]
)
def test_other_looks_have_no_overflow(
    browser: Browser, scripted: AppProcess, artifacts: Path, name: str, width: int, scheme: str
) -> None:
    context = patient(
        browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if scheme == "dark" else "light",
        )
    )
    page = context.new_page()
    page.goto(scripted.url)
    opened(page)
    page.screenshot(path=artifacts / f"{name}-start.png")
    send(page, "primes: what is the sum of all prime numbers below 1000?")
    expect(page.locator("[data-kind=code] code").first).to_contain_text("sieve")
    page.screenshot(path=artifacts / f"{name}-running.png")
    expect(page.locator("[data-kind=answer]")).to_be_visible()
    idle(page)
    page.screenshot(path=artifacts / f"{name}-done.png")
    page.evaluate("document.querySelector('#transcript .scroller').scrollTop = 0")
    page.wait_for_timeout(200)
    page.screenshot(path=artifacts / f"{name}-top.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.evaluate(
            "(() => { const s = document.querySelector('.scroller');"
            " return s.scrollWidth - s.clientWidth })()"
        )
        == 0
    )
    context.close()
