"""A short form of every campaign of the fuzzer, with the same cases each time; and the controls."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, settings

from executors import values, wire
from executors.base import ExecutionEvent, Executor
from tests.fuzz.campaigns import CAMPAIGNS, told_by
from tests.fuzz.fake_worker import Say
from tests.programs.program import Outcome
from tests.programs.worker import run

CASES = {
    "frames": 200,
    "values": 300,
    "worker_streams": 100,
    "guard": 150,
    "programs": 80,
    "meanings": 50,
}


def how(name: str) -> settings:
    return settings(
        max_examples=CASES[name],
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_no_case_is_a_fault_of_the_host(name: str) -> None:
    CAMPAIGNS[name](how(name))


def reads_trustingly(data: bytes) -> object:
    return wire.unpack(data[wire.HEADER.size :])


def decodes_trustingly(data: bytes) -> object:
    return values.decode(json.loads(data))


async def believes(script: list[Say]) -> list[ExecutionEvent]:
    for _, data in script:
        wire.Parser().feed(data)
    return []


def forgets_places(source: str, filename: str) -> object:
    tree = ast.parse(source)
    tree.body.insert(0, ast.Expr(ast.Constant(1)))
    return compile(tree, filename, "exec")


async def ends_twice(executor: Executor, code: str) -> list[ExecutionEvent]:
    events = await told_by(executor, code)
    return events if code == "pass" else [*events, events[-1]]


async def counts_otherwise(executor: Executor, cells: list[str]) -> Outcome:
    return await run(executor, [cell.replace("1", "2") for cell in cells])


FAULTS: dict[str, Callable[..., Any]] = {
    "frames": reads_trustingly,
    "values": decodes_trustingly,
    "worker_streams": believes,
    "guard": forgets_places,
    "programs": ends_twice,
    "meanings": counts_otherwise,
}


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_fault_is_found(name: str) -> None:
    with pytest.raises((ValueError, AssertionError, TypeError)):
        cast("Any", CAMPAIGNS[name])(how(name), FAULTS[name])
