"""What is inside the code: fences, tags and quotes in strings, REPL records, spoilt characters."""

from __future__ import annotations

from agent.parsing import Action
from tests.agent.replies.shape import Shape, acts, fails

_SURVIVES = {
    "a fence in a string": 'text = """\n```python\nx\n```\n"""\nprint(text)\n',
    "a fence in a docstring": "def f():\n    '''Use:\n    ```\n    f()\n    ```\n    '''\nf()\n",
    "a fence in an f-string": "s = f'''\n```\n{1}\n'''\nprint(s)\n",
    "a tag in a string": "html = '<code>x</code>'\nprint(html)\n",
    "a tag in a long string": 'html = """\n<code>\nx\n</code>\n"""\nprint(html)\n',
    "an observation in a string": 's = """\nObservation: it is red.\n"""\nprint(s)\n',
    "thinking in a string": "s = '<think>x</think>'\nprint(s)\n",
    "a token in a string": "s = '<|im_end|>'\nprint(s)\n",
    "a tool call in a string": "s = '<tool_call>{}</tool_call>'\nprint(s)\n",
    "an apostrophe in a comment": "# it's a comment\nprint(1)\n",
    "quotes in a comment": '# """ not a string\nprint(1)\n',
    "backticks in a string": 'print("a `quoted` ``` word")\n',
    "a fence in a comment": "# ends with ``` as usual\nprint(1)\n",
    "an escaped quote": "s = 'it\\'s ```'\nprint(s)\n",
    "a backslash at the end of a string": "s = 'a\\\\'\nprint(s, '```')\n",
    "a string over two lines": "s = 'a\\\n```'\nprint(s)\n",
    "empty strings": "s = '' + \"\" + '```'\nprint(s)\n",
    "a hash in a string": "s = '#'\nprint(s, '```')\n",
    "quotes in quotes": "s = \"'''\" + '\"\"\"'\nprint(s)\n",
    "entities in a string": "s = '&lt;b&gt; &amp;'\nprint(s)\n",
    "a prompt in a string": "s = '''\n>>> 1\n'''\nprint(s)\n",
    "smart quotes in a string": "s = 'he said “no”'\nprint(s)\n",
    "a no-break space in a string": "s = 'a\u00a0b'\nprint(s)\n",
    "an emoji that is joined": "s = '👩\u200d💻'\nprint(s)\n",
    "less than": "x = 1 <2\nprint(x<3, [x][0])\n",
    "bit operations": "x = ~~3 & 5\nprint(x)\n",
    "labels": "Code: int = 1\nprint(Code)\n",
    "JSON": 'd = {"code": "x"}\nprint(d)\n',
    "a regular expression": "import re\nprint(re.sub(r'\\d', '', 'a1'))\n",
    "a prompt of its own": "x = 1\nprint(x) if x >>1 else 2\n",
}

SHAPES: tuple[Shape, ...] = (
    *(acts(n, f"I add.\n```python\n{c}```\nAfter it.", c) for n, c in _SURVIVES.items()),
    *(acts(f"{n}, in a tag", f"I add.\n<code>\n{c}</code>\nX", c) for n, c in _SURVIVES.items()),
    acts("REPL", "I add.\n```python\n>>> x = 1\n>>> print(x)\n1\n```", "x = 1\nprint(x)\n"),
    acts(
        "REPL with continuation",
        "I add.\n```pycon\n>>> for i in [1]:\n...     print(i)\n...\n1\n>>> 'it'\n'it'\n```",
        "for i in [1]:\n    print(i)\n\n'it'\n",
    ),
    acts("REPL without a language", "I add.\n```\n>>> print(1)\n1\n```"),
    acts(
        "IPython",
        "I add.\n```python\nIn [1]: x = 1\n   ...: y = 2\n\nIn [2]: print(x)\nOut[2]: 1\n```",
        "x = 1\ny = 2\nprint(x)\n",
    ),
    acts(
        "entities",
        "I add.\n```python\nif 1 &lt; 2:\n    print(1)\n```",
        "if 1 < 2:\n    print(1)\n",
    ),
    acts(
        "entities for quotes",
        "I add.\n```python\nprint(&quot;a &lt; b&quot;, &#39;c&#39;)\n```",
        "print(\"a < b\", 'c')\n",
    ),
    acts("smart quotes", "I add.\n```python\nprint(“a”, ‘b’)\n```", 'print("a", "b")\n'),
    acts("smart around straight", 'I add.\n```python\nprint(“a "b"”)\n```', 'print("a \\"b\\"")\n'),
    acts(
        "no-break spaces",
        "I add.\n```python\nif\u00a01:\n\u00a0\u00a0print(1)\n```",
        "if 1:\n  print(1)\n",
    ),
    acts("zero-width characters", "I add.\n```python\nprint\u200b(1)\ufeff\n```"),
    fails(
        "breaks off in a bracket",
        "I add.\n```python\nprint(1,\n",
        "breaks off",
        Action("I add.", "print(1,\n"),
    ),
    fails(
        "breaks off in a string",
        "I add.\n```python\ns = '''abc\n",
        "breaks off",
        Action("I add.", "s = '''abc\n"),
    ),
)
