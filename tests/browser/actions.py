"""What a person does on the page, and what they see there."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

ENDS = "#transcript .blocks > :is([data-kind=answer], [data-kind=ending])"


# A machine that is busy may take its time; what must be fast is timed where it is tested.
expect.set_options(timeout=15_000)


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


def idle(page: Page, seconds: float = 15) -> None:
    expect(page.locator("body")).to_have_attribute("data-activity", "idle", timeout=seconds * 1000)


def ask(page: Page, task: str, seconds: float = 45) -> None:
    """Send a task and wait until its run has ended."""
    ends = page.locator(ENDS)
    before = ends.count()
    send(page, task)
    ask_again_if_it_stayed(page, task)
    expect(ends).to_have_count(before + 1, timeout=seconds * 1000)
    idle(page)


def kinds(page: Page) -> list[str]:
    return page.locator("[data-block]").evaluate_all("all => all.map(b => b.dataset.kind)")


def texts(page: Page, kind: str) -> str:
    return "\n".join(page.locator(f"[data-kind={kind}]").all_inner_texts())


def printed(page: Page, first: str) -> list[list[str]]:
    """The words of each printed line that begins with that word; not of one half arrived."""
    texts = page.locator("[data-kind=output] pre").all_text_contents()
    lines = [line.split() for text in texts for line in text.split("\n")[:-1]]
    return [words for words in lines if words[:1] == [first]]


def stop_within(page: Page, seconds: float) -> None:
    began = time.monotonic()
    page.locator("#stop").click()
    idle(page, seconds=seconds + 4)
    took = time.monotonic() - began
    print(f"stopped after {took:.2f} s")
    assert took < seconds


def until(met: Callable[[], bool], seconds: float) -> float:
    """Wait until it is so; returns after how many seconds that was."""
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - began
