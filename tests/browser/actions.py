"""What a person does on the page, and what they see there."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.app_process import AppProcess
from tests.browser.scripts import GO

ENDS = "#transcript .blocks > :is([data-kind=answer], [data-kind=ending])"


# A machine that is busy may take its time; how fast things are is measured in `bench`.
PATIENCE = 100
expect.set_options(timeout=PATIENCE * 1000)


def patient(context: BrowserContext) -> BrowserContext:
    """The same, whose pages may take their time for whatever they do."""
    context.set_default_timeout(PATIENCE * 1000)
    context.set_default_navigation_timeout(PATIENCE * 1000)
    return context


def opened(page: Page) -> None:
    """Wait until a page is there and the server has answered it, so that it takes what is typed."""
    page.wait_for_selector("body[data-activity=idle] #transcript .card")
    page.wait_for_function("sessionStorage.getItem('sandglass-tab')")


def reload(page: Page, app: AppProcess, until: str) -> None:
    """Load the page again and wait for an element that says that the conversation is back."""
    with app.patience():
        page.reload()
        page.wait_for_selector(until)


def send(page: Page, task: str) -> None:
    """Type and press Enter."""
    page.locator("#composer textarea").fill(task)
    page.locator("#composer textarea").press("Enter")


def ask_again_if_it_stayed(page: Page, task: str) -> None:
    """Press Enter once more where the message is still in the box, as a person would.

    A page that was opened a moment ago on a busy machine may not take the first Enter.
    """
    box = page.locator("#composer textarea")
    deadline = time.monotonic() + 4
    while box.input_value() == task and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    if box.input_value() == task:
        box.press("Enter")


def idle(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-activity", "idle")


def ask(page: Page, task: str) -> None:
    """Send a task and wait until its run has ended."""
    ends = page.locator(ENDS)
    before = ends.count()
    send(page, task)
    ask_again_if_it_stayed(page, task)
    expect(ends).to_have_count(before + 1)
    idle(page)


def kinds(page: Page) -> list[str]:
    return page.locator("[data-block]").evaluate_all("all => all.map(b => b.dataset.kind)")


def texts(page: Page, kind: str) -> str:
    return "\n".join(page.locator(f"[data-kind={kind}]").all_inner_texts())


def watch_lines(page: Page, app: AppProcess, first: str, lines: int) -> None:
    """See printed lines that begin so come live: the code goes on once one of them is seen."""
    until(lambda: printed(page, first) != [])
    assert len(printed(page, first)) < lines
    app.open(GO)
    until(lambda: len(printed(page, first)) == lines)
    assert [int(words[1]) for words in printed(page, first)] == list(range(lines))


def printed(page: Page, first: str) -> list[list[str]]:
    """The words of each printed line that begins with that word; not of one half arrived."""
    texts = page.locator("[data-kind=output] pre").all_text_contents()
    lines = [line.split() for text in texts for line in text.split("\n")[:-1]]
    return [words for words in lines if words[:1] == [first]]


def stop(page: Page) -> None:
    """Press Stop and wait until it has."""
    began = time.monotonic()
    page.locator("#stop").click()
    idle(page)
    print(f"stopped after {time.monotonic() - began:.2f} s")


def until(met: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s"
        time.sleep(0.1)
