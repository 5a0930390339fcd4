"""Files to read and to write."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

from bench.agents.checks import Number, Word, Written
from bench.agents.task import Task

_EXPENSES = """date,category,amount
2026-01-03,food,23.40
2026-01-05,travel,112.00
2026-01-09,food,17.85
2026-01-14,office,64.20
2026-01-20,travel,38.50
2026-01-28,food,41.15
"""
_LOG = """08:00:12 INFO start
08:00:40 ERROR disk full
08:01:03 WARNING low memory
08:02:55 ERROR disk full
08:03:10 INFO retry
08:03:11 ERROR no route
08:05:00 INFO the last ERROR was handled
"""
_PRODUCTS = "id,name,price\n1,mug,8.50\n2,plate,12.00\n3,bowl,9.75\n4,jug,21.00\n"
_SALES = "product_id,quantity\n2,4\n1,10\n4,1\n2,3\n3,6\n1,2\n"
_TREE = json.dumps(
    {
        "teams": [
            {
                "name": "Otters",
                "players": [{"name": "Lin", "goals": 7}, {"name": "Mo", "goals": 12}],
            },
            {
                "name": "Herons",
                "players": [{"name": "Ny", "goals": 15}, {"name": "Oz", "goals": 2}],
            },
            {
                "name": "Newts",
                "players": [{"name": "Pim", "goals": 11}, {"name": "Rae", "goals": 9}],
            },
        ]
    }
)
_POEM = "the wind and the rain\nthe rain and the sea\nand a wind from the sea\n"
_JOBS = """build started 100 ended 164
test started 170 ended 395
lint started 175 ended 187
deploy started 400 ended 431
"""
_METERS = "Zähler;Verbrauch\nA;1.204,5\nB;987,25\nC;12.040,0\nD;310,75\n"
_GRADES = """student,subject,points
Ike,maths,14
Ike,music,9
Jo,maths,11
Jo,music,13
Ike,art,12
Jo,art,12
Kay,maths,15
Kay,art,8
"""


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(name).read_text().splitlines()))


def _food() -> float:
    return round(
        sum(float(r["amount"]) for r in _rows("expenses.csv") if r["category"] == "food"), 2
    )


def _errors() -> int:
    return sum(line.split()[1] == "ERROR" for line in Path("app.log").read_text().splitlines())


def _revenue() -> float:
    prices = {row["id"]: float(row["price"]) for row in _rows("products.csv")}
    return sum(prices[row["product_id"]] * int(row["quantity"]) for row in _rows("sales.csv"))


def _best_team() -> str:
    teams = json.loads(Path("league.json").read_text())["teams"]
    return max(teams, key=lambda team: sum(p["goals"] for p in team["players"]))["name"]


def _word_list() -> None:
    words = sorted(set(Path("poem.txt").read_text().split()))
    Path("words.txt").write_text("\n".join(words))


def _mean_time() -> float:
    spans = [line.split() for line in Path("jobs.txt").read_text().splitlines()]
    return sum(int(span[4]) - int(span[2]) for span in spans) / len(spans)


def _consumption() -> float:
    lines = Path("meters.csv").read_text().splitlines()[1:]
    return sum(float(line.split(";")[1].replace(".", "").replace(",", ".")) for line in lines)


def _averages() -> None:
    points: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for row in _rows("grades.csv"):
        points[row["student"]] += int(row["points"])
        tests[row["student"]] += 1
    lines = [f"{name},{points[name] / tests[name]:.2f}" for name in sorted(points)]
    Path("averages.csv").write_text("\n".join(["student,mean", *lines]))


TASKS = (
    Task(
        id="files/food",
        difficulty="easy",
        turns=("How much was spent on food altogether, by expenses.csv?",),
        check=Number(82.4, within=0.001),
        solve=_food,
        files={"expenses.csv": _EXPENSES},
    ),
    Task(
        id="files/errors",
        difficulty="easy",
        turns=("How many lines of app.log have the level ERROR? The level is the second word.",),
        check=Number(3),
        solve=_errors,
        files={"app.log": _LOG},
    ),
    Task(
        id="files/revenue",
        difficulty="medium",
        turns=(
            "sales.csv says how many pieces of which product were sold, and products.csv has the "
            "prices. What is the total revenue?",
        ),
        check=Number(265.5, within=0.001),
        solve=_revenue,
        files={"products.csv": _PRODUCTS, "sales.csv": _SALES},
    ),
    Task(
        id="files/best-team",
        difficulty="medium",
        turns=(
            "Which team in league.json has the most goals, all of its players taken together? "
            "Answer with the name of the team only.",
        ),
        check=Word("Newts", rivals=("Otters", "Herons")),
        solve=_best_team,
        files={"league.json": _TREE},
    ),
    Task(
        id="files/word-list",
        difficulty="medium",
        turns=(
            "Write all different words of poem.txt into words.txt, one on each line, in "
            "alphabetical order.",
        ),
        check=Written("words.txt", ("a", "and", "from", "rain", "sea", "the", "wind")),
        solve=_word_list,
        files={"poem.txt": _POEM},
        outputs=("words.txt",),
    ),
    Task(
        id="files/mean-time",
        difficulty="medium",
        turns=("By jobs.txt, how long did a job take on average, from its start to its end?",),
        check=Number(83.0, within=0.001),
        solve=_mean_time,
        files={"jobs.txt": _JOBS},
    ),
    Task(
        id="files/decimal-commas",
        difficulty="hard",
        turns=(
            "meters.csv is a German file: fields are separated by semicolons, numbers have a "
            "decimal comma, and dots group thousands. What is the sum of the second column?",
        ),
        check=Number(14542.5, within=0.001),
        solve=_consumption,
        files={"meters.csv": _METERS},
    ),
    Task(
        id="files/averages",
        difficulty="hard",
        turns=(
            "Write the mean points of each student in grades.csv into averages.csv: a first line "
            "student,mean, then one line for each student in alphabetical order, the mean with two "
            "decimals.",
        ),
        check=Written("averages.csv", ("student,mean", "Ike,11.67", "Jo,12.00", "Kay,11.50")),
        solve=_averages,
        files={"grades.csv": _GRADES},
        outputs=("averages.csv",),
    ),
)
