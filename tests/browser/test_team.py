"""Agents that call agents, plans and progress in a real browser, on both executors."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import idle, kinds, reload, send, stop, texts
from tests.browser.app_process import AppProcess
from tests.browser.conftest import Visit
from tests.browser.test_e2b import switch

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WIDTH = 1280
GROUP = "[data-kind=agent]"
TOP = f".blocks > [data-kind=step] > .body > {GROUP}"


def finish(page: Page) -> None:
    expect(page.locator(".blocks > [data-kind=answer]")).to_contain_text("Baikal")
    idle(page)


def assert_no_overflow(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inner = "(() => { const s = document.querySelector('.scroller');" + (
        " return s.scrollWidth - s.clientWidth })()"
    )
    assert page.evaluate(inner) == 0


def assert_other_looks_have_no_overflow(page: Page, artifacts: Path, what: str) -> None:
    for look, scheme, width in (("dark", "dark", 1280), ("phone", "light", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 860})
        page.screenshot(path=artifacts / f"{look}-team-{what}.png")
        assert_no_overflow(page, width)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTH, "height": 860})


def test_a_manager_plans_and_each_agent_is_seen_at_work_in_its_call(
    visit: Visit, team: AppProcess, artifacts: Path
) -> None:
    page = visit(team.url)
    send(page, "team: which rivers are the longest, and which lakes the deepest?")
    plan = page.locator("[data-kind=plan]")
    expect(plan.locator(".md.live")).to_contain_text("1. Ask")
    team.open("planned")
    expect(plan.locator("li")).to_have_count(3)
    first = page.locator(TOP).first
    expect(first.locator("[data-kind=tool] .progress")).to_contain_text("of 4 on rivers")
    expect(first).to_have_attribute("data-state", "running")
    expect(first.locator("> .content .task")).to_contain_text("with their lengths?")
    page.screenshot(path=artifacts / "light-team-progress.png")
    team.open("rivers")
    inner = first.locator(GROUP)
    expect(inner.locator("[data-kind=code]")).to_be_visible()
    page.screenshot(path=artifacts / "light-team-nested.png")
    team.open("checked")
    expect(first).to_have_attribute("data-state", "ok")
    expect(first.locator("> .body")).to_be_hidden()
    expect(page.locator(TOP).nth(1)).to_have_attribute("data-state", "running")
    page.screenshot(path=artifacts / "light-team-second.png")
    team.open("lakes")
    finish(page)
    page.screenshot(path=artifacts / "light-team-done.png")
    assert [kind for kind in kinds(page) if kind in ("plan", "agent", "answer")] == [
        *("plan", "agent", "agent", "answer", "answer"),
        *("agent", "answer", "answer"),
    ]
    assert page.locator("[data-kind=tool] .progress").count() == 0
    assert_no_overflow(page, WIDTH)
    assert_other_looks_have_no_overflow(page, artifacts, "done")

    head = first.locator("> .content > .fold")
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(head.locator(".gist")).to_have_text("The longest river is the Nile (6,650 km).")
    expect(head.locator(".time")).to_contain_text("3 steps · ")
    head.click()
    expect(first.locator("> .body")).to_be_visible()
    expect(head).to_have_attribute("aria-expanded", "true")
    steps = first.locator("> .body > [data-kind=step]")
    expect(steps).to_have_count(3)
    expect(steps.nth(1).locator(GROUP)).to_have_count(1)
    inner.locator("> .content > .fold").click()
    first.scroll_into_view_if_needed()
    page.screenshot(path=artifacts / "light-team-opened.png")
    assert_no_overflow(page, WIDTH)
    assert_other_looks_have_no_overflow(page, artifacts, "opened")
    reload(page, team, TOP)  # the same fold: what has returned is one line again
    assert page.locator(GROUP).count() == 3
    expect(page.locator(TOP).first.locator("> .body")).to_be_hidden()


@pytest.mark.parametrize("place", ["Local", "E2B"])
def test_two_agents_at_once_are_updated_each_by_itself(
    visit: Visit, team: AppProcess, artifacts: Path, place: str
) -> None:
    page = visit(team.url)
    switch(page, place)
    team.open("planned")
    send(page, "both: which rivers are the longest, and which lakes the deepest?")
    groups = page.locator(TOP)
    expect(groups).to_have_count(2)
    for topic in ("rivers", "lakes"):  # whichever comes first
        told = groups.locator("[data-kind=tool] .progress", has_text=f"on {topic}")
        expect(told).to_be_visible()
    running = page.locator(f"{TOP}[data-state=running]")
    expect(running).to_have_count(2)
    page.screenshot(path=artifacts / f"light-team-both-{place.lower()}.png")
    team.open("lakes")
    expect(running).to_have_count(1)
    team.open("rivers")
    team.open("checked")
    finish(page)
    for topic, steps in (("rivers", 3), ("lakes", 1)):
        group = groups.filter(has=page.locator("> .content > .task", has_text=topic))
        expect(group).to_have_attribute("data-state", "ok")
        expect(group.locator("> .body > [data-kind=step]")).to_have_count(steps)


def test_stop_marks_every_open_agent_as_stopped(visit: Visit, team: AppProcess) -> None:
    page = visit(team.url)
    team.open("planned")
    send(page, "stuck")
    expect(page.locator(f"{GROUP} [data-kind=step][data-state=running]")).to_be_visible()
    stop(page)
    expect(page.locator(TOP)).to_have_attribute("data-state", "stopped")
    expect(page.locator(f"{TOP} > .content .doing")).to_have_text("Stopped")
    expect(page.locator(f"{TOP} [data-kind=step]")).to_have_attribute("data-state", "stopped")
    assert page.locator("[data-state=running], .md.live").count() == 0
    assert "Stopped" in texts(page, "ending")
