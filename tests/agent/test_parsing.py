"""The reply parser: every variant that models write, in any chunking."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.parsing import Action, Code, Reply, ReplyParser, Thought


def parse(reply: str, size: int = 10_000) -> Action | Reply:
    parser = ReplyParser()
    for start in range(0, len(reply), size):
        parser.feed(reply[start : start + size])
        if parser.closed:
            break
    return parser.finish()


ACTIONS = {
    "python": "I add.\n```python\nprint(1)\n```",
    "py": "I add.\n```py\nprint(1)\n```\n",
    "python3": "I add.\n```python3\nprint(1)\n```",
    "capital": "I add.\n```Python\nprint(1)\n```",
    "tool_code": "I add.\n```tool_code\nprint(1)\n```",
    "no language": "I add.\n```\nprint(1)\n```",
    "tags": "I add.\n<code>\nprint(1)\n</code>",
    "capital tags": "I add.\n<CODE>\nprint(1)\n</CODE>",
    "tag and fence": "I add.\n<code>\n```python\nprint(1)\n```\n</code>",
    "unclosed": "I add.\n```python\nprint(1)",
    "unclosed with newline": "I add.\n```python\nprint(1)\n",
    "half closed": "I add.\n```python\nprint(1)\n``",
    "several": "I add.\n```python\nprint(1)\n```\nThen\n```python\nprint(2)\n```",
    "observation": "I add.\n```python\nprint(1)\n```\nObservation: 1\nThe answer is 1.",
    "same line": "I add. ```python\nprint(1)\n```",
    "indented fence": "I add.\n  ```python\nprint(1)\n  ```",
    "after json": 'I add.\n```json\n{"a": 1}\n```\n```python\nprint(1)\n```',
    "carriage returns": "I add.\r\n```python\r\nprint(1)\n```",
}


@pytest.mark.parametrize("reply", ACTIONS.values(), ids=ACTIONS.keys())
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_every_way_to_write_an_action(reply: str, size: int) -> None:
    action = parse(reply, size)
    assert isinstance(action, Action)
    assert action.code.replace("``", "").strip() == "print(1)"
    assert action.thought.startswith("I add.")


REPLIES = {
    "plain": "Hello! What shall I compute?",
    "inline code": "Use `x = 1` and ```y``` here.",
    "json block": 'Here it is:\n```json\n{"a": 1}\n```\nDone.',
    "a tree, not Python": "The files:\n```\na/\n  b (2 kB)\n```",
    "mentions tags": "Write <code> around it.",
    "empty": "",
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_a_reply_to_the_person_stays_a_reply(reply: str, size: int) -> None:
    assert parse(reply, size) == Reply(reply.strip())


def test_a_bare_program_is_an_action() -> None:
    assert parse("x = 2\nprint(x)") == Action(thought="", code="x = 2\nprint(x)")


@pytest.mark.parametrize("size", [1, 4, 10_000])
@pytest.mark.parametrize(
    "code",
    [
        'text = """\n```python\nx\n```\n"""\nprint(text)\n',
        "html = '<code>x</code>'\nprint(html)\n",
        "# it's a comment\nprint(1)\n",
        'print("a `quoted` ``` word")\n',
        "s = f'''\n```\n{1}\n'''\nprint(s)\n",
    ],
)
def test_fences_and_tags_inside_strings_survive(code: str, size: int) -> None:
    assert parse(f"I show it.\n```python\n{code}```\nText after.", size) == Action(
        "I show it.", code
    )
    tagged = parse(f"I show it.\n<code>\n{code}</code>\nText after.", size)
    assert isinstance(tagged, Action)
    assert tagged.code.strip() == code.strip()


def test_it_closes_with_the_block_and_not_before() -> None:
    parser = ReplyParser()
    parser.feed("Go.\n```python\nprint(1)\n``")
    assert not parser.closed
    parser.feed("`")
    assert parser.closed


PIECES = st.sampled_from(
    ["I think. ", "\n", "```", "`", "python", "```python\n", "print(1)\n", "<code>", "</code>",
     "x = '''", "'''", "\n```\n", "json", '"', "# c\n", " ", "é"]
)  # fmt: skip


@example("\n```\n```python\n", [1])
@example("```\nx = 1\n```python\nprint(x)\n```\n", [1])
@given(
    st.lists(PIECES, max_size=25).map("".join), st.lists(st.integers(1, 6), min_size=1, max_size=8)
)
def test_any_chunking_shows_and_gives_the_same(reply: str, sizes: list[int]) -> None:
    def run(cut: list[int]) -> tuple[Action | Reply, str, str]:
        parser, shown, at, i = ReplyParser(), [], 0, 0
        while at < len(reply):
            shown += parser.feed(reply[at : at + cut[i % len(cut)]])
            at, i = at + cut[i % len(cut)], i + 1
        thought = "".join(p.text for p in shown if isinstance(p, Thought))
        code = "".join(p.text for p in shown if isinstance(p, Code))
        return parser.finish(), thought, code

    whole, chunked = run([max(len(reply), 1)]), run(sizes)
    assert whole[0] == chunked[0]
    if isinstance(whole[0], Action):
        # what was shown live is a beginning of what is shown in the end
        assert (whole[1], whole[2]) == (chunked[1], chunked[2])


@pytest.mark.parametrize(
    ("opening", "line", "closing"),
    [("```python\n", "```\n", "```"), ("<code>\n", "</code>\n", "</code>")],
)
def test_many_ends_inside_a_string_take_linear_time(opening: str, line: str, closing: str) -> None:
    parser = ReplyParser()
    text = line * 10_000
    started = time.perf_counter()
    for piece in (opening, 'x = """\n', *[line] * 10_000, '"""\n', f"print(1)\n{closing}\n"):
        parser.feed(piece)
    assert parser.closed
    assert parser.finish() == Action(thought="", code=f'x = """\n{text}"""\nprint(1)\n')
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_block_after_an_empty_fence_is_the_action(size: int) -> None:
    reply = "Go.\n```\n```python\nprint(1)\n```\n"
    parser = ReplyParser()
    for start in range(0, len(reply), size):
        parser.feed(reply[start : start + size])
    assert parser.finish() == Action(thought="Go.\n```", code="print(1)\n")
