"""Finds, in text that is not code, where something else begins: a block, a call, thinking."""

from __future__ import annotations

import re

from agent.parsing.calls import maybe_call
from agent.parsing.code_block import OBSERVATION
from agent.parsing.fences import fence_opening, held_fence
from agent.parsing.opening import Kind, Opening, Place

_CODE_TAGS = (
    "code", "py", "python", "python_code", "ipython", "execute", "execute_python",
    "execute_ipython", "tool_code", "code_interpreter", "interpreter",
)  # fmt: skip
_TAG = re.compile(
    rf"[ \t]*(?:<(?P<name>{'|'.join(_CODE_TAGS)})(?:[ \t][^>\n]{{0,100}})?>|\[PYTHON\])",
    re.IGNORECASE,
)
_TAG_AT_END = re.compile(r"<code>[ \t\r]*\Z", re.IGNORECASE)
_MAYBE_TAG = re.compile(
    r"[ \t]*<(?:code|python|execute|tool_code)[ \t][^>\n]{0,100}\Z", re.IGNORECASE
)
_THINK = "think|thinking|reasoning|thought|analysis|scratchpad|reflection"
_CALLS = {
    "<tool_call>": "</tool_call>",
    "<function_call>": "</function_call>",
    "<tool_use>": "</tool_use>",
    "<|tool_call|>": "<|/tool_call|>",
    "[tool_calls]": "",
}
_MARKER = re.compile(
    rf"<(?P<close>/?)(?P<think>{_THINK})>|(?P<call>{'|'.join(map(re.escape, _CALLS))})"
    r"|(?P<function><function=(?=\w)|<invoke name=)|<\|(?P<token>[a-z_]+)\|>"
    r"|<(?P<end>end_(?:code|action))>",
    re.IGNORECASE,
)
_MARKERS = (
    *(f"<{slash}{name}>" for name in _THINK.split("|") for slash in ("", "/")),
    *(f"<{name}>" for name in (*_CODE_TAGS, "end_code", "end_action")),
    *_CALLS, "<function=x", "<invoke name=", "[python]",
)  # fmt: skip
_MAYBE_TOKEN = re.compile(r"<\|[a-z_]{0,30}\|?\Z", re.IGNORECASE)
_CHANNEL = re.compile(
    r"<\|channel\|>(?P<head>[^<]{0,100}(?:<\|constrain\|>[^<]{0,50})?)<\|message\|>"
)
_START = re.compile(
    r"<\|(?:start|im_start|start_header_id)\|>(?P<role>\w{0,20})[^<\n]{0,80}(?=[<\n])"
)
_LAST_TOKENS = frozenset({"im_end", "eot_id", "return", "endoftext", "eom_id", "end_of_text"})
_THOUGHT_LABEL = re.compile(
    r"\s*\**(?:thoughts?|reasoning)[ ]?:\**[ \t]*(?=[^*\s]|\r?\n)", re.IGNORECASE
)
_MAYBE_THOUGHT_LABEL = re.compile(
    r"\s*\**(?:(?P<word>[a-z]*)[ ]?|\w+[ ]?:\**[ \t]*\r?)", re.IGNORECASE
)
_LABEL = re.compile(
    r"[ \t]*(?:#+[ ]|\**)(?:python[ ])?(?:code|action)"
    r"(?::\**|\**:|\*\*|(?<=# code)|(?<=# action))[ \t\r]*",
    re.IGNORECASE,
)
_MAYBE_LABEL = re.compile(
    r"[ \t]*(?:#+[ ]?|\**)(?P<word>[a-z]*[ ]?[a-z]*)[:* \t]*\r?", re.IGNORECASE
)
_PROGRAM = re.compile(
    r"\s*(?:[#@]|(?:import|from|def|class|for|while|with|if|try|async)[ :(]|print\(|final_answer\("
    r"|[A-Za-z_][\w.]*(?:[(\[]|[ ]*(?:,[ ]*[A-Za-z_]\w*[ ]*)*[-+*/]?=(?!=)))"
)
_MAYBE_PROGRAM = re.compile(r"\s*(?:[A-Za-z_][\w.]{0,40}(?:[ ]*,[ ]*\w*)*[ ]*[-+*/]?)?")
_ATTEMPT = 120
"""How many characters at the beginning of a line may be held back to see what they become."""


def find(text: str, place: Place) -> Opening:
    """What is the first that begins in `text`; `text` is certain up to its `start`."""
    line, newline, _ = text.partition("\n")
    if newline and (not line or line.isspace()):
        return Opening(Kind.TEXT, 0, len(line) + 1)
    if place.at_line_start and (found := _at_line_start(line, newline, place)):
        return found
    if found := _marker(text, line, place):
        return found
    if newline:
        return _whole_line(line, place)
    held = _held(line, place)
    if held == len(line):
        return Opening(Kind.WAIT, 0, 0)
    return Opening(Kind.TEXT, 0, len(line) - held)


def _at_line_start(line: str, newline: str, place: Place) -> Opening | None:
    if line.startswith(OBSERVATION):
        return Opening(Kind.OVER, 0, len(line))
    if place.at_reply_start and (found := _at_reply_start(line, newline)):
        return found
    if not (tag := _TAG.match(line)):
        return None
    if (tag["name"] or "").lower() != "code" or (newline and not line[tag.end() :].strip()):
        return Opening(Kind.CODE, _indent(line), tag.end())
    if not place.guesses:
        return None
    kind = Kind.INLINE if line[tag.end() :].strip() else Kind.WAIT
    return Opening(kind, _indent(line), tag.end())


