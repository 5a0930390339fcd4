"""Words, letters and codes."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

from bench.agents.checks import Number, Word, Words
from bench.agents.task import Task

_PROVERB = "The early bird catches the worm, but the second mouse gets the cheese"
_PLACES = "harbour lighthouse breakwater mooring"
_PARAGRAPH = (
    "Gardeners in mountainous regions often compost kitchen leftovers, although frost delays "
    "decomposition until springtime."
)
_SECRET = "Aol rlf pz buklyulhao aol isbl ivha"
_RHYME = (
    "Row row row your boat gently down the stream merrily merrily merrily Merrily life is but a "
    "dream Row the boat down the Stream"
)
_MAILS = (
    "Write to ada@nordwind.example, bo.lee@quarry.example or cy@nordwind.example; copies go to "
    "dee@atlas.example and e_f@quarry.example."
)
_BITS = "AAAABBBCCDAAEEEEEEEEEE"
_WORDS = (
    *("listen", "stone", "silent", "notes", "onset", "garden", "danger", "tinsel", "ranged"),
    *("enlist", "planet", "gander", "cinema", "iceman", "orange"),
)


def _vowels() -> int:
    return sum(letter in "aeiou" for letter in _PROVERB.lower())


def _backwards() -> list[str]:
    return [word[::-1] for word in _PLACES.split()]


def _longest() -> str:
    return max(re.findall(r"\w+", _PARAGRAPH), key=len)


def _decode() -> str:
    turned = {chr(first + i): chr(first + (i - 7) % 26) for first in (65, 97) for i in range(26)}
    return "".join(turned.get(letter, letter) for letter in _SECRET)


def _distinct() -> int:
    return len(set(_RHYME.lower().split()))


def _domains() -> list[str]:
    return sorted(set(re.findall(r"@([\w.]+\w)", _MAILS)))


def _run_lengths() -> str:
    return "".join(f"{letter}{len(list(run))}" for letter, run in groupby(_BITS))


def _anagrams() -> int:
    return max(Counter("".join(sorted(word)) for word in _WORDS).values())


TASKS = (
    Task(
        id="text/vowels",
        difficulty="easy",
        turns=(f'How many vowels (a, e, i, o, u) are in "{_PROVERB}"?',),
        check=Number(20),
        solve=_vowels,
    ),
    Task(
        id="text/letters-backwards",
        difficulty="easy",
        turns=(
            f'Reverse the letters of each word in "{_PLACES}", but keep the order of the words.',
        ),
        check=Words(("ruobrah", "esuohthgil", "retawkaerb", "gniroom")),
        solve=_backwards,
    ),
    Task(
        id="text/longest-word",
        difficulty="medium",
        turns=(f'Which is the longest word in this text? "{_PARAGRAPH}"',),
        check=Word(
            "decomposition",
            rivals=("mountainous", "springtime", "gardeners", "leftovers", "kitchen", "regions"),
        ),
        solve=_longest,
    ),
    Task(
        id="text/caesar",
        difficulty="medium",
        turns=(
            "In this message each letter was moved 7 places forward in the alphabet (a became h): "
            f'"{_SECRET}". What did it say?',
        ),
        check=Word("The key is underneath the blue boat"),
        solve=_decode,
    ),
    Task(
        id="text/distinct-words",
        difficulty="medium",
        turns=(
            "How many different words are in this text, upper and lower case being the same? "
            f'"{_RHYME}"',
        ),
        check=Number(13),
        solve=_distinct,
    ),
    Task(
        id="text/domains",
        difficulty="medium",
        turns=(f"{_MAILS} List the domains of these addresses, each once, in alphabetical order.",),
        check=Words(("atlas.example", "nordwind.example", "quarry.example")),
        solve=_domains,
    ),
    Task(
        id="text/run-lengths",
        difficulty="hard",
        turns=(
            "Write each run of equal letters as the letter and the length of the run, so that AAB "
            f"becomes A2B1. What does {_BITS} become?",
        ),
        check=Word("A4B3C2D1A2E10"),
        solve=_run_lengths,
    ),
    Task(
        id="text/anagrams",
        difficulty="hard",
        turns=(
            f"Words that have the same letters form a group: {', '.join(_WORDS)}. How many words "
            "are in the largest group?",
        ),
        check=Number(4),
        solve=_anagrams,
    ),
)
