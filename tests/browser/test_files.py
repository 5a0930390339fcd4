"""Files that people add to a message: chosen, dropped, refused, removed, and used by the code."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import ask, reload, texts, until
from tests.browser.app_process import AppProcess
from tests.browser.conftest import Visit
from tests.browser.test_e2b import switch, watch
from tests.e2b_stand_in.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PRICES = b"day,price\n1,10\n2,20\n3,12\n"
CHIPS = "#tray .attached"


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#attach").click()
    chooser.value.set_files(
        [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
    )


def test_added_files_are_read_by_the_code(
    page: Page, scripted: AppProcess, artifacts: Path
) -> None:
    large = b"0123456789" * 400_000  # more than two parts
    choose(page, ("prices.csv", PRICES), ("large <b>.txt", large))
    expect(page.locator(CHIPS)).to_have_count(2)
    expect(page.locator(CHIPS).last).to_contain_text("4.0 MB")
    page.screenshot(path=artifacts / "light-attached.png")
    ask(page, "prices")
    assert "in all 42" in texts(page, "output")
    expect(page.locator(CHIPS)).to_have_count(0)
    added = page.locator("[data-kind=user] .attached")
    assert [one.split("\n")[0] for one in added.all_inner_texts()] == ["prices.csv", "large b.txt"]
    page.screenshot(path=artifacts / "light-with-files.png")
    reload(page, scripted, "[data-kind=user] .attached")
    assert page.locator(CHIPS).count() == 0


def test_files_stay_until_the_message_is_sent_and_can_be_removed(
    page: Page, scripted: AppProcess
) -> None:
    choose(page, ("a.txt", b"a"), ("b.txt", b"b"))
    expect(page.locator(CHIPS)).to_have_count(2)
    reload(page, scripted, CHIPS)
    expect(page.locator(CHIPS)).to_have_count(2)
    page.get_by_role("button", name="Remove a.txt").click()
    expect(page.locator(CHIPS)).to_have_count(1)
    expect(page.locator(CHIPS)).to_contain_text("b.txt")


def test_a_file_can_be_dropped_and_one_that_is_too_large_is_refused(page: Page) -> None:
    drop = """([name, size]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(size)], name));
        document.querySelector("#transcript").dispatchEvent(
            new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(drop, ["dropped.bin", 1234])
    expect(page.locator(CHIPS)).to_contain_text("dropped.bin")
    page.evaluate(drop, ["huge.bin", 25_000_001])
    refused = page.locator("#tray .refused")
    expect(refused).to_contain_text("huge.bin is larger than 25 MB. Please add a smaller file.")
    refused.get_by_role("button").click()
    expect(page.locator(CHIPS)).to_have_count(1)


def test_a_table_is_plotted_live_in_e2b_and_what_was_made_is_here_and_comes_back(
    visit: Visit, scripted_with_e2b: AppProcess, e2b: Server, artifacts: Path
) -> None:
    page = visit(scripted_with_e2b.url)
    switch(page, "E2B")
    choose(page, ("prices.csv", PRICES))
    expect(page.locator(CHIPS)).to_have_count(1)
    watch(page, scripted_with_e2b, "plot", lines=3)
    expect(page.locator("[data-kind=display] img")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("button.file", has_text="copy.csv").click()
    assert Path(download.value.path()).read_bytes() == PRICES
    page.screenshot(path=artifacts / "e2b-with-files.png")
    switch(page, "Local")
    ask(page, "sum")
    assert "in all 42" in texts(page, "output")
    assert "the variables table" in texts(page, "notice")
    ask(page, "prices")  # the file has come along as well
    assert texts(page, "output").count("in all 42") == 2
    until(lambda: e2b.sandboxes() == [])
