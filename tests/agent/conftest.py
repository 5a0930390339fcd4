"""Agents that run their code in real executors."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from agent import CodeAgent, ScriptedModel
from executors.base import ExecutorFactory
from executors.e2b.factory import E2BExecutorFactory
from executors.local.executor import LocalExecutorFactory
from tests.agent.running import MakeAgent
from tests.e2b_stand_in.server import Server


@pytest.fixture(params=["local", "e2b"])
async def factory(
    request: pytest.FixtureRequest, stand_in: Server
) -> AsyncGenerator[ExecutorFactory, None]:
    """Of both kinds, one after the other."""
    made: ExecutorFactory = LocalExecutorFactory()
    if request.param == "e2b":
        made = E2BExecutorFactory(
            api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
        )
    yield made
    await made.aclose()


@pytest.fixture
async def make() -> AsyncGenerator[MakeAgent, None]:
    """Makes agents that run their code here, with scripted replies or any model."""
    factory, made = LocalExecutorFactory(), list[CodeAgent]()

    def build(*replies: Any, **options: Any) -> CodeAgent:
        model = options.pop("model", None) or ScriptedModel(*replies)
        agent = CodeAgent(options.pop("tools", []), model, executor_type=factory, **options)
        made.append(agent)
        return agent

    yield build
    for agent in made:
        await agent.aclose()
    await factory.aclose()
