import re

SOURCE = """# Title

A *short* text with `code` and **bold** words,
over two lines. [A link](http://x.org)

- one
- two

1. first
2. second
"""


def inline(text):
    for pattern, to in [(r"\*\*(.+?)\*\*", r"<b>\1</b>"), (r"\*(.+?)\*", r"<i>\1</i>"),
                        (r"`(.+?)`", r"<code>\1</code>"), (r"\[(.+?)\]\((.+?)\)", r'<a href="\2">\1</a>')]:
        text = re.sub(pattern, to, text)
    return text


def block(text):
    lines = text.strip().splitlines()
    match lines:
        case [head] if found := re.match(r"(#+) (.*)", head):
            return f"<h{len(found[1])}>{inline(found[2])}</h{len(found[1])}>"
        case [first, *_] if first.startswith("- "):
            return "<ul>" + "".join(f"<li>{inline(l[2:])}</li>" for l in lines) + "</ul>"
        case [first, *_] if re.match(r"\d+\. ", first):
            return "<ol>" + "".join(f"<li>{inline(re.sub(r'^[0-9]+[.] ', '', l))}</li>" for l in lines) + "</ol>"
        case _:
            return "<p>" + inline(" ".join(lines)) + "</p>"


print("\n".join(map(block, SOURCE.strip().split("\n\n"))))
