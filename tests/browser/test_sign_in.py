"""The page as it is on a Space with sign-in, and as it is anywhere else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import AppProcess
from tests.browser.conftest import SCRIPTED, Visit, without_settings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SPACE = {
    "SYSTEM": "spaces",
    "SPACE_ID": "me/sandglass",
    "OAUTH_CLIENT_ID": "client",
    "OAUTH_CLIENT_SECRET": "secret-canary",
    "OAUTH_SCOPES": "openid profile inference-api",
    "OPENID_PROVIDER_URL": "http://127.0.0.1:9",
}


def test_sign_in_is_shown_on_a_space(visit: Visit) -> None:
    with AppProcess([SCRIPTED], environment=without_settings() | SPACE) as app:
        page = visit(app.url)
        page.get_by_role("button", name="Settings").click()
        expect(page.locator("#sign-in")).to_contain_text("Sign in with Hugging Face")
        assert "secret-canary" not in page.content()
        page.context.close()


def test_sign_in_is_not_there_elsewhere(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    expect(page.locator("#model input")).to_be_visible()
    assert page.locator("#sign-in").count() == 0
    assert page.request.get(f"{page.url}login/huggingface", max_redirects=0).status == 404
