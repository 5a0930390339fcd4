"""Estimates of tokens, and what servers' own figures make of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.memory.tokens import TokenMeter, estimate, estimate_all
from agent.models.base import Message, Usage
from agent.models.images import Image
from agent.models.profile import PROFILES

# Counted by the tokenizer of Qwen2.5, which is the embedded model's; others differ little.
COUNTED = {
    "The quick brown fox jumps over the lazy dog.": 10,
    "def total(prices):\n    return sum(price for price in prices if price > 10)\n": 20,
    "3.14159265358979 2.71828182845905 1.41421356237310": 50,
    "Zürich, Łódź, São Paulo und Kraków": 13,
    "数据分析需要准确的结果": 4,
    str([i * i * 7919 for i in range(40)]): 343,
}
MESSAGES = [Message("user", "some words " * 200)]


@pytest.mark.parametrize("text", COUNTED)
def test_an_estimate_is_rather_too_high_and_never_far_off(text: str) -> None:
    assert 0.95 * COUNTED[text] <= estimate(text) <= 3 * COUNTED[text]


def test_an_estimate_grows_with_the_text_alone() -> None:
    assert estimate("") == 0
    assert estimate("one two, " * 1_000) == pytest.approx(1_000 * estimate("one two, "), rel=0.5)


def test_a_model_that_counts_more_has_less_room() -> None:
    meter, profile = TokenMeter(), replace(PROFILES["small"], context_tokens=8_192)
    before = meter.room("m", profile)
    assert before is not None
    assert before < 8_192 - 1_024
    meter.learn("m", MESSAGES, Usage(input_tokens=2 * estimate_all(MESSAGES)))
    assert meter.room("m", profile) == before // 2
    assert meter.room("another", profile) == before


def test_a_higher_figure_is_believed_at_once_and_a_lower_one_little_by_little() -> None:
    meter, profile = TokenMeter(), replace(PROFILES["small"], context_tokens=8_192)
    estimated = estimate_all(MESSAGES)
    meter.learn("m", MESSAGES, Usage(input_tokens=2 * estimated))
    low = meter.room("m", profile)
    meter.learn("m", MESSAGES, Usage(input_tokens=estimated))
    after = meter.room("m", profile)
    assert low is not None
    assert after is not None
    assert low < after < 1.2 * low
    meter.learn("m", MESSAGES, Usage(input_tokens=2 * estimated))
    assert meter.room("m", profile) == low


def test_what_is_not_reported_or_too_short_teaches_nothing() -> None:
    meter, profile = TokenMeter(), replace(PROFILES["small"], context_tokens=8_192)
    before = meter.room("m", profile)
    meter.learn("m", MESSAGES, Usage())
    meter.learn("m", [Message("user", "hi")], Usage(input_tokens=500))
    assert meter.room("m", profile) == before


def test_an_unknown_window_is_known_once_it_has_overflowed() -> None:
    meter, profile = TokenMeter(), replace(PROFILES["medium"], context_tokens=None)
    assert meter.room("m", profile) is None
    meter.overflowed("m", MESSAGES)
    room = meter.room("m", profile)
    assert room is not None
    assert room < estimate_all(MESSAGES)


def test_images_count() -> None:
    image = Image(name="a.png", mime="image/png", data="AAAA")
    with_image = Message("user", "Look.", images=(image, image))
    assert estimate_all([with_image]) >= estimate_all([Message("user", "Look.")]) + 1_000
