"""What a person does on the page, and what they see there."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

ENDS = "#transcript .blocks > :is([data-kind=answer], [data-kind=ending])"


# A machine that is busy may take its time; how fast things are is measured in `bench`.
PATIENCE = 30
expect.set_options(timeout=PATIENCE * 1000)


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


def ask(page: Page, task: str, seconds: float = 60) -> None:
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


def watch_lines(page: Page, first: str, lines: int) -> None:
    """See the printed lines that begin so, and say when, come live and not all at the end."""
    said: dict[int, float] = {}
    seen: dict[int, float] = {}
    ended = False
    while len(seen) < lines and not ended:
        ended = page.locator("[data-kind=answer]").count() > 0
        for _, number, moment in printed(page, first):
            said[int(number)] = float(moment)
            seen.setdefault(int(number), time.time())
        time.sleep(0.05)
    print("seconds from print to page:", [round(seen[n] - said[n], 2) for n in sorted(seen)])
    assert sorted(seen) == list(range(lines))
    assert seen[0] < said[lines - 1]


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
