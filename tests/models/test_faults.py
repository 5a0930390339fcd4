"""The sentences for Hugging Face itself, and what is read out of an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest
from huggingface_hub.errors import HfHubHTTPError

from agent.errors import ModelRefused, ModelUnavailable
from agent.models.chat import InferenceClientModel
from agent.models.faults import Service, detail_of, retry_after, translate
from tests.models.helpers import collect

HUB = Service("org/model", None, "hf_secret")


def answered(status: int, body: bytes = b'{"error": "because"}') -> HfHubHTTPError:
    request = httpx2.Request("POST", "https://router.example")
    response = httpx2.Response(status, content=body, request=request)
    return HfHubHTTPError("no", response=response)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "Hugging Face did not accept the token. Create a new one"),
        (403, "Give it the permission 'Make calls to Inference Providers'"),
        (402, "no credit left at Hugging Face for org/model"),
        (404, "Hugging Face does not offer 'org/model'"),
    ],
)
def test_refusals_of_the_hub(status: int, sentence: str) -> None:
    fault = translate(answered(status), HUB)
    assert isinstance(fault.error, ModelRefused)
    assert not fault.transient
    assert sentence in str(fault.error)
    assert str(fault.error).endswith("It said: because")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
def test_passing_faults(status: int) -> None:
    fault = translate(answered(status), HUB)
    assert isinstance(fault.error, ModelUnavailable)
    assert fault.transient


def test_a_long_error_page_is_cut_and_html_is_left_out() -> None:
    long = str(translate(answered(400, b'{"error": "%s"}' % (b"x" * 5000)), HUB).error)
    assert len(long) < 600
    assert "<html>" not in str(translate(answered(502, b"<html>bad</html>"), HUB).error)


async def test_the_hub_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(ModelUnavailable, match="Hugging Face cannot be reached"):
        await collect(InferenceClientModel(token="hf_x", retries=0))


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"error": {"message": "m", "type": "t", "code": 400}}', "m [t, 400]"),
        (b'{"error": {"message": "m"}}', "m"),
        (b'{"error": "plain"}', "plain"),
        (b'{"message": "here"}', "here"),
        (b'{"detail": "there"}', "there"),
        (b'"text"', "text"),
        (b"no json", "no json"),
        (b"<!doctype html>", ""),
        (b"[1]", ""),
        (b'{"error": null}', ""),
        (b'{"error": {}}', ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"", ""),
    ],
)
def test_details(body: bytes, detail: str) -> None:
    assert detail_of(body) == detail


def test_retry_after() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3000 < (retry_after(soon) or 0) <= 3600
    assert retry_after("1.5") == 1.5
    assert retry_after("-3") is None
    assert retry_after("soon") is None
    assert retry_after("nan") is None
    assert retry_after("inf") is None
    assert retry_after(None) is None
    assert retry_after("Wed, 21 Oct 2015 07:28:00") == 0


def test_the_key_is_in_no_repr() -> None:
    assert HUB.secret == "hf_secret"
    assert "hf_secret" not in repr(HUB)
