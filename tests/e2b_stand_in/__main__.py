"""`python -m tests.e2b_stand_in --port 0`: serve until SIGTERM; the first line out is the URL."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn

from tests.e2b_stand_in.app import StandIn
from tests.e2b_stand_in.context import WHEELS
from tests.e2b_stand_in.delay import delayed
from tests.e2b_stand_in.server import TEST_KEY


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.e2b_stand_in")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--key", default=TEST_KEY, help="the one API key that is accepted")
    parser.add_argument("--record", type=Path, help="a file for every request that comes in")
    parser.add_argument("--wheels", default="", help="a folder that packages are installed from")
    parser.add_argument(
        "--delay-ms", type=float, default=0, help="how far away it is: there and back"
    )
    options = parser.parse_args()
    os.environ[WHEELS] = options.wheels
    asyncio.run(serve(options))


async def serve(options: argparse.Namespace) -> None:
    inner = 0 if options.delay_ms else options.port
    listening = socket.create_server(("127.0.0.1", inner))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each answer waits 40 ms
    host, port = listening.getsockname()
    app = StandIn(options.key, options.record)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    async with AsyncExitStack() as stack:
        if options.delay_ms:
            line = delayed(port, seconds=options.delay_ms / 2000, listen=options.port)
            port = await stack.enter_async_context(line)
        print(f"ready http://{host}:{port}", flush=True)
        await server.serve(sockets=[listening])


if __name__ == "__main__":
    main()
