"""A small Gradio app for the tests, as a Space is one; prints its address."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import gradio as gr


def greet(name: str, times: float = 2) -> str:
    if name == "nobody":
        raise gr.Error("there is nobody")
    return name * int(times)


def describe(file: str) -> tuple[str, str]:
    data = Path(file).read_bytes()
    made = Path(file).with_name("made.txt")
    made.write_text("made of " + data.decode())
    return f"{len(data)} bytes", str(made)


def same(picture: str) -> str:
    return picture


def slow(parts: float, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
    for number in range(int(parts)):
        progress((number + 1, int(parts)), desc="working")
        time.sleep(0.5)
    return "done"


with gr.Blocks() as app:
    text, number, answer = gr.Textbox(label="Name"), gr.Number(2), gr.Textbox()
    gr.Button().click(greet, [text, number], answer, api_name="greet")
    file, made = gr.File(), gr.File()
    gr.Button().click(describe, file, [answer, made], api_name="describe")
    given, back = gr.Image(type="filepath", format="png"), gr.Image()
    gr.Button().click(same, given, back, api_name="same")
    gr.Button().click(slow, number, answer, api_name="slow")
    anything, told = gr.JSON(), gr.JSON()
    gr.Button().click(lambda value: {"got": value}, anything, told, api_name="anything")

if __name__ == "__main__":
    _, url, _ = app.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    print(url, flush=True)
    sys.stdin.read()
