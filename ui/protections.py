"""What stands between the code and everything else, as a section of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from executors.base import Protection
from ui.icons import icon


def protections_html(places: Mapping[str, Sequence[Protection]]) -> str:
    """A list for each place to run code, by its name; what is missing comes first and is marked."""
    sections = "".join(_place(name, found) for name, found in places.items() if found)
    return f'<p class="label">What keeps the code in</p>{sections}' if sections else ""


def _place(name: str, found: Sequence[Protection]) -> str:
    missing = sum(not one.holds for one in found)
    state = f"{missing} missing here" if missing else "all in place"
    lines = "".join(_line(one) for one in sorted(found, key=lambda one: one.holds))
    kind = "reduced" if missing else "full"
    return (
        f'<details class="walls {kind}"{" open" if missing else ""}>'
        f"<summary>{icon('alert' if missing else 'shield')}<b>{escape(name)}</b>"
        f"<span>{state}</span></summary><ul>{lines}</ul></details>"
    )


def _line(one: Protection) -> str:
    kind = "holds" if one.holds else "missing"
    return f'<li class="{kind}">{escape(one.text)}</li>'
