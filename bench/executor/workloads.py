"""What is run to compare speeds: small programs with their right answers, as data.

Each repeats its work `TURNS` times, with the same answer for any number: what takes a hundred times
as long as Python can be compared as well. The last expression of the last cell is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent, indent
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One program, as the cells of one conversation."""

    name: str
    cells: tuple[str, ...]
    answer: Any
    turns: int
    """Repetitions that take plain Python about 30 ms."""

    def sources(self, turns: int) -> tuple[str, ...]:
        """The cells as they are run, each with so many repetitions."""
        return tuple(f"TURNS = {turns}\n{cell}" for cell in self.cells)


def _repeated(name: str, answer: Any, turns: int, work: str, *, before: str = "") -> Workload:
    """One cell: `before` once, `work` in a top-level loop; it leaves its answer in `answer`."""
    loop = "for turn in range(TURNS):\n" + indent(dedent(work).strip("\n"), "    ")
    cell = f"{dedent(before).strip()}\n{loop}\nanswer\n"
    return Workload(name=name, cells=(cell,), answer=answer, turns=turns)


def _twelve(name: str, before: str) -> Workload:
    """`before`, ten short cells that follow at once, and one that gives their answer."""
    short = (
        "for turn in range(TURNS):\n"
        "    part = [math.sqrt(i * {n}) for i in range(400)]\n"
        "data.append(round(part[-1]))"
    )
    return Workload(
        name=name,
        cells=(before, *(short.format(n=n) for n in range(1, 11)), "data"),
        answer=[20, 28, 35, 40, 45, 49, 53, 56, 60, 63],
        turns=110,
    )


