"""The page's icons, as inline SVG from `assets/icons`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"


@cache
def icon(name: str) -> str:
    """The SVG of that name, hidden from screen readers: the text beside it says what it means."""
    svg = (ASSETS / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    return svg.replace("<svg ", f'<svg class="icon icon-{name}" aria-hidden="true" ', 1)
