from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.chat_server import ChatServer, running


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with running() as state:
        yield state
