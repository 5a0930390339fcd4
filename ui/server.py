"""The server's life: started, warmed up, and closed in an orderly way on every signal to end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Future
from typing import Any

import gradio as gr

log = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 5.0
"""How long conversations, workers and sandboxes may take to be released."""


def serve(
    page: gr.Blocks,
    options: dict[str, Any],
    *,
    host: str,
    port: int,
    warm: Callable[[], Awaitable[None]],
    close: Callable[[], Awaitable[None]],
) -> None:
    """Serve the page until SIGINT or SIGTERM, then close everything within a few seconds.

    Args:
        page: what `ui.page.build_page` gave.
        options: what `ui.page.launch_options` gave.
        host: the address to listen on.
        port: the TCP port to listen on.
        warm: run in the background once the server is up, so that the first question waits less.
        close: releases all conversations, executors and models; runs in the server's own loop.
    """
    server_loop: Future[asyncio.AbstractEventLoop] = Future()

    @contextlib.asynccontextmanager
    async def lifespan(_: object) -> AsyncGenerator[None, None]:
        server_loop.set_result(asyncio.get_running_loop())
        warming = asyncio.create_task(_warmed(warm), name="warm up")
        yield
        warming.cancel()

    ended = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: ended.set())
    page.launch(
        server_name=host,
        server_port=port,
        prevent_thread_lock=True,
        **options | {"app_kwargs": options.get("app_kwargs", {}) | {"lifespan": lifespan}},
    )
    ended.wait()
    log.info("ending: closing all conversations")
    # Before the server itself: it would wait for the pages that are still open.
    closing = asyncio.run_coroutine_threadsafe(_closed(close), server_loop.result())
    try:
        closing.result(SHUTDOWN_SECONDS)
    except TimeoutError:
        log.warning("not everything could be closed within %g s", SHUTDOWN_SECONDS)
    page.close(verbose=False)


async def _warmed(warm: Callable[[], Awaitable[None]]) -> None:
    try:
        await warm()
    except Exception as exc:  # noqa: BLE001 - the first question will say it to the person
        log.warning("could not warm up: %s", exc)


async def _closed(close: Callable[[], Awaitable[None]]) -> None:
    await close()