def _at_reply_start(line: str, newline: str) -> Opening | None:
    if label := _THOUGHT_LABEL.match((line + newline)[:_ATTEMPT]):
        return Opening(Kind.NOTHING, 0, label.end())
    if line.lstrip()[:1] in ("{", "[") and maybe_call(line + newline):
        return Opening(Kind.CALL, 0, 0, end="")
    if _PROGRAM.match(line[:_ATTEMPT]):
        return Opening(Kind.PROGRAM, 0, 0)
    if newline or len(line) > _ATTEMPT or not line:
        return None
    word = _MAYBE_THOUGHT_LABEL.fullmatch(line)
    if _MAYBE_PROGRAM.fullmatch(line) or (word and _is_label_word(word["word"])):
        return Opening(Kind.WAIT, 0, 0)
    return None


def _is_label_word(word: str | None) -> bool:
    return word is None or any(w.startswith(word.lower()) for w in ("thoughts", "reasoning"))


def _marker(text: str, line: str, place: Place) -> Opening | None:
    """A tag or a token that counts wherever it stands, if it is not quoted."""
    for found in _MARKER.finditer(line):
        start, stop = found.span()
        if line[start - 1] == "`" if start else place.after_tick:
            continue
        if found["think"]:
            if found["close"]:
                return Opening(Kind.THOUGHT_OVER, start, stop)
            if place.at_line_start and not line[:start].strip():
                return Opening(Kind.THINKING, start, stop, end=f"</{found['think']}>")
        elif found["call"]:
            return Opening(Kind.CALL, start, stop, end=_CALLS[found["call"].lower()])
        elif found["function"]:
            end = (
                "</function>"
                if "=" in found["function"][-1] and "name" not in found[0]
                else "</invoke>"
            )
            return Opening(Kind.CALL, start, start, end=end)
        elif found["end"]:
            return Opening(Kind.NOTHING, start, stop)
        elif opening := _token(text, start, stop, found["token"].lower()):
            return opening
    return None


def _token(text: str, start: int, stop: int, name: str) -> Opening | None:
    """A token of a chat template that a server has let through."""
    if name in _LAST_TOKENS:
        return Opening(Kind.OVER, start, stop)
    if name == "python_tag":
        begun = text[stop:].lstrip()
        if not begun:
            return Opening(Kind.WAIT, start, stop)
        kind = Kind.CALL if begun[0] == "{" else Kind.CODE
        return Opening(kind, start, stop, end="<|" if kind is Kind.CALL else "```")
    if name == "channel":
        return _channel(text, start)
    if name in ("start", "im_start", "start_header_id"):
        return _turn(text, start, stop)
    if name in ("end", "message", "end_header_id", "begin_of_text"):
        return Opening(Kind.NOTHING, start, stop)
    return None


def _turn(text: str, start: int, stop: int) -> Opening:
    """The header of a turn: the model's own says nothing, another's is invented."""
    if not (header := _START.match(text, start)):
        waits = len(text) - start < _ATTEMPT
        return Opening(Kind.WAIT if waits else Kind.NOTHING, start, stop)
    kind = Kind.NOTHING if header["role"] in ("assistant", "") else Kind.OVER
    return Opening(kind, start, header.end())


def _channel(text: str, start: int) -> Opening | None:
    """The header of a message in OpenAI's Harmony format."""
    if not (header := _CHANNEL.match(text, start)):
        return Opening(Kind.WAIT, start, start) if len(text) - start < 200 else None
    recipient = re.search(r"to=([\w.]+)", head := header["head"])
    if recipient and recipient[1].startswith("functions."):
        return Opening(Kind.CALL, start, header.end(), end="<|", name=recipient[1])
    if recipient:
        return Opening(Kind.CODE, start, header.end())
    if head.strip().startswith("analysis"):
        return Opening(Kind.THINKING, start, header.end(), end="<|end|>")
    return Opening(Kind.NOTHING, start, header.end())


def _whole_line(line: str, place: Place) -> Opening:
    """What a line without any marker in it opens: a fence or a label, or nothing."""
    behind = len(line) + 1
    if found := fence_opening(line, at_line_start=place.at_line_start):
        return found
    if place.guesses and (tag := _TAG_AT_END.search(line)) and line[max(tag.start() - 1, 0)] != "`":
        return Opening(Kind.INLINE, tag.start(), tag.end())
    if place.at_line_start and place.guesses and len(line) < _ATTEMPT and _LABEL.fullmatch(line):
        return Opening(Kind.LABEL, _indent(line), behind)
    return Opening(Kind.TEXT, 0, behind)


def _held(line: str, place: Place) -> int:
    """How much of the end of an unfinished line may still become an opening."""
    if place.at_line_start:
        word = _MAYBE_LABEL.fullmatch(line[:_ATTEMPT])
        label = (word["word"].lower(), line.strip()) if word else ("", "")
        if (
            _MAYBE_TAG.match(line)
            or (OBSERVATION.startswith(line) and line)
            or (len(line) < _ATTEMPT and label[1] and _may_label(label[0]))
        ):
            return len(line)
    if fence := held_fence(line, at_line_start=place.at_line_start):
        return fence
    at = max(line.rfind("<"), line.rfind("["))
    tail = line[at:].lower() if at >= 0 else ""
    if tail and (any(m.startswith(tail) for m in _MARKERS) or _MAYBE_TOKEN.match(tail)):
        return len(tail)
    if tail.strip() == "<code>":  # an opening, if the line ends with it
        return len(tail)
    return 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _may_label(word: str) -> bool:
    return any(w.startswith(word) for w in ("code", "action", "python code", "python action"))
