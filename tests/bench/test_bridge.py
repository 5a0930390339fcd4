"""The benchmark of tool calls really crosses the line whose length it tells."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.bridge.__main__ import Figures, measure, report
from executors.e2b.factory import E2BExecutorFactory
from tests.e2b_stand_in.server import running


async def test_a_call_takes_at_least_the_way_there_and_back() -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), delay_ms=60) as server:
        factory = E2BExecutorFactory(api_key=server.key, api_url=server.url, sandbox_url=server.url)
        try:
            found = await measure(factory, "far", 60, quick=True)
        finally:
            await factory.aclose()
        assert server.sandboxes() == []
    assert found.small >= 0.06
    assert found.large >= 0.12


def test_a_missed_target_is_told() -> None:
    good = Figures(place="near", distance=0, small=0.010, large=0.070)
    bad = Figures(place="far", distance=40, small=0.060, large=0.161)
    none = Figures(place="here", distance=None, small=0.001, large=0.010)
    lines = report([good, bad, none], "Somewhere.").splitlines()
    assert "| near | 10 ms | ≤ 15 ms | 70 ms | ≤ 80 ms |" in lines
    assert "| far | 60 ms | ≤ 55 ms, **missed** | 161 ms | ≤ 160 ms, **missed** |" in lines
    assert "| here | 1 ms |  | 10 ms |  |" in lines
