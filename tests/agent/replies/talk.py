"""Replies to the person that look as if they acted, and some that cannot be used."""

from __future__ import annotations

from agent.parsing import Reply
from tests.agent.replies.shape import Shape, fails, speaks

SHAPES: tuple[Shape, ...] = (
    speaks("plain", "Hello! What shall I compute?"),
    speaks("empty", ""),
    speaks("blank", " \n\n "),
    speaks("inline code", "Use `x = 1` and ```y``` here."),
    speaks("a fence within a line", "Begin with ```python and end with ``` as always."),
    speaks("a tree", "The files:\n```\na/\n  b (2 kB)\n```"),
    speaks("a table", "| a | b |\n|---|---|\n| 1 | 2 |"),
    speaks("JSON", 'Here it is:\n```json\n{"a": 1}\n```\nDone.'),
    speaks("HTML", "Here:\n```html\n<code>x</code>\n```\nDone."),
    speaks("Rust", 'Here:\n```rust\nfn main() { println!("1"); }\n```'),
    speaks("only Rust", "```rust\nfn main() {}\n```"),
    speaks("shell with words", "Install it:\n```bash\npip install x\n```"),
    speaks("Markdown that holds Python", "````markdown\n```python\nx\n```\n````\nThat is how."),
    speaks("text in tildes", "~~~\nNot code at all.\n~~~"),
    speaks("tildes", "About ~~three~~ four."),
    speaks("comparison", "It is < 3 and > 1, i.e. 1 <x< 3."),
    speaks("an observation follows", "I know it.\nObservation: 5\nIt is 5.", "I know it."),
    speaks("an observation within a line", "My Observation: it is 5."),
    speaks("quotes", 'She said "it\'s ```" and left.'),
    speaks("a thought", "Thought: nothing to compute.", "nothing to compute."),
    speaks("a word that begins like a label", "Thoughtful people compute."),
    speaks("code as a word", "code is poetry"),
    speaks("Chinese", "你好！要计算什么？"),
    speaks("a formula", "$$x = \\frac{1}{2}$$"),
    speaks("unclosed foreign block", "Here:\n```yaml\na: 1"),
    fails("only shell", "```bash\nls -la\n```", "Shell commands"),
    fails("only shell, unclosed", "```sh\nls -la\n", "Shell commands"),
    fails("only an observation", "Observation: 5", "Observations come from", Reply("")),
)
