"""Thinking blocks and stop strings, wherever the borders of the pieces fall."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from agent.models.base import Reasoning, Text
from agent.models.stopping import StopCutter
from agent.models.thinking import ThinkSplitter


def pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({cut % (len(text) + 1) for cut in cuts} | {0, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(places)]


def split(parts: list[str]) -> tuple[str, str]:
    splitter = ThinkSplitter()
    found = [delta for part in parts for delta in splitter.feed(part)] + splitter.finish()
    thought = "".join(delta.text for delta in found if isinstance(delta, Reasoning))
    return thought, "".join(delta.text for delta in found if isinstance(delta, Text))


def test_thinking_before_the_reply() -> None:
    assert split(["<think>a</think>\n\nb"]) == ("a", "b")
    assert split(["  \n<thinking>a</thinking>b"]) == ("a", "b")
    assert split(["<think>a</think>\n<think>b</think>c"]) == ("ab", "c")


def test_only_the_start_of_a_reply_counts() -> None:
    assert split(["see <think>a</think>"]) == ("", "see <think>a</think>")
    assert split(["<thinker>a"]) == ("", "<thinker>a")


def test_unclosed_thinking_is_thinking() -> None:
    assert split(["<think>a</thi"]) == ("a</thi", "")


def test_a_reply_that_is_only_the_beginning_of_a_tag() -> None:
    assert split(["<thi"]) == ("", "<thi")
    assert split([" "]) == ("", " ")


def test_text_is_passed_on_at_once() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("He") == [Text("He")]
    assert splitter.feed("<think>") == [Text("<think>")]


SOUP = st.lists(
    st.sampled_from(["<think>", "</think>", "<thi", "x", "\n", "</", ">", "<thinking>"]), max_size=8
).map("".join)


@given(SOUP, st.lists(st.integers(0, 80), max_size=6))
def test_borders_do_not_change_the_split(text: str, cuts: list[int]) -> None:
    assert split(pieces(text, cuts)) == split([text])


def cut(parts: list[str], stop: list[str]) -> str:
    cutter = StopCutter(stop)
    return "".join(cutter.feed(part) for part in parts) + cutter.finish()


@given(
    st.text("ab`\n", max_size=30),
    st.lists(st.text("ab`\n", min_size=1, max_size=3), max_size=3),
    st.lists(st.integers(0, 80), max_size=6),
)
def test_a_reply_ends_before_the_first_stop_string(
    text: str, stop: list[str], cuts: list[int]
) -> None:
    whole = re.split("|".join(map(re.escape, stop)), text, maxsplit=1)[0] if stop else text
    assert cut([text], stop) == whole
    # Split into pieces, an overlapping stop string may be met earlier in time, never later.
    in_pieces = cut(pieces(text, cuts), stop)
    assert text.startswith(in_pieces)
    assert not any(one in in_pieces for one in stop)


def test_what_may_become_a_stop_string_is_held_back() -> None:
    cutter = StopCutter(["STOP"])
    assert cutter.feed("a S") == "a "
    assert cutter.feed("T") == ""
    assert cutter.feed("x") == "STx"
    assert not cutter.hit
    assert cutter.feed("STOP b") == ""
    assert cutter.hit
    assert cutter.feed("more") == ""
