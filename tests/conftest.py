"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.e2b_stand_in.server import Server, running

# Before any test imports them.
pytest.register_assert_rewrite("tests.cells", "tests.conformance.cases")


# The same cases in every run, however long one takes: new ones are looked for by `make fuzz`.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One E2B stand-in, with real kernels, for all tests that need no other."""
    with running(tmp_path_factory.mktemp("stand-in")) as server:
        yield server
