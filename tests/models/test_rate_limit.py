"""The timetable by a clock of our own, and the waiting by the real one."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ModelUnavailable
from agent.models.base import Message, Preparing
from agent.models.rate_limit import MINUTE, Rate, RateLimit, RateLimitedModel, RateLimits
from agent.models.scripted import ScriptedModel
from tests.models.helpers import ASK, collect, preparing_of, text_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def starts(limit: RateLimit, *tokens: int) -> list[float]:
    return [limit.enter(count).start - 1000 for count in tokens]


def test_requests_wait_until_a_minute_has_room() -> None:
    limit = RateLimit(Rate(requests=2), clock=Clock())
    assert starts(limit, 1, 1, 1, 1, 1) == [0, 0, 60, 60, 120]


def test_tokens_count_too_and_nobody_overtakes() -> None:
    limit = RateLimit(Rate(tokens=100), clock=Clock())
    assert starts(limit, 60, 40, 30, 5, 500, 1) == [0, 0, 60, 60, 120, 180]


def test_without_a_rate_nobody_waits() -> None:
    assert starts(RateLimit(Rate(), clock=Clock()), *[9] * 50) == [0] * 50


def test_a_request_that_was_not_made_leaves_its_place() -> None:
    clock = Clock()
    limit = RateLimit(Rate(requests=1), clock=clock)
    first = limit.enter(1)
    limit.leave(first)
    assert limit.idle
    assert starts(limit, 1, 1) == [0, 60]
    clock.now += 200
    assert limit.idle


@given(
    requests=st.none() | st.integers(1, 5),
    tokens=st.none() | st.integers(10, 100),
    asked=st.lists(st.tuples(st.floats(0, 30), st.integers(1, 40)), max_size=40),
)
def test_no_minute_ever_holds_more_than_the_rate(
    requests: int | None, tokens: int | None, asked: list[tuple[float, int]]
) -> None:
    clock = Clock()
    limit = RateLimit(Rate(requests=requests, tokens=tokens), clock=clock)
    turns = []
    for pause, count in asked:
        clock.now += pause
        turns.append(limit.enter(count))
        assert turns[-1].start >= clock.now
    assert all(one.start <= two.start for one, two in pairwise(turns))
    for turn in turns:
        minute = [other for other in turns if turn.start <= other.start < turn.start + MINUTE]
        assert requests is None or len(minute) <= requests
        if tokens is not None and len(minute) > 1:
            assert sum(other.tokens for other in minute) <= tokens


def limited(*replies: str | Exception, limit: RateLimit) -> RateLimitedModel:
    return RateLimitedModel(ScriptedModel(*replies), lambda: limit)


async def test_who_waits_is_told_and_then_answered() -> None:
    clock = Clock()

    def now() -> float:
        return clock.now + time.monotonic()

    model = limited("one", "two", limit=RateLimit(Rate(requests=1), clock=now))
    began = now()
    assert preparing_of(await collect(model)) == []
    clock.now += MINUTE - 0.6
    deltas = await collect(model)
    assert now() - began >= MINUTE
    assert preparing_of(deltas) == [Preparing("Waiting 1 s for the model's rate limit…")]
    assert text_of(deltas) == "two"


async def test_the_tokens_that_were_really_used_count() -> None:
    clock = Clock()
    limit = RateLimit(Rate(tokens=1000), clock=clock)
    await collect(limited("x" * 3600, limit=limit))
    assert starts(limit, 200)[0] == 60


async def test_who_is_stopped_while_waiting_gives_the_place_back() -> None:
    limit = RateLimit(Rate(requests=1))
    model = limited("one", "two", limit=limit)
    await collect(model)
    waiting = asyncio.create_task(collect(model))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert limit.seconds_until(limit.enter(1)) <= 60  # after two it would be twice that


async def test_a_fault_of_the_model_stays_what_it_is() -> None:
    limit = RateLimit(Rate(requests=9))
    with pytest.raises(ModelUnavailable, match="gone"):
        await collect(limited(ModelUnavailable("gone"), limit=limit))


async def test_messages_pass_unchanged() -> None:
    inner = ScriptedModel("hi")
    model = RateLimitedModel(inner, lambda: RateLimit(Rate()))
    await collect(model, ASK, temperature=0.5)
    assert inner.asked == [ASK]
    assert inner.temperatures == [0.5]
    assert (model.name, model.profile) == (inner.name, inner.profile)
    assert isinstance(inner.asked[0][0], Message)


def test_a_limit_is_shared_by_model_and_key() -> None:
    limits, rate = RateLimits(), Rate(requests=1)
    first = limits.of("a", "key", rate)
    first.enter(1)
    assert limits.of("a", "key", rate) is first
    assert limits.of("a", "other", rate) is not first
    assert limits.of("b", "key", rate) is not first
    assert "key" not in repr(vars(limits))
