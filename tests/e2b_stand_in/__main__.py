"""`python -m tests.e2b_stand_in --port 0`: serve until SIGTERM; the first line out is the URL."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

import uvicorn

from tests.e2b_stand_in.app import StandIn
from tests.e2b_stand_in.server import TEST_KEY


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.e2b_stand_in")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--key", default=TEST_KEY, help="the one API key that is accepted")
    parser.add_argument("--record", type=Path, help="a file for every request that comes in")
    options = parser.parse_args()

    listening = socket.create_server(("127.0.0.1", options.port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits 40 ms
    host, port = listening.getsockname()
    app = StandIn(options.key, options.record)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    print(f"ready http://{host}:{port}", flush=True)
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
