"""Words, letters and codes."""

from __future__ import annotations

from bench.agents.checks import Number, Word
from bench.agents.task import Task

_RIVER = "Seventeen steamships slowly cross the misty Mississippi in September"
_NAME = "Society for Wandering Islands, Foggy Tides and Seabirds"
_NUMERALS = ("XIV", "MCMXCIX", "DCCLXXXVIII", "XLVI")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def _roman(text: str) -> int:
    values = [_VALUES[letter] for letter in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-one if one < following else one for one, following in pairs)


TASKS = (
    Task(
        id="text/letter-s",
        difficulty="easy",
        turns=(f'How often does the letter s, small or capital, occur in "{_RIVER}"?',),
        check=Number(13),
        solve=lambda: _RIVER.lower().count("s"),
    ),
    Task(
        id="text/capitals",
        difficulty="medium",
        turns=(f'Put the capital letters of "{_NAME}" together, in their order.',),
        check=Word("SWIFTS"),
        solve=lambda: "".join(letter for letter in _NAME if letter.isupper()),
    ),
    Task(
        id="text/roman",
        difficulty="hard",
        turns=(f"What is the sum of the Roman numerals {', '.join(_NUMERALS)}?",),
        check=Number(2847),
        solve=lambda: sum(map(_roman, _NUMERALS)),
    ),
)
