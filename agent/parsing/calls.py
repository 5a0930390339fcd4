"""Tool calls that models write instead of a block: JSON in many wrappings, and XML-like ones."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, cast

from agent.parsing.python import acts, parses

_CODE_KEYS = ("code", "python_code", "python", "source", "script", "program", "input", "query")
_THOUGHT_KEYS = ("thought", "thoughts", "thinking", "reasoning", "explanation", "plan")
_NAME_KEYS = ("name", "tool", "tool_name", "action", "function", "recipient_name")
_ARGUMENT_KEYS = (
    "arguments", "parameters", "args", "kwargs", "input", "tool_input", "action_input",
)  # fmt: skip
_OTHER_KEYS = ("type", "id", "index", "language", "lang", "description")
_PYTHON_NAME = re.compile(
    r"(?:i?python|py|(?:run|exec|execute)?_?(?:i?python|code|cell)|(?:i?python|code)_?\w*)\Z",
    re.IGNORECASE,
)
_FIRST_KEY = re.compile(r"\s*\[?\s*\{\s*[\"'](\w*)")
_CALL_KEYS = re.compile(r"[\"'](?:code|python_code|arguments|tool_input|action_input)[\"']\s*:")
_XML_CALL = re.compile(
    r"\s*<(?:function=|invoke name=|function name=)[\"']?(?P<name>[\w.]+)[\"']?\s*>(?P<body>.*)",
    re.DOTALL,
)
_XML_PARAMETER = re.compile(
    r"<parameter(?:=| name=)[\"']?(?P<name>\w+)[\"']?[^>\n]*>(?P<value>.*?)"
    r"(?:</parameter>|(?=<parameter[= ])|</function>|</invoke>|\Z)",
    re.DOTALL,
)
_NAMED = re.compile(r"\s*(?P<name>[\w.]+)\s*(?:\[ARGS\])?\s*(?=\{)")


@dataclass(frozen=True, slots=True)
class Call:
    """What a tool call comes to in Python."""

    thought: str
    code: str


def maybe_call(text: str) -> bool:
    """Whether text that begins like this may be a call in JSON."""
    found = _FIRST_KEY.match(text)
    if not found:
        return len(text) < 40 and re.fullmatch(r"\s*\[?\s*(?:\{\s*)?", text) is not None
    known = (*_CODE_KEYS, *_THOUGHT_KEYS, *_NAME_KEYS, *_ARGUMENT_KEYS, *_OTHER_KEYS)
    key = found[1].lower()
    return key in known if found.end() < len(text) else any(k.startswith(key) for k in known)


def broken_call(text: str) -> bool:
    """Whether `text` was meant as a call, but is not readable JSON."""
    return bool(_CALL_KEYS.search(text)) and maybe_call(text) and _loaded(text) is None


def read_call(text: str, name: str = "") -> Call | None:
    """The call that `text` is, of the tool `name` if that stands outside; None if it is none."""
    if found := _XML_CALL.match(text):
        values = {p["name"]: _parameter(p["value"]) for p in _XML_PARAMETER.finditer(found["body"])}
        return _called(found["name"], values, "")
    if found := _NAMED.match(text):
        name, text = found["name"], text[found.end() :]
    value = _loaded(text)
    if isinstance(value, list) and value:
        value = cast("list[Any]", value)[0]
    fields = _mapping(value)
    if name and fields:
        return _called(name, fields, "")
    return _from_fields(fields)


def _from_fields(fields: Mapping[str, Any]) -> Call | None:
    if set(fields) == {"function"} or (fields.get("type") == "function" and "function" in fields):
        inner = _mapping(fields["function"])
        fields = inner or fields
    thought = next((str(fields[key]) for key in _THOUGHT_KEYS if key in fields), "").strip()
    name = next((fields[key] for key in _NAME_KEYS if isinstance(fields.get(key), str)), "")
    known = {*_CODE_KEYS, *_THOUGHT_KEYS, *_NAME_KEYS, *_ARGUMENT_KEYS, *_OTHER_KEYS}
    if not set(fields) <= known:
        return None
    for key in _ARGUMENT_KEYS:
        if name and key in fields:
            return _called(name, fields[key], thought)
    code = _code_of(fields)
    return Call(thought, code) if acts(code) else None


def _called(name: str, arguments: Any, thought: str) -> Call | None:
    """Python's words for calling the tool `name`; where it is an interpreter, its code itself."""
    name = name.removeprefix("functions.")
    if isinstance(arguments, str):
        loaded = _mapping(_loaded(arguments))
        if not loaded and _PYTHON_NAME.match(name):
            return Call(thought, arguments) if arguments.strip() else None
        arguments = loaded
    values = _mapping(arguments)
    if _PYTHON_NAME.match(name):
        code = _code_of(values)
        return Call(thought, code) if code.strip() else None
    names = [*name.split("."), *values]
    if not all(part.isidentifier() and not iskeyword(part) for part in names):
        return None
    call = f"{name}({', '.join(f'{key}={value!r}' for key, value in values.items())})"
    return Call(thought, call) if parses(call) else None


def _code_of(fields: Mapping[str, Any]) -> str:
    code = next((fields[key] for key in _CODE_KEYS if key in fields), "")
    if isinstance(code, list):  # a list of lines
        code = "\n".join(str(line) for line in cast("list[Any]", code))
    code = "" if code is None else str(code)
    fenced = re.fullmatch(r"\s*```\w*[ \t]*\n(.*?)\n?```\s*", code, re.DOTALL)
    return fenced[1] if fenced else code


def _parameter(text: str) -> Any:
    """A value between tags: JSON where it is JSON, or else the text itself."""
    text = text.removeprefix("\n").removesuffix("\n")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _loaded(text: str) -> Any:
    """The first JSON value of `text` (line ends in strings are fine), or a Python one, or None."""
    text = text.strip()
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        pass  # it may be Python's way to write it
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        return {}
    fields = cast("dict[Any, Any]", value)
    return cast("dict[str, Any]", fields) if all(isinstance(key, str) for key in fields) else {}
