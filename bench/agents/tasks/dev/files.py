"""Files to read and to write."""

from __future__ import annotations

import csv
from pathlib import Path

from bench.agents.checks import Number, Written
from bench.agents.task import Task

_TREES = "species,height\noak,18.5\nelm,22.0\noak,15.0\nash,19.5\noak,20.5\n"
_STEPS = "mon: 8211\ntue: 10450\nwed: 4020\nthu: 12003\nfri: 9990\n"
_LEFT, _RIGHT = "name,town\nAl,Rye\nBea,Hove\nCal,Ely\n", "name,phone\nBea,555\nCal,777\nDot,888\n"


def _oaks() -> float:
    rows = csv.DictReader(Path("trees.csv").read_text().splitlines())
    heights = [float(row["height"]) for row in rows if row["species"] == "oak"]
    return sum(heights) / len(heights)


def _active() -> None:
    lines = Path("steps.txt").read_text().splitlines()
    days = [line.split(":")[0] for line in lines if int(line.split(":")[1]) > 9000]
    Path("active.txt").write_text("\n".join(days))


def _join() -> None:
    towns, phones = (
        dict(csv.reader(Path(n).read_text().splitlines())) for n in ("towns.csv", "phones.csv")
    )
    lines = [
        f"{name},{towns[name]},{phones[name]}" for name in sorted(towns.keys() & phones.keys())
    ]
    Path("both.csv").write_text("\n".join(line for line in lines if not line.startswith("name")))


TASKS = (
    Task(
        id="files/oaks",
        difficulty="easy",
        turns=("What is the mean height of the oaks in trees.csv?",),
        check=Number(18.0, within=0.001),
        solve=_oaks,
        files={"trees.csv": _TREES},
    ),
    Task(
        id="files/active-days",
        difficulty="medium",
        turns=(
            "Write the days of steps.txt with more than 9000 steps into active.txt, one on each "
            "line, as they are written and in the same order.",
        ),
        check=Written("active.txt", ("tue", "thu", "fri")),
        solve=_active,
        files={"steps.txt": _STEPS},
        outputs=("active.txt",),
    ),
    Task(
        id="files/join",
        difficulty="hard",
        turns=(
            "Write both.csv with one line for each person who is in towns.csv and in phones.csv: "
            "name, town and phone with commas between them, without a line of titles, in the order "
            "of the names.",
        ),
        check=Written("both.csv", ("Bea,Hove,555", "Cal,Ely,777")),
        solve=_join,
        files={"towns.csv": _LEFT, "phones.csv": _RIGHT},
        outputs=("both.csv",),
    ),
)
