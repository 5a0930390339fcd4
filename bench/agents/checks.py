"""Judges answers: the same rules for every agent, exact, and blind to how an answer is worded.

A sentence is as good as a bare value. What the question itself says may be repeated; of what is new
in an answer, the last counts.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bench.agents.reading import dates, figures

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an agent gave.

    Attributes:
        text: its last answer.
        asked: what the person had said.
        files: the files that it was asked to write and wrote, by name.
    """

    text: str
    asked: str = ""
    files: Mapping[str, str] = field(default_factory=dict[str, str])


class Check(Protocol):
    """Whether an answer is right."""

    def __call__(self, answer: Answer) -> bool: ...


@dataclass(frozen=True, slots=True)
class Number:
    """The last figure that is not in the question is `value`, give or take `within`."""

    value: float
    within: float = 0.0

    def __call__(self, answer: Answer) -> bool:
        known = figures(answer.asked)
        new = [one for one in figures(answer.text) if one not in known]
        return bool(new) and _equal(new[-1], self.value, self.within)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The answer's figures end with `values`."""

    values: tuple[float, ...]
    ordered: bool = True
    within: float = 0.0

    def __call__(self, answer: Answer) -> bool:
        readings = (figures(answer.text, grouped=grouped) for grouped in (False, True))
        return any(self._is_end_of(found) for found in readings)

    def _is_end_of(self, found: Sequence[float]) -> bool:
        last, wanted = list(found[-len(self.values) :]), list(self.values)
        if not self.ordered:
            last, wanted = sorted(last), sorted(wanted)
        return len(last) == len(wanted) and all(
            _equal(one, value, self.within) for one, value in zip(last, wanted, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each name is followed by its value before the next name comes."""

    values: Mapping[str, float]
    within: float = 0.0

    def __call__(self, answer: Answer) -> bool:
        pieces = _split(answer.text, tuple(self.values))
        return all(
            bool(found := figures(pieces.get(_plain(name), "")))
            and _equal(found[0], value, self.within)
            for name, value in self.values.items()
        )


@dataclass(frozen=True, slots=True)
class Word:
    """The answer has `value` as whole words, or one of its spellings, and none of `rivals`."""

    value: str
    rivals: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    def __call__(self, answer: Answer) -> bool:
        right = _occurrences(answer.text, (self.value, *self.spellings))
        return bool(right) and not _occurrences(answer.text, self.rivals)


@dataclass(frozen=True, slots=True)
class Words:
    """The answer ends with `values`, in any wording around them, and has none of `rivals`."""

    values: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    ordered: bool = True

    def __call__(self, answer: Answer) -> bool:
        last = _occurrences(answer.text, self.values)[-len(self.values) :]
        wanted = [_plain(value) for value in self.values]
        if not self.ordered:
            last, wanted = sorted(last), sorted(wanted)
        return last == wanted and not _occurrences(answer.text, self.rivals)


@dataclass(frozen=True, slots=True)
class Day:
    """The last date that is not in the question is `value`, in any usual notation."""

    value: date

    def __call__(self, answer: Answer) -> bool:
        known = dates(answer.asked)
        new = [one for one in dates(answer.text) if one not in known]
        return bool(new) and self.value in new[-1]


@dataclass(frozen=True, slots=True)
class Written:
    """The file `name` has these lines; spaces at the ends and empty lines do not count."""

    name: str
    lines: tuple[str, ...]

    def __call__(self, answer: Answer) -> bool:
        text = answer.files.get(self.name, "")
        return tuple(line.strip() for line in text.splitlines() if line.strip()) == self.lines


def _equal(one: float, other: float, within: float) -> bool:
    return math.isclose(one, other, rel_tol=_ROUNDING, abs_tol=within + _ROUNDING)


def _plain(text: str) -> str:
    """Without case, marks and quotes, and with single spaces."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[*`\"'“”‘’]", "", text).split())


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted((re.escape(_plain(word)) for word in words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")


def _occurrences(text: str, words: Sequence[str]) -> list[str]:
    return _pattern(words).findall(_plain(text)) if words else []


def _split(text: str, names: Sequence[str]) -> dict[str, str]:
    """What follows the last occurrence of each name, up to the next one of any."""
    plain = _plain(text)
    found = list(_pattern(names).finditer(plain))
    ends = [*(match.start() for match in found[1:]), len(plain)]
    return {match[0]: plain[match.end() : end] for match, end in zip(found, ends, strict=False)}
