import re
from typing import NamedTuple


class Token(NamedTuple):
    kind: str
    value: str
    position: int


SPEC = [
    ("NUMBER", r"\d+(\.\d*)?"),
    ("NAME", r"[A-Za-z_]\w*"),
    ("OP", r"[+\-*/^()=]"),
    ("SKIP", r"\s+"),
    ("BAD", r"."),
]
PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in SPEC))


def tokenize(text):
    for found in PATTERN.finditer(text):
        kind = found.lastgroup
        if kind == "SKIP":
            continue
        if kind == "BAD":
            raise SyntaxError(f"unexpected {found[0]!r} at {found.start()}")
        yield Token(kind, found[0], found.start())


for token in tokenize("area = 3.14 * (r ^ 2)"):
    print(token)
print(Token("A", "b", 1)._replace(kind="Z")._asdict(), Token._fields)
list(tokenize("1 + $"))
