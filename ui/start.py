"""The start screen, which is also the frame that the transcript's script fills."""

from __future__ import annotations

from html import escape

from ui.icons import ASSETS, icon

EXAMPLES = (
    ("Primes", "What is the sum of all prime numbers below 1000?"),
    ("Dates", "How many days are there between 14 March 2015 and 1 January 2025?"),
    ("Plot", "Plot the sine and the cosine from 0 to 10."),
    ("Fibonacci", "What is the 30th Fibonacci number, if the first two are 1 and 1?"),
)
"""Tasks that a small model can solve."""


def start_screen() -> str:
    """The transcript's frame, with the start screen that shows while it is empty."""
    cards = "".join(
        f'<button type="button" class="card" data-ask="{escape(task, quote=True)}">'
        f"<b>{escape(name)}</b><span>{escape(task)}</span></button>"
        for name, task in EXAMPLES
    )
    frame = (ASSETS / "transcript.html").read_text(encoding="utf-8")
    return (
        frame.replace("{brand}", icon("brand"))
        .replace("{cards}", cards)
        .replace("{down}", icon("down"))
    )
