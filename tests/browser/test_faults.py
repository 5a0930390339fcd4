"""Whatever is wrong ends in one clear sentence on the page, and the chat stays usable."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import ask, kinds, send, texts
from tests.browser.app_process import ROOT, AppProcess
from tests.browser.conftest import Visit, without_settings
from tests.browser.hub import refusing_hub
from tests.models.chat_server import Answer, words
from tests.models.chat_server import running as chat_server
from tests.ports import ReservedPort

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

APP = str(ROOT / "app.py")
DETAILS = ('File "', "Exception", "Error code", "httpx", "None")


def one_sentence(page: Page, kind: str, sentence: str) -> None:
    """There is one block of that kind, with that sentence and no inner details."""
    assert kinds(page).count(kind) == 1, kinds(page)
    said = texts(page, kind)
    assert sentence in said
    assert not [word for word in DETAILS if word in said], said


def choose_model(page: Page, label: str, key: str) -> None:
    page.get_by_role("button", name="Settings").click()
    page.locator("#model input").click()
    page.get_by_role("option", name=label).click()
    page.locator("#model-key input").fill(key)
    page.locator("#transcript .scroller").click(position={"x": 900, "y": 40})
    expect(page.locator("#settings.open")).to_have_count(0)


def test_keys_that_are_not_accepted(visit: Visit, tmp_path: Path) -> None:
    refused = Answer(status=401, body={"error": {"message": "Incorrect API key provided"}})
    with refusing_hub(tmp_path) as hub, chat_server() as server:
        own = {
            "SANDGLASS_BASE_URL": server.will(refused, words("All is well.")) + "/v1",
            "SANDGLASS_BASE_URL_KEY": "wrong-canary",
        }
        environment = without_settings() | hub.environment | own
        with AppProcess([APP], environment=environment) as app:
            page = visit(app.url)
            ask(page, "Hello")
            one_sentence(page, "ending", "did not accept the key (HTTP 401)")
            assert server.headers[0]["authorization"] == "Bearer wrong-canary"
            page.locator("button.retry").click()
            expect(page.locator("[data-kind=answer]")).to_contain_text("All is well.")

            page.locator("#new-chat").click()
            expect(page.locator("[data-block]")).to_have_count(0)
            choose_model(page, "Qwen3 Coder Next", "hf_wrong_canary")
            ask(page, "Hello")
            one_sentence(page, "ending", "Hugging Face did not accept the token.")
            assert "Bearer hf_wrong_canary" in hub.heads[0]
            choose_model(page, "Model server", "hf_wrong_canary")
            ask(page, "Hello again")
            assert "All is well." in texts(page, "answer")
            # What was typed for Hugging Face goes nowhere else.
            assert server.headers[-1]["authorization"] == "Bearer wrong-canary"
            assert "canary" not in page.locator("#transcript").inner_html()
            page.context.close()
    assert "canary" not in app.log_text


def test_a_model_server_that_is_not_there(visit: Visit) -> None:
    reserved = ReservedPort()
    port = reserved.number
    address = {"SANDGLASS_BASE_URL": f"http://127.0.0.1:{port}/v1"}
    with AppProcess([APP], environment=without_settings() | address) as app:
        page = visit(app.url)
        ask(page, "Hello")
        one_sentence(page, "ending", f"There is no answer from http://127.0.0.1:{port}/v1.")
        with chat_server(port) as server:
            server.will(words("I am back."))
            ask(page, "Hello")
        assert "I am back." in texts(page, "answer")

        page.locator("#backend label", has_text="E2B").click()
        expect(page.locator("#e2b-card")).to_contain_text("E2B needs an API key")
        page.locator("#composer textarea").fill("Run it there")
        page.locator("#send").click()
        expect(page.locator("#e2b-card")).to_be_visible()
        assert kinds(page).count("user") == 2
        assert page.locator("#composer textarea").input_value() == "Run it there"
        page.context.close()
    reserved.close()


def test_an_import_that_is_not_authorised(page: Page) -> None:
    ask(page, "smuggle")
    one_sentence(page, "error", "socket")
    assert "not allowed" in texts(page, "error")
    assert "I may not import that." in texts(page, "answer")
    ask(page, "remember")
    assert "Kept." in texts(page, "answer")


def test_a_syntax_error(page: Page) -> None:
    ask(page, "syntax")
    one_sentence(page, "error", "SyntaxError")
    assert "I could not write that." in texts(page, "answer")
    ask(page, "remember")
    assert "Kept." in texts(page, "answer")


def test_a_message_of_the_greatest_length_goes_through_and_a_longer_one_stays(page: Page) -> None:
    longest = "remember " + "x" * (20_000 - len("remember "))
    box = page.locator("#composer textarea")
    send(page, longest + "y")
    expect(page.locator("#refusal")).to_contain_text("20,001 characters, and the limit is 20,000")
    assert kinds(page) == []
    assert box.input_value() == longest + "y"
    ask(page, longest)
    assert "Kept." in texts(page, "answer")
    assert texts(page, "user").strip() == longest
    assert box.input_value() == ""
    expect(page.locator("#refusal")).to_be_hidden()


def test_nobody_can_leave_files_on_the_server(page: Page, scripted: AppProcess) -> None:
    for path in ("gradio_api/upload", "gradio_api/upload/", "gradio_api//upload"):
        reply = page.request.post(
            f"{scripted.url}/{path}",
            multipart={"files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}},
        )
        assert reply.status == 403, path
        assert reply.text() == "This page takes files in its own way."
    ask(page, "remember")
    assert "Kept." in texts(page, "answer")
