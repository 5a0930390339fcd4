"""Ports for servers of the tests that have to know theirs before they start."""

from __future__ import annotations

import socket


class ReservedPort:
    """A port of this machine that nobody is given by chance before its server is there.

    It is taken here without anybody listening: a server that reuses addresses, as all do, can
    listen there all the same, and until then whoever connects is refused.
    """

    def __init__(self) -> None:
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind(("127.0.0.1", 0))
        self.number: int = self._holder.getsockname()[1]

    def close(self) -> None:
        """Let it go."""
        self._holder.close()
