"""Conditions that a task states in so many words, and code that drops them."""

from __future__ import annotations

import pytest

from agent.conditions import cases_matter, cells, is_no_amount, overlooked, unnamed, unrounded

TREES = {"trees.csv": cells("trees.csv", b"species,height\noak,18.5\nelm,22\nrowan,9\n")}


def test_the_words_of_a_table_are_those_of_its_cells() -> None:
    assert TREES["trees.csv"] == {"oak", "elm", "rowan"}
    assert cells("a.TSV", b"town\tname\nNew York\tname\n12\tab\n") == {"new york"}
    assert cells("a.txt", b"word\noak") == cells("a.csv", b"") == frozenset()
    assert cells("a.csv", b"\xff\xfe\x00\n\x00oak\n") <= {"oak"}
    assert cells("a.csv", b"x\n" + b"oak\n" * 100_000) == frozenset()


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("mean = sum(heights) / len(heights)\nfinal_answer(f'The oaks: {mean}')", True),
        ("print('oak')\nfinal_answer(sum(heights))", True),
        ("final_answer(sum(h for s, h in rows if s == 'oak'))", False),
        ("wanted = {'Oak'}\nfinal_answer(len(wanted))", False),
        ("final_answer(f'{sum(h for s, h in rows if s.startswith(\"oak\"))} m')", False),
        ("df = df.query(f\"species == 'oak' and height > {least} and height < 1000\")", False),
        ("found = dict(oak=0)", False),
        ("total = trees.oak.sum()", False),
        ("means = df.groupby('species').height.mean()", False),
    ],
)
def test_a_value_that_the_task_names_and_code_does_not(code: str, seen: bool) -> None:
    found = overlooked("What is the mean height of the oaks?", TREES, [code])
    assert found == (("trees.csv", "oak") if seen else ("", ""))


def test_words_that_a_table_happens_to_have_are_no_conditions() -> None:
    many = {"a.csv": frozenset(("the", "mean", "height", "all"))}
    for task, tables in (
        ("What is the mean height of all?", many),
        ("How many of each?", {"a.csv": frozenset(("each",))}),
        ("What is the height of the cloak?", TREES),
        ("How many trees?", TREES),
        ("Which are taller, the oaks or the elms?", TREES),
    ):
        assert overlooked(task, tables, ["x = 1"]) == ("", "")


LETTERS = "How often is the letter s, small or capital, in 'Swiss'?"


@pytest.mark.parametrize(
    ("task", "code", "matters"),
    [
        (LETTERS, "final_answer('Swiss'.count('s'))", True),
        (LETTERS, "final_answer('Swiss'.lower().count('s'))", False),
        (LETTERS, "final_answer(sum(c in 'sS' for c in 'Swiss'))", False),
        ("Count them, ignoring case.", "final_answer(words.count('a'))", True),
        ("统计字母s的个数，不区分大小写", "final_answer(text.count('s'))", True),
        ("统计字母s的个数，区分大小写", "final_answer(text.count('s'))", False),
        ("Count them; do not ignore case.", "final_answer(text.count('s'))", False),
        ("The upper and lower bounds?", "final_answer(bounds)", False),
        (LETTERS, "final_answer(Counter(map(str.lower, text))['s'])", False),
        (LETTERS, "found = names.str.contains('s', case=False)", False),
        ("How often is the letter s in it?", "final_answer('Swiss'.count('s'))", False),
    ],
)
def test_letters_that_count_alike(task: str, code: str, matters: bool) -> None:
    assert cases_matter(task, [code]) == matters


CHOICE = "Which is the deepest of the lakes Garda, Como and Bled?"
LAKES = "lakes = ['Garda', 'Como', 'Bled']"


@pytest.mark.parametrize(
    ("task", "code", "answer", "choices"),
    [
        (CHOICE, LAKES, "The deepest lake is 2.", ["Garda", "Como", "Bled"]),
        (CHOICE, "d = {'Garda': 1, 'Como': 2}", "3", ["Garda", "Como"]),
        (CHOICE, LAKES, "It is COMO.", []),
        (CHOICE, "n = ['Garda', 'Other']", "2", []),
        ("How deep are Garda, Como and Bled?", LAKES, "12", []),
        (CHOICE, "x = 1", "2", []),
        (CHOICE, LAKES, "None of them.", []),
        ("How many vowels has the name 'Beatrice'?", "v = {'a', 'e', 'i'}", "4", []),
        ("Which species has the greatest height?", "df[['species', 'height']]", "7", []),
        ("Who is oldest by name and age?", "[{'name': 'Al', 'age': 3}, {'name': 'B'}]", "3", []),
        (f"{CHOICE} Or Ohrid?", f"{LAKES}\nmore = ['Bled', 'Ohrid']", "Ohrid, 288 m", []),
        ("Which of those who own a dog or a cat?", "p in ('dog', 'cat')", "4", []),
    ],
)
def test_an_answer_that_names_nothing_of_what_was_to_choose_from(
    task: str, code: str, answer: str, choices: list[str]
) -> None:
    assert list(unnamed(task, code, answer)) == choices


@pytest.mark.parametrize(
    ("task", "preview", "doubtful"),
    [
        ("How many minutes altogether?", "'7h 30m8h45m'", True),
        ("How many minutes altogether?", "'450'", False),
        ("Which times?", "'7h 30m8h45m'", False),
        ("The total and the average?", "'Total: 42, average: 10.50'", False),
        ("How many apples and pears?", "'3 apples, 4 pears'", False),
    ],
)
def test_amounts_that_were_added_as_texts(task: str, preview: str, doubtful: bool) -> None:
    assert is_no_amount(task, preview) == doubtful


@pytest.mark.parametrize(
    ("task", "answer", "figure"),
    [
        ("The mean, rounded to two decimals?", "It is 1.8667.", "1.8667"),
        ("The mean, rounded to 2 decimal places?", "1.87", ""),
        ("The mean with one decimal?", "1.87", "1.87"),
        ("平均值，保留两位小数", "是1.8667", "1.8667"),
        ("Round 3.14159 to two decimals.", "3.14159 is about 3.14.", ""),
        ("The mean?", "1.8667", ""),
        ("One to one decimal, one to three decimals.", "4.5 and 1.234", ""),
        ("With two decimals, in German.", "Es sind 1.234,50 Euro.", ""),
        ("With two decimals.", "1" * 50_000, ""),
        ("Convert it to many decimals.", "1.8667", ""),
    ],
)
def test_figures_that_were_to_be_rounded(task: str, answer: str, figure: str) -> None:
    assert unrounded(task, answer) == figure
