"""Code in tags, behind labels, and without anything around it."""

from __future__ import annotations

from tests.agent.replies.shape import Shape, acts, speaks

_TAGS = (
    "code",
    "CODE",
    "Code",
    "python",
    "py",
    "execute",
    "execute_python",
    "execute_ipython",
    "tool_code",
    "code_interpreter",
)

SHAPES: tuple[Shape, ...] = (
    *(acts(f"<{tag}>", f"I add.\n<{tag}>\nprint(1)\n</{tag}>\nDone.") for tag in _TAGS),
    acts("attributes", 'I add.\n<code language="python">\nprint(1)\n</code>'),
    acts("on one line", "I add.\n<code>print(1)</code>", "print(1)"),
    acts("<execute> on one line", "I add.\n<execute> print(1) </execute>", "print(1) "),
    acts("behind text", "I add. <code>\nprint(1)\n</code>"),
    acts("tag and fence", "I add.\n<code>\n```python\nprint(1)\n```\n</code>"),
    acts("tag and bare fence", "I add.\n<code>\n```\nprint(1)\n```\n</code>"),
    acts("tag closed by a fence", "I add.\n<code>\nprint(1)\n```"),
    acts("unclosed tag", "I add.\n<code>\nprint(1)"[:-1] + ")", "print(1)"),
    acts("half a closing tag", "I add.\n<code>\nprint(1)\n</co"),
    acts("several tags", "I add.\n<code>\nprint(1)\n</code>\n<code>\nprint(2)\n</code>"),
    acts("indented tag", "I add.\n  <code>\n  print(1)\n  </code>"),
    acts("[PYTHON]", "I add.\n[PYTHON]\nprint(1)\n[/PYTHON]\nDone."),
    acts("smolagents", "Thought: I add.\nCode:\n```py\nprint(1)\n```<end_code>"),
    acts("smolagents with tags", "Thought: I add.\n<code>\nprint(1)\n</code>"),
    acts(
        "smolagents without a fence", "Thought: I add.\nCode:\nprint(1)\n<end_code>\nObservation: 1"
    ),
    acts(
        "smolagents, invented",
        "Thought: I add.\nCode:\n```py\nprint(1)\n```<end_code>\nObservation: 1",
    ),
    acts("thought in bold", "**Thought:** I add.\n\n**Code:**\n```python\nprint(1)\n```"),
    acts("label as a heading", "I add.\n### Code\n```python\nprint(1)\n```"),
    acts("label in bold without a colon", "I add.\n**Code**\n\n```python\nprint(1)\n```"),
    acts("Action:", "Thought: I add.\nAction:\n```python\nprint(1)\n```"),
    acts("Python code:", "I add.\nPython code:\n```python\nprint(1)\n```"),
    acts("label and tag", "I add.\nCode:\n<code>\nprint(1)\n</code>"),
    acts("a bare program", "x = 1\nprint(x)", "x = 1\nprint(x)", ""),
    acts("a bare program, imported", "import math\nmath.pi", "import math\nmath.pi", ""),
    acts("a bare program, commented", "# I add.\nprint(1)\n", "# I add.\nprint(1)\n", ""),
    acts("a bare answer", "final_answer('It is 1.')", "final_answer('It is 1.')", ""),
    acts("a bare loop", "for i in [1]:\n    print(i)\n", "for i in [1]:\n    print(i)\n", ""),
    acts("a bare program, observed", "print(1)\nObservation: 1\nIt is 1.", thought=""),
    speaks("an equation is no program", "x = 2"),
    speaks("an equation and its words", "x = 2\n\nSo the answer is 2."),
    speaks("a function is no program", "sin(x)"),
    speaks("prose that begins like a loop", "for the first three we need more data."),
    speaks("prose with print", "print(1) shows 1 on the screen."),
    speaks("a label in prose", "Code:\nthere is none here."),
    speaks("a list after a label", "Action:\n- call her\n- write to him"),
    speaks("a name in a tag", "The variable is\n<code>x</code> here."),
    speaks("a tag within a line", "Write <code> around it."),
    speaks("a tag at the end of a line", "Begin with <code>\nand close it again."),
    speaks("a quoted tag", "Write `<code>`\nfirst."),
    speaks("a heading", "# Results\n\nAll is well."),
    speaks("a heading alone", "# Results"),
)
