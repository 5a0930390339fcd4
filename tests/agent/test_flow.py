"""Which variables of a program lead to its answer."""

from __future__ import annotations

import pytest

from agent.flow import shown, unused


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "names = ['a', 'b']\nshares = [n / 2 for n in (1, 2)]\nshares.sort(reverse=True)\n"
            "top = names[:1]\nfinal_answer(f'{top}')",
            ("shares",),
        ),
        ("a = len('x')\nb = a + 1\nfinal_answer(3)", ("a", "b")),
        ("a = 1\nb = [1, 2]\nf = lambda: 3\nfinal_answer(3)", ()),
        ("a = len('x')\nprint(a)\nfinal_answer(3)", ()),
        ("a = len('x')\nif a > 1:\n    b = 2\nelse:\n    b = 3\nfinal_answer(b)", ()),
        ("import random\na = list('abc')\nrandom.shuffle(a)\nfinal_answer(a[0])", ()),
        ("import heapq\na = [1]\nb = 2 + 1\nheapq.heappush(a, b)\nfinal_answer(a)", ()),
        ("def f(n):\n    return n + base\nbase = len('x')\nfinal_answer(f(1))", ()),
        (
            "total = 0\nseen = set()\ndef visit(n):\n    seen.add(n)\nroot = len('x')\n"
            "visit(root)\nfinal_answer(len(seen))",
            (),
        ),
        ("a = x[0]\nfor i in range(3):\n    t = t + a\n    a = t\nfinal_answer(t)", ()),
        ("a = b = len('x')\nc, d = divmod(7, 2)\nfinal_answer(c)", ()),
        ("text = open('f').read()\nn = len(text)\nfinal_answer('done')", ("n",)),
        ("rows = read()\nrows2 = sorted(rows)\nfinal_answer(rows[0])", ("rows2",)),
        ("t = 2 * 3\nm = f'{t}'\nsend_mail('a@b.c', m)\nfinal_answer('Sent.')", ()),
        ("x = [n * 2 for n in y]\nplt.plot(x, y)\nplt.savefig('p')\nfinal_answer('p')", ()),
        ("d = read_csv('a')\nby = d.sum()\nby.to_csv('b')\nfinal_answer('Wrote b')", ()),
        ("n = len(rows)\nassert n == 3\nfinal_answer(rows)", ()),
        ("n = len(rows)\nif n < 2:\n    raise ValueError\nfinal_answer(rows)", ()),
        ("row = grid[0]\nv = 3 * 4\nrow.append(v)\nfinal_answer(grid)", ()),
        ("node = tree\nw = 2 * t\nfor c in w:\n    node[c] = {}\nfinal_answer(tree)", ()),
        ("n = int(lines.pop(0))\nfinal_answer(sum(map(int, lines)))", ()),
        ("m = max(xs, key=f)\nfinal_answer(log)", ()),
        ("n = (total := sum(xs)) / 2\nfinal_answer(total)", ()),
        ("t0 = time.time()\nspent = time.time() - t0\nfinal_answer(1)", ()),
        ("v = 3 * 4\nawait go(v)\nfinal_answer(out)", ()),
        ("a = len('x')", ()),
        ("a = = 1\nfinal_answer(1)", ()),
        ("_ = len('x')\nfinal_answer(1)", ()),
    ],
)
def test_what_has_no_part_in_the_answer(code: str, names: tuple[str, ...]) -> None:
    assert tuple(unused(code)) == names


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("final_answer(total)", ()),
        ("final_answer(f'{a} of {b + 1}, {c:.2f}')", ("a", "c")),
        ("final_answer({'text': f'{a}'})", ("a",)),
        ("final_answer(str(a))", ()),
        ("print(a)", ()),
    ],
)
def test_what_stands_in_the_answer(code: str, names: tuple[str, ...]) -> None:
    assert tuple(shown(code)) == names