WORKLOADS = (
    _repeated(
        "loops",
        333_833_500,
        350,
        """
        answer = 0
        for i in range(1001):
            answer += i * i
        """,
    ),
    _repeated(
        "while loops",
        111,
        2600,
        """
        number, answer = 27, 0
        while number != 1:
            if number % 2:
                number = 3 * number + 1
            else:
                number //= 2
            answer += 1
        """,
    ),
    _repeated(
        "recursion",
        610,
        370,
        "answer = fib(15)",
        before="""
        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)
        """,
    ),
    _repeated(
        "strings",
        (4, "fox jumps lazy over"),
        2300,
        """
        text = "The quick brown fox jumps over the lazy dog " * 10
        words = [word.strip().lower() for word in text.split() if len(word) > 2]
        picked = sorted(set(words))
        answer = (len([w for w in picked if "o" in w]), " ".join(picked[2:6]))
        """,
    ),
    _repeated(
        "string building",
        ("0,1,2,3,4,", 2900),
        150,
        """
        built = ""
        for i in range(1000):
            built += f"{i % 100},"
        answer = (built[:10], len(built))
        """,
    ),
    _repeated(
        "dicts",
        (97, 11, 10),
        140,
        """
        counts = {}
        for i in range(1000):
            key = f"k{i % 97}"
            counts[key] = counts.get(key, 0) + 1
        answer = (len(counts), max(counts.values()), min(counts.values()))
        """,
    ),
    _repeated(
        "sets",
        303,
        180,
        """
        composite = set()
        for i in range(2, 45):
            if i not in composite:
                composite |= set(range(i * i, 2000, i))
        answer = len(set(range(2, 2000)) - composite)
        """,
    ),
    _repeated(
        "sorting",
        [(0, 0), (0, 97), (0, 194)],
        125,
        """
        rows = [(i * 37 % 97, i) for i in range(1000)]
        rows.sort(key=lambda row: (row[0], row[1]))
        answer = rows[:3]
        """,
    ),
    _repeated(
        "bubble sort",
        [0, 1, 2, 3, 4],
        140,
        """
        items = [i * 37 % 61 for i in range(61)]
        for last in range(len(items) - 1, 0, -1):
            for i in range(last):
                if items[i] > items[i + 1]:
                    items[i], items[i + 1] = items[i + 1], items[i]
        answer = items[:5]
        """,
    ),
    _repeated(
        "json",
        (300, 44850),
        75,
        """
        text = json.dumps([{"id": i, "name": f"row {i}", "tags": ["a", "b"]} for i in range(300)])
        rows = json.loads(text)
        answer = (len(rows), sum(row["id"] for row in rows))
        """,
        before="import json",
    ),
    _repeated(
        "regex",
        (100, "user99@example.org"),
        375,
        r"""
        found = re.findall(r"[\w.]+@[\w.]+\.\w+", text)
        answer = (len(found), found[-1])
        """,
        before="""
        import re
        text = " and ".join(f"write to user{i}@example.org, or not" for i in range(100))
        """,
    ),
    _repeated(
        "classes",
        500,
        320,
        """
        account = Account(0)
        for i in range(1000):
            account.add(i % 2)
        answer = account.balance
        """,
        before="""
        class Account:
            def __init__(self, balance):
                self.balance = balance

            def add(self, amount):
                self.balance += amount
        """,
    ),
    _repeated(
        "private attributes",
        1000,
        380,
        """
        counter = Counter()
        for i in range(1000):
            counter.count()
        answer = counter.total
        """,
        before="""
        class Counter:
            def __init__(self):
                self._total = 0

            def count(self):
                self._total += 1

            @property
            def total(self):
                return self._total
        """,
    ),
    _repeated(
        "dataclasses",
        (3, 499),
        110,
        """
        points = [Point(x=i % 3, y=i) for i in range(500)]
        answer = (len({p.x for p in points}), max(points, key=lambda p: p.y).y)
        """,
        before="""
        from dataclasses import dataclass

        @dataclass(frozen=True)
        class Point:
            x: int
            y: int = 0
        """,
    ),
    _repeated(
        "generators",
        [0, 4, 16, 36, 64],
        400,
        """
        kept = [value for value in even(squares(1000))]
        answer = kept[:5]
        """,
        before="""
        def squares(n):
            for i in range(n):
                yield i * i

        def even(values):
            for value in values:
                if value % 2 == 0:
                    yield value
        """,
    ),
    _repeated(
        "comprehensions",
        (608400, 40),
        350,
        """
        table = [[row * column for column in range(40)] for row in range(40)]
        answer = (sum(x for line in table for x in line), len({row[1]: row for row in table}))
        """,
    ),
    _repeated(
        "csv",
        (200, 19900.0),
        145,
        """
        rows = list(csv.DictReader(io.StringIO(text)))
        answer = (len(rows), sum(float(row["price"]) for row in rows))
        """,
        before="""
        import csv
        import io
        text = "name,price" + chr(10) + chr(10).join(f"item {i},{i}.0" for i in range(200))
        """,
    ),
    _repeated(
        "matrices",
        [4502, 5091, 5680],
        55,
        """
        n = 16
        a = [[i + j for j in range(n)] for i in range(n)]
        b = [[i * j % 7 for j in range(n)] for i in range(n)]
        c = [[0] * n for _ in range(n)]
        for i in range(n):
            for j in range(n):
                total = 0
                for k in range(n):
                    total += a[i][k] * b[k][j]
                c[i][j] = total
        answer = [sum(c[i]) for i in range(3)]
        """,
    ),
    _repeated(
        "dates",
        (1461, "2024-02-29", 306),
        47,
        """
        first = datetime.date(2021, 1, 1)
        days = [first + datetime.timedelta(days=i) for i in range(1461)]
        leap = [d for d in days if d.month == 2 and d.day == 29]
        answer = (len(days), leap[0].isoformat(), (days[-1] - leap[0]).days)
        """,
        before="import datetime",
    ),
    _repeated(
        "numpy",
        (332833500, 10),
        1400,
        """
        values = numpy.arange(1000, dtype="int64")
        grid = (values[:900] % 10).reshape(30, 30)
        answer = (int((values * values).sum()), int(len(numpy.unique(grid))))
        """,
        before="import numpy",
    ),
    _repeated(
        "exceptions",
        (500, 500),
        160,
        """
        good = bad = 0
        for i in range(1000):
            try:
                if i % 2:
                    raise KeyError(i)
                good += 1
            except KeyError:
                bad += 1
        answer = (good, bad)
        """,
    ),
    _repeated(
        "closures",
        1500,
        85,
        """
        steps = [adder(n % 4) for n in range(1000)]
        answer = 0
        for step in steps:
            answer = step(answer)
        """,
        before="""
        def adder(n):
            def add(x):
                return x + n
            return add
        """,
    ),
    _repeated(
        "heap and bisect",
        ([0, 1, 2, 3, 4], 500),
        180,
        """
        heap, ordered = [], []
        for i in range(500):
            heapq.heappush(heap, i * 37 % 500)
            bisect.insort(ordered, i * 37 % 500)
        answer = ([heapq.heappop(heap) for _ in range(5)], len(ordered))
        """,
        before="import heapq, bisect",
    ),
    _twelve("twelve cells in a row", "import math\ndata = []"),
)

CHECKPOINTED = _twelve("the same with a clock", "import math, time\ndata = []")
"""Beside the others: none of its cells can be repeated, so that each needs a checkpoint."""
