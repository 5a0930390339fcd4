"""The reply parser: every variant that models write, in any chunking, in linear time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.parsing import Action, Code, Part, Reply, ReplyParser, Thinking, Thought
from tests.agent.replies import calls, contents, fences, tags, talk, thinking
from tests.agent.replies.shape import Shape

THEMES = (fences, contents, tags, thinking, calls, talk)
CORPUS: dict[str, Shape] = {
    f"{theme.__name__.rpartition('.')[2]}: {shape.name}": shape
    for theme in THEMES
    for shape in theme.SHAPES
}
SHAPE = pytest.mark.parametrize("shape", CORPUS.values(), ids=CORPUS.keys())


def pieces(text: str, sizes: Sequence[int]) -> Iterable[str]:
    at, i = 0, 0
    while at < len(text):
        yield text[at : at + sizes[i % len(sizes)]]
        at, i = at + sizes[i % len(sizes)], i + 1


def parsed(text: str, *sizes: int) -> tuple[ReplyParser, Action | Reply, list[Part]]:
    """The parser when it is done, its result, and all that it gave on the way."""
    parser, parts = ReplyParser(), []
    for piece in pieces(text, sizes or (max(len(text), 1),)):
        parts += parser.feed(piece)
    return parser, parser.finish(), parts


def shown(parts: Sequence[Part], kind: type[Thought] | type[Thinking] | type[Code]) -> str:
    return "".join(part.text for part in parts if isinstance(part, kind))


def outcome(text: str, *sizes: int) -> tuple[object, ...]:
    """All that a reply comes to; for an action also what was shown of it."""
    parser, result, parts = parsed(text, *sizes)
    end = (result, parser.thinking, parser.fault, parser.closed)
    kinds = (Thought, Thinking, Code)
    return (*end, *(shown(parts, kind) for kind in kinds)) if isinstance(result, Action) else end


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) == sum(len(theme.SHAPES) for theme in THEMES) >= 200


@SHAPE
def test_a_reply_comes_to_what_it_means(shape: Shape) -> None:
    parser, result, _ = parsed(shape.text)
    assert result == shape.result
    assert parser.thinking == shape.thinking
    assert shape.fault in parser.fault
    assert bool(parser.fault) == bool(shape.fault)


@SHAPE
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_pieces_of_any_size_come_to_the_same(shape: Shape, size: int) -> None:
    assert outcome(shape.text, size) == outcome(shape.text)


@SHAPE
def test_what_is_shown_is_never_taken_back(shape: Shape) -> None:
    parser, result, parts = parsed(shape.text, 1)
    said = shown(parts, Thought).strip()
    if "</think>" in shape.text and not shown(parts, Thinking):
        said = said.removeprefix(parser.thinking).strip()
    match result:
        case Action():
            assert said == result.thought if shown(parts, Code) else result.thought.startswith(said)
            assert result.code.startswith(shown(parts, Code))
        case Reply():
            assert result.text.startswith(said)
            assert not shown(parts, Code)


def test_code_is_shown_while_it_is_written() -> None:
    parser = ReplyParser()
    parts = [part for piece in "I add.\n```python\nx = 1\nprint(x" for part in parser.feed(piece)]
    assert shown(parts, Thought).strip() == "I add."
    assert shown(parts, Code) == "x = 1\nprint(x"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Hello, I th", "Hello, I th"),
        ("The result is", "The result is"),
        ("It is `x", "It is `x"),
        ("It is 1 < 2", "It is 1 < 2"),
        ("# Title\n\nHere are the things:\n", "# Title\n\nHere are the things:\n"),
        ("See:\n```\na tree of files\n  b", "See:\n```\na tree of files\n  b"),
        ('See:\n```json\n{"age": 3', 'See:\n```json\n{"age": 3'),
    ],
)
def test_text_is_shown_as_soon_as_it_can_be_nothing_else(text: str, seen: str) -> None:
    parser = ReplyParser()
    assert shown([p for piece in text for p in parser.feed(piece)], Thought) == seen


def test_it_closes_with_the_block_and_not_before() -> None:
    parser = ReplyParser()
    parser.feed("Go.\n```python\nprint(1)\n``")
    assert not parser.closed
    parser.feed("`")
    assert parser.closed


PIECES = st.sampled_from(
    ["I think. ", "\n", "```", "`", "python", "```python\n", "print(1)\n", "<code>", "</code>",
     "x = '''", "'''", "\n```\n", "json", '"', "# c\n", " ", "é", "~~~", "<think>", "</think>",
     "Code:\n", "Thought: ", "\nObservation:", ">>> ", "&lt;", "<|", "|>", "channel", "<|channel|>",
     "<|message|>", "<|end|>", "<tool_call>", "</tool_call>", '{"code": "', '"}', "“", "”", "\\",
     "<|im_end|>", "<", "[", "{", "    ", "\r\n", "\u200b", "```json\n", "(", ")", "<function=x>",
     "In [1]: ", "<end_code>"]
)  # fmt: skip
MIXTURES = st.lists(PIECES, max_size=25).map("".join)
CUTS = st.lists(st.integers(1, 6), min_size=1, max_size=8)
SOME = st.sampled_from([shape.text for shape in CORPUS.values()])


@example("\n```\n```python\n", [1])
@example("```\nx = 1\n```python\nprint(x)\n```\n", [1])
@given(MIXTURES, CUTS)
def test_any_chunking_of_any_mixture_gives_the_same(reply: str, sizes: list[int]) -> None:
    assert outcome(reply, *sizes) == outcome(reply)


@given(st.lists(SOME, min_size=1, max_size=3).map("".join), CUTS)
def test_any_chunking_of_joined_replies_gives_the_same(reply: str, sizes: list[int]) -> None:
    assert outcome(reply, *sizes) == outcome(reply)


@given(SOME, st.data())
def test_a_reply_that_breaks_off_shows_a_beginning_of_the_whole(
    reply: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(reply)))
    whole, begun = parsed(reply)[2], parsed(reply[:cut])[2]
    for kind in (Thought, Thinking, Code):
        assert shown(whole, kind).startswith(shown(begun, kind))


@given(st.text(st.characters(exclude_characters="`~<[{:#*\ufeff\u200b\u2060")))
def test_text_without_marks_is_kept_as_it_is(text: str) -> None:
    result = parsed(text, 1)[1]
    assert result == Reply(text.strip()) or isinstance(result, Action)


HOSTILE: dict[str, Callable[[int], str]] = {
    "backticks": lambda n: "`" * n,
    "fences": lambda n: "```\n" * (n // 4),
    "fences within lines": lambda n: "x ```python y " * (n // 14),
    "bare blocks": lambda n: "```\n?\n```\n" * (n // 10),
    "one long bare block": lambda n: "```\n" + "x = 1\n" * (n // 6),
    "blanks": lambda n: " " * n,
    "blanks behind a fence": lambda n: "```" + " " * n,
    "line ends": lambda n: "\n" * n,
    "quotes": lambda n: "```python\n" + "'" * n,
    "triple quotes": lambda n: "```python\n" + "'''\n" * (n // 4),
    "fences in a string": lambda n: "```python\nx = '''\n" + "```\n" * (n // 4),
    "tags in a string": lambda n: "<code>\nx = '''" + "</code>" * (n // 7),
    "backslashes": lambda n: "```python\nx = '" + "\\" * n,
    "tags": lambda n: "<code>" * (n // 6),
    "lines of tags": lambda n: "<code>x\n" * (n // 8),
    "half tags": lambda n: "<" * n,
    "half tokens": lambda n: "<|" * (n // 2),
    "channels": lambda n: "<|channel|>" * (n // 11),
    "thinking": lambda n: "<think>" + "</" * (n // 2),
    "thinking blocks": lambda n: "<think></think>\n" * (n // 16),
    "lone ends": lambda n: "</think>" * (n // 8),
    "calls": lambda n: "<tool_call>" * (n // 11),
    "empty calls": lambda n: "<tool_call></tool_call>" * (n // 23),
    "a long call": lambda n: '<tool_call>{"code": "' + "x" * n,
    "braces": lambda n: "{" * n,
    "brackets in JSON": lambda n: '{"code": ' + "[" * n,
    "JSON blocks": lambda n: '```json\n{"code": 1}\n```\n' * (n // 24),
    "labels": lambda n: "Code:\n" * (n // 6),
    "labels and code": lambda n: "Code:\nx\nx\nx\nx\nx\nx\n" * (n // 18),
    "a long program": lambda n: "import x\n" * (n // 9) + "so it goes",
    "prompts": lambda n: "```python\n>>> x" + "\n>>" * (n // 3),
    "entities": lambda n: "```python\nx &lt; " + "&lt" * (n // 3),
    "indents": lambda n: "```python\n  x\n" + " " * n,
    "observations": lambda n: "```python\nx\n" + "Observation\n" * (n // 12),
    "empty blocks": lambda n: "```python\n```\n" * (n // 14),
    "foreign blocks": lambda n: "```c\nx\n```\n" * (n // 11),
    "one long line": lambda n: "word " * (n // 5),
}


def seconds(text: str, size: int) -> float:
    """What a reply costs of this process's own time."""
    started = time.process_time()
    parsed(text, size)
    return time.process_time() - started


@pytest.mark.parametrize("size", [7, 1_000_000], ids=["in pieces", "at once"])
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_eight_times_the_length_takes_about_eight_times_as_long(
    make: Callable[[int], str], size: int
) -> None:
    few, many = make(8_000), make(64_000)
    # What is quadratic takes 64 times as long, every time; what collects garbage does so once.
    # Both are timed one right after the other: a CPU is not as quick at all times.
    assert any(seconds(many, size) < 30 * max(seconds(few, size), 0.004) for _ in range(3))
