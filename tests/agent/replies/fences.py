"""Fenced blocks of Python: how they are opened, closed and indented."""

from __future__ import annotations

from agent.parsing import Reply
from tests.agent.replies.shape import Shape, acts, fails

_OPENERS = {
    "python": "```python",
    "py": "```py",
    "python3": "```python3",
    "a version": "```python3.11",
    "a version apart": "```Python 3",
    "a capital": "```Python",
    "capitals": "```PYTHON",
    "tool_code": "```tool_code",
    "ipython": "```ipython",
    "jupyter": "```jupyter",
    "a space before the language": "``` python",
    "blanks behind": "```python   ",
    "no language": "```",
    "no language but blanks": "```  ",
    "title": '```python title="main.py"',
    "title in braces": '```python {title="main.py"}',
    "file name": "```python:main.py",
    "line numbers": "```python linenums",
    "lines to mark": '```py hl_lines="1 2"',
    "R Markdown": "```{python}",
    "R Markdown with options": "```{python, echo=FALSE}",
    "Pandoc": "```{.python}",
    "smart quotes": "```“python”",
    "straight quotes": '```"python"',
    "zero-width space": "\u200b```python",
    "code_interpreter": "```code_interpreter",
}

_CLOSERS = {
    "closed": "\n```",
    "line end": "\n```\n",
    "blanks": "\n```  \n",
    "longer fence": "\n`````\n",
    "a word behind": "\n```python\n",
    "end_code behind": "\n```<end_code>",
    "end_code under it": "\n```\n<end_code>",
    "end_code alone": "\n<end_code>",
    "a tag": "\n</code>",
    "a tag after the fence": "\n```\n</code>",
    "a second block": "\n```\nThen\n```python\nprint(2)\n```",
    "three blocks": "\n```\n```python\nprint(2)\n```\n```python\nprint(3)\n```",
    "an observation": "\n```\nObservation: 1\nThe answer is 1.",
    "an observation in bold": "\n```\n**Observation:** 1",
    "an observation without an end": "\nObservation: 1\nThe answer is 1.",
    "output": "\n```\nOutput:\n```\n1\n```\nThe answer is 1.",
    "the user's turn": "\n```\n<|im_end|>\n<|im_start|>user\nObservation: 1",
    "a template's token": "\n<|eot_id|>",
    "nothing": "\n",
}

_CRLF = "I add.\r\n```python\r\nprint(1)\r\nprint(2)\r\n```\r\n"
_LIST = "I add.\n1. First:\n   ```python\n   if 1:\n       print(1)\n   ```\n2. Then stop."

SHAPES: tuple[Shape, ...] = (
    *(acts(f"opener: {n}", f"I add.\n{o}\nprint(1)\n```\n") for n, o in _OPENERS.items()),
    *(acts(f"closer: {n}", f"I add.\n```python\nprint(1){c}") for n, c in _CLOSERS.items()),
    acts("no line end at all", "I add.\n```python\nprint(1)", "print(1)"),
    acts("half closed", "I add.\n```python\nprint(1)\n``"),
    acts("closed on the code's line", "I add.\n```python\nprint(1)```\nIt is 1.", "print(1)"),
    acts("all on one line", "I add.\n```python print(1)```", "print(1)"),
    acts(
        "code on the opener's line", "I add.\n```python x = 1\nprint(x)\n```", "x = 1\nprint(x)\n"
    ),
    acts("opener behind text", "I add. ```python\nprint(1)\n```"),
    acts("opener behind text, py", "I add: ```py\nprint(1)\n```", thought="I add:"),
    acts("tildes", "I add.\n~~~python\nprint(1)\n~~~\nDone."),
    acts("four backticks", "I add.\n````python\nprint(1)\n````\nDone."),
    acts("four hold three", "I add.\n````python\n# ```\nprint(1)\n````\n", "# ```\nprint(1)\n"),
    acts("no thought", "```python\nprint(1)\n```", thought=""),
    acts("blank lines around", "\n\nI add.\n\n\n```python\n\n\nprint(1)\n\n```", "print(1)\n\n"),
    acts("carriage returns", _CRLF, "print(1)\r\nprint(2)\r\n"),
    acts("a byte order mark", "\ufeffI add.\n```python\nprint(1)\n```"),
    acts("a byte order mark before the fence", "\ufeff```python\nprint(1)\n```", thought=""),
    acts("in a list", _LIST, "if 1:\n    print(1)\n", "I add.\n1. First:"),
    acts(
        "only the code is indented",
        "I add.\n```python\n    x = 1\n    print(x)\n```",
        "x = 1\nprint(x)\n",
    ),
    acts("only the fence is indented", "I add.\n  ```python\nprint(1)\n  ```", "print(1)\n  "),
    acts("only its end is indented", "I add.\n```python\nprint(1)\n  ```", "print(1)\n  "),
    acts(
        "the language on a line of its own",
        "I add.\n```\npython\nprint(1)\n```",
    ),
    acts(
        "after another language",
        'I add.\n```json\n{"a": 1}\n```\n```python\nprint(1)\n```',
        thought='I add.\n```json\n{"a": 1}\n```',
    ),
    acts(
        "after a tree",
        "I add.\n```\na/\n  b (2 kB)\n```\n```python\nprint(1)\n```",
        thought="I add.\n```\na/\n  b (2 kB)\n```",
    ),
    acts("after an empty fence", "I add.\n```\n```python\nprint(1)\n```", thought="I add.\n```"),
    acts("after an empty block", "I add.\n```python\n```\n```python\nprint(1)\n```"),
    acts(
        "after a shell block",
        "Sh.\n```bash\nls\n```\n```py\nprint(1)\n```",
        thought="Sh.\n```bash\nls\n```",
    ),
    acts("after inline code", "I use `print`.\n```py\nprint(1)\n```", thought="I use `print`."),
    acts(
        "a package is installed first",
        "I add.\n```python\n!pip install x\nprint(1)\n```",
        "!pip install x\nprint(1)\n",
    ),
    acts(
        "a magic in a bare block",
        "I add.\n```\n%pip install x\nprint(1)\n```",
        "%pip install x\nprint(1)\n",
    ),
    acts("only a comment", "I add.\n```python\n# nothing to do\n```", "# nothing to do\n"),
    acts("await at the top", "I add.\n```\nawait f()\n```", "await f()\n"),
    fails("an empty block", "I add.\n```python\n```", "was empty", Reply("I add.")),
    fails("an empty block at the end", "I add.\n```python\n", "was empty", Reply("I add.")),
)
