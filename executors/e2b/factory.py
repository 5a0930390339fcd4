"""Makes E2B executors, and holds what they share: an account and its sandboxes."""

from __future__ import annotations

import asyncio
from typing import Literal

from executors.base import Executor, ExecutorSpec
from executors.e2b.executor import E2BExecutor
from executors.e2b.fleet import SANDBOXES, Fleet
from executors.e2b.lease import Offer
from executors.e2b.sdk import Account


class E2BExecutorFactory:
    """Makes executors on one E2B account. Construction never fails: the key is looked at on use.

    Without `api_key`, the key and what is empty come from E2B_API_KEY, E2B_DOMAIN, E2B_API_URL and
    E2B_SANDBOX_URL. Nothing is ever written to the environment.

    Args:
        api_key: of the account that pays.
        domain: of a self-hosted E2B.
        api_url: of its control plane, where that is not `https://api.<domain>`.
        sandbox_url: that all sandboxes are reached through, where they have no names.
        template: what sandboxes are made from; empty means E2B's code interpreter.
        lease_seconds: how long a sandbox outlives this process, if it ends badly.
        internet: whether code in a sandbox reaches the internet.
        sandboxes: of this factory, how many there may be at once; more conversations wait.
    """

    kind: Literal["local", "e2b"] = "e2b"

    def __init__(
        self,
        *,
        api_key: str = "",
        domain: str = "",
        api_url: str = "",
        sandbox_url: str = "",
        template: str = "",
        lease_seconds: int = 300,
        internet: bool = True,
        sandboxes: int = SANDBOXES,
    ) -> None:
        account = Account(api_key=api_key, domain=domain, api_url=api_url, sandbox_url=sandbox_url)
        offer = Offer(
            account=account, template=template, lease_seconds=lease_seconds, internet=internet
        )
        self._fleet = Fleet(offer, sandboxes=sandboxes)
        self._executors: set[E2BExecutor] = set()

    def __call__(self, spec: ExecutorSpec) -> Executor:
        """An executor for one conversation; its sandbox starts with the first cell."""
        executor = E2BExecutor(spec, self._fleet, self._executors.discard)
        self._executors.add(executor)
        return executor

    async def aclose(self) -> None:
        """Close every executor that is left, all at once."""
        await asyncio.gather(*(one.__aexit__() for one in list(self._executors)))
