"""The child process: llama.cpp's own server on loopback, until its parent is gone.

Run by path, with its settings as one JSON line on standard input (no secret in the arguments or the
environment); answers with one JSON line when it listens. The standard library and xllamacpp only.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

import xllamacpp  # pyright: ignore[reportMissingTypeStubs]  # it ships none

llama: Any = xllamacpp


def parameters(settings: dict[str, Any]) -> Any:
    """The server's parameters: ours, and its defaults closed where they are open."""
    params: Any = llama.CommonParams()
    params.model.path = settings["path"]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["context"] * settings["slots"]
    params.cpuparams.n_threads = settings["generation_threads"]
    params.cpuparams_batch.n_threads = settings["prompt_threads"]
    params.n_gpu_layers = settings["gpu_layers"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings["api_key"]]
    params.cors_origins = ""
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_metrics = False
    params.use_jinja = True
    params.cache_ram_mib = settings["cache_mib"]
    # Warming up doubles the load time and only moves the cost of the first token.
    params.warmup = False
    params.verbosity = 1
    return params


def end_with_parent() -> None:
    """End this process as soon as the other end of standard input is closed, however it went."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def main() -> None:
    """Load the model, tell the address, and serve."""
    settings: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the library prints is no answer
    threading.Thread(target=end_with_parent, daemon=True).start()
    server: Any = llama.Server(parameters(settings))
    print(json.dumps({"url": server.listening_address}), file=answer, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
