"""Thinking before, in and around a reply; the tokens of chat templates."""

from __future__ import annotations

from agent.parsing import Reply
from tests.agent.replies.shape import Shape, acts, speaks

_BLOCK = "```python\nprint(1)\n```"
_HARMONY = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant"

SHAPES: tuple[Shape, ...] = (
    *(
        acts(f"<{tag}>", f"<{tag}>\nHm.\n</{tag}>\nI add.\n{_BLOCK}", thinking="Hm.")
        for tag in ("think", "thinking", "Think", "reasoning", "thought", "scratchpad")
    ),
    acts("no line ends", f"<think>Hm.</think>I add.\n{_BLOCK}", thinking="Hm."),
    acts(
        "code in thinking",
        f"<think>\n```python\nprint(0)\n```\n</think>\nI add.\n{_BLOCK}",
        thinking="```python\nprint(0)\n```",
    ),
    acts("thinking after the thought", f"I add.\n<think>\nHm.\n</think>\n{_BLOCK}", thinking="Hm."),
    acts("thinking twice", f"<think>A</think>\n<think>B</think>\nI add.\n{_BLOCK}", thinking="AB"),
    acts("a lone end", f"Hm.\n</think>\n\nI add.\n{_BLOCK}", thinking="Hm."),
    acts("a lone end behind text", f"Hm.</think>\nI add.\n{_BLOCK}", thinking="Hm."),
    acts("an empty block", f"<think>\n\n</think>\n\nI add.\n{_BLOCK}"),
    speaks("a reply after thinking", "<think>Hm.</think>\n\nHello!", "Hello!", "Hm."),
    speaks("a reply after a lone end", "Hm.\n</think>\n\nHello!", "Hello!", "Hm."),
    speaks("about tags", "The tag `<think>` opens it, `</think>` closes it."),
    speaks("about tags within a line", "Models write <think> first."),
    Shape("never out of it", f"<think>{_BLOCK}", Reply(""), _BLOCK, "still thinking"),
    acts(
        "Harmony",
        f"{_HARMONY}<|channel|>commentary to=python code<|message|>print(1)\n<|call|>",
        thought="",
        thinking="Hm.",
    ),
    acts(
        "Harmony, recipient first",
        "<|start|>assistant to=python<|channel|>analysis to=python code"
        "<|message|>print(1)\n<|call|>",
        thought="",
    ),
    acts(
        "Harmony, a function",
        f"{_HARMONY}<|channel|>commentary to=functions.python "
        '<|constrain|>json<|message|>{"code": "print(1)\\n"}<|call|>',
        thought="",
        thinking="Hm.",
    ),
    acts(
        "Harmony, a tool",
        f"{_HARMONY}<|channel|>commentary to=functions.web_search "
        '<|constrain|>json<|message|>{"query": "x"}<|call|>',
        "web_search(query='x')",
        "",
        "Hm.",
    ),
    acts(
        "Harmony, a block",
        f"{_HARMONY}<|channel|>final<|message|>I add.\n{_BLOCK}<|return|>",
        thinking="Hm.",
    ),
    speaks(
        "Harmony, a reply",
        f"{_HARMONY}<|channel|>final<|message|>Hello!<|return|>",
        "Hello!",
        "Hm.",
    ),
    acts("python tag", "I add.\n<|python_tag|>print(1)\n<|eom_id|>"),
    acts(
        "python tag with JSON",
        'I add.\n<|python_tag|>{"name": "python", "parameters": {"code": "print(1)\\n"}}<|eom_id|>',
    ),
    speaks("the turn is over", "Hello!<|im_end|>\n<|im_start|>user\nMore", "Hello!"),
    speaks("a turn's header", "<|im_start|>assistant\nHello!", "Hello!"),
    speaks("another token", "The token <|foo|> is unknown."),
    speaks("a quoted token", "The token `<|im_end|>` ends a turn."),
)
