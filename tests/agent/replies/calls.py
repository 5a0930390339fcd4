"""Tool calls instead of a block."""

from __future__ import annotations

import json

from tests.agent.replies.shape import Shape, acts, fails, speaks

_CODE = "print(1)\n"
_CALL = json.dumps({"name": "python", "arguments": {"code": _CODE}})
_PLAIN = json.dumps({"thought": "I add.", "code": _CODE})
_QWEN = "<function=python>\n<parameter=code>\nprint(1)\n\n</parameter>\n</function>"

SHAPES: tuple[Shape, ...] = (
    acts("tool_call", f"I add.\n<tool_call>\n{_CALL}\n</tool_call>"),
    acts("tool_call behind text", f"I add.<tool_call>{_CALL}</tool_call>"),
    acts("tool_call unclosed", f"I add.\n<tool_call>\n{_CALL}"),
    acts("two tool calls", f"I add.\n<tool_call>{_CALL}</tool_call>\n<tool_call>{{}}</tool_call>"),
    acts("function_call", f"I add.\n<function_call>{_CALL}</function_call>"),
    acts("tool_use", f"I add.\n<tool_use>{_CALL}</tool_use>"),
    acts("Qwen's XML", f"I add.\n<tool_call>\n{_QWEN}\n</tool_call>"),
    acts("Qwen's XML, not wrapped", f"I add.\n{_QWEN}\n</tool_call>"),
    acts(
        "Qwen's XML for a tool",
        "I add.\n<tool_call>\n<function=web_search>\n<parameter=query>\nx y\n"
        "</parameter>\n<parameter=count>\n3\n</parameter>\n</function>\n</tool_call>",
        "web_search(query='x y', count=3)",
    ),
    acts(
        "invoke",
        'I add.\n<invoke name="python"><parameter name="code">print(1)\n</parameter></invoke>',
        "print(1)",
    ),
    acts("Mistral", f"I add.\n[TOOL_CALLS] [{_CALL}]"),
    acts("Mistral, new", 'I add.\n[TOOL_CALLS]python[ARGS]{"code": "print(1)\\n"}'),
    acts("fenced as json", f"I add.\n```json\n{_CALL}\n```\nDone."),
    acts("fenced as tool_call", f"I add.\n```tool_call\n{_CALL}\n```"),
    acts("fenced, thought and code", f"```json\n{_PLAIN}\n```"),
    acts("whole, thought and code", _PLAIN),
    acts("whole, only code", json.dumps({"code": _CODE}), thought=""),
    acts("whole, a list", f"[{_CALL}]", thought=""),
    acts("whole, indented", json.dumps({"code": _CODE}, indent=2), thought=""),
    acts(
        "whole, real line ends",
        '{"thought": "I add.", "code": "x = 1\nprint(x)"}',
        "x = 1\nprint(x)",
    ),
    acts("whole, Python's quotes", "{'thought': 'I add.', 'code': 'print(1)\\n'}"),
    acts("whole, with words after it", f"{_PLAIN}\nObservation: 1"),
    acts(
        "a list of lines",
        json.dumps({"thought": "I add.", "code": ["x = 1", "print(x)"]}),
        "x = 1\nprint(x)",
    ),
    acts(
        "a fence in the JSON",
        json.dumps({"thought": "I add.", "code": "```python\nprint(1)\n```"}),
        "print(1)",
    ),
    acts(
        "OpenAI's form",
        json.dumps(
            {
                "type": "function",
                "function": {"name": "python", "arguments": json.dumps({"code": _CODE})},
            }
        ),
        thought="",
    ),
    acts(
        "LangChain's form",
        json.dumps({"thought": "I add.", "action": "python", "action_input": _CODE}),
    ),
    acts(
        "Llama's form",
        json.dumps({"type": "function", "name": "python", "parameters": {"code": _CODE}}),
        thought="",
    ),
    acts(
        "another interpreter",
        json.dumps({"name": "code_interpreter", "arguments": {"code": _CODE}}),
        thought="",
    ),
    acts(
        "a tool",
        json.dumps({"name": "web_search", "arguments": {"query": "it's"}}),
        'web_search(query="it\'s")',
        "",
    ),
    acts(
        "the answer",
        json.dumps({"name": "final_answer", "arguments": {"answer": "1"}}),
        "final_answer(answer='1')",
        "",
    ),
    acts(
        "JSON, then a block",
        '{"thought": "x"}\n```python\nprint(1)\n```',
        thought='{"thought": "x"}',
    ),
    speaks("data", '{"name": "Ann", "age": 3}'),
    speaks("data with code", '{"code": "E-100", "message": "No."}'),
    speaks("fenced data", 'Here it is:\n```json\n{"name": "Ann", "age": 3}\n```\nDone.'),
    speaks("fenced data of a call's kind", 'See:\n```json\n{"name": "Ann"}\n```\nDone.'),
    speaks("other data", "Here:\n```json\n[1, 2]\n```"),
    speaks("a link", "[Docs](https://example.org) tell more."),
    speaks("a choice", "[x] done\n[ ] open"),
    speaks("a quoted call", "It writes `<tool_call>` first."),
    fails(
        "broken JSON",
        'I add.\n<tool_call>\n{"name": "python", "arguments": {"code": "print(\n</tool_call>',
        "tool call could not be read",
    ),
    fails("cut JSON", '{"thought": "I add.", "code": "print(', "tool call could not be read"),
    fails(
        "broken fenced JSON", '```json\n{"code": "print("a")"}\n```', "tool call could not be read"
    ),
)
