"""Reads figures and dates out of answers, however they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DATE = re.compile(
    rf"""\b(?P<y1>\d{{4}})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?!\d)
    | \b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{_MONTH})\.?,?\s+(?P<y2>\d{{4}})\b
    | \b(?P<m3>{_MONTH})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{{4}})\b
    | \b(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y4>\d{{4}})\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b")
_FIGURE = r"(?<![\w.])[-+]?(?:{whole}(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
_GROUPED = re.compile(_FIGURE.format(whole=r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"))
_PLAIN = re.compile(_FIGURE.format(whole=r"\d+"))


def text_of(value: Any) -> str:
    """An answer as text: what a person would read, without Python's own way to write values."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, (date, time, datetime)):
        return value.isoformat()
    for reader in ("to_dict", "tolist"):  # tables, arrays and their elements
        if callable(plain := getattr(value, reader, None)):
            return text_of(plain())
    if isinstance(value, Mapping):
        return ", ".join(f"{text_of(key)}: {text_of(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(text_of(one) for one in value)
    return str(value)


def figures(text: str, *, grouped: bool = True) -> list[float]:
    """The numbers in a text, in order; dates and times of day are none.

    Args:
        text: any text.
        grouped: whether `1,200` is one number rather than two.
    """
    text = _CLOCK.sub(" ", _DATE.sub(" ", text.replace("\N{MINUS SIGN}", "-")))
    return [_float(found) for found in (_GROUPED if grouped else _PLAIN).findall(text)]


def _float(figure: str) -> float:
    return float(figure.replace(",", ""))


def dates(text: str) -> list[set[date]]:
    """The dates in a text, in order; each with its readings, as 03/04/2025 has two."""
    found = [_readings(match) for match in _DATE.finditer(text)]
    return [readings for readings in found if readings]


def _readings(match: re.Match[str]) -> set[date]:
    part = match.groupdict()
    if part["y1"]:
        options = [(part["y1"], part["m1"], part["d1"])]
    elif part["y2"]:
        options = [(part["y2"], _month(part["m2"]), part["d2"])]
    elif part["y3"]:
        options = [(part["y3"], _month(part["m3"]), part["d3"])]
    else:
        options = [(part["y4"], part["b"], part["a"]), (part["y4"], part["a"], part["b"])]
    return {date(*numbers) for one in options if _exists(numbers := tuple(map(int, one)))}


def _month(name: str) -> int:
    return [month[:3] for month in _MONTHS].index(name[:3].lower()) + 1


def _exists(numbers: tuple[int, ...]) -> bool:
    try:
        date(*numbers)
    except ValueError:
        return False
    return True
