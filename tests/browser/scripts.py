"""What the scripted model says, by the first word of the task."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    replies: tuple[str, ...]
    delay: float = 0.0
    """Seconds between two pieces of 12 characters."""
    prepares: bool = False


def cell(thought: str, code: str) -> str:
    return f"{thought}\n```python\n{code}\n```"


UNKNOWN = "unknown"
"""The first word of a task for which the model fails."""

GO = "go"
"""The gate of code that waits: where it is opened there is a file of that name in the workspace."""
WAIT = f"while not os.path.exists('{GO}'): time.sleep(0.05)"

PROBE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'

SCRIPTS = {
    "primes": Script(
        (
            cell(
                "I will list all primes below 1000 with a sieve, look at a few, and add them up.",
                "def sieve(limit: int) -> list[int]:\n"
                '    """All primes below `limit`."""\n'
                "    alive = [True] * limit\n"
                "    for n in range(2, int(limit**0.5) + 1):\n"
                "        if alive[n]:\n"
                "            for multiple in range(n * n, limit, n):\n"
                "                alive[multiple] = False  # n divides it\n"
                "    return [n for n in range(2, limit) if alive[n]]\n\n"
                "primes = sieve(1000)\n"
                'print(f"{len(primes)} primes, the last one is {primes[-1]}")\n'
                "for start in range(0, 32, 8):\n"
                "    print(primes[start : start + 8])",
            ),
            cell("Now I add them up.", "total = sum(prime)\ntotal"),
            cell("The list is called `primes`. I fix that.", "total = sum(primes)\ntotal"),
            "The sum of all prime numbers below 1000 is **76,127**.\n\n"
            "| | value |\n|:--|--:|\n| primes | 168 |\n| largest | 997 |\n| sum | 76,127 |",
        ),
        delay=0.02,
    ),
    "tour": Script(
        (
            cell(
                "First I look at the numbers.",
                "import os, time\nsquares = [n * n for n in range(10)]\n"
                f"for n in range(3):\n    print('live', n)\n    {WAIT}\nos.remove('{GO}')",
            ),
            cell(
                "Now I draw them.",
                "import matplotlib.pyplot as plt\nplt.plot(squares)\nplt.title('Squares')\n"
                "plt.show()",
            ),
            cell("That is the answer.", "final_answer(f'The sum is {sum(squares)}.')"),
        ),
    ),
    "prints": Script(
        (
            cell(
                "I print something and wait, and then the rest.",
                "import os, time\nfor i in range(5):\n    print('tick', i)\n"
                f"    if i == 1:\n        {WAIT}\nos.remove('{GO}')",
            ),
            "All printed.",
        )
    ),
    "slow": Script(
        ("word " * 4000 + "\n```python\nprint('never')\n```", "Done."), delay=0.08, prepares=True
    ),
    "remember": Script((cell("I keep a value.", "kept = 4711\nprint(kept)"), "Kept.")),
    "recall": Script((cell("I look.", "print('kept is', kept)"), "Recalled.")),
    "spin": Script((cell("I never end.", "while True: pass"), "Unreachable.")),
    "crunch": Script((cell("One long C loop.", "sum(range(10**11))"), "Unreachable.")),
    "syntax": Script((cell("Oops.", "print('unclosed"), "I could not write that.")),
    "smuggle": Script((cell("I look.", "import socket"), "I may not import that.")),
    "file": Script(
        (
            cell("I write a file.", "with open('notes.txt', 'w') as f:\n    f.write('only mine')"),
            "Written.",
        )
    ),
    "prices": Script(
        (
            cell(
                "I read the file.",
                "import pandas as pd\nimport matplotlib.pyplot as plt\n"
                "table = pd.read_csv('prices.csv')\nprint('in all', table['price'].sum())\n"
                "plt.plot(table['price'])\nplt.show()\ntable.to_csv('copy.csv', index=False)",
            ),
            "Read.",
        )
    ),
    "plot": Script(
        (
            cell(
                "I read the file, line by line, and draw it.",
                "import os, time\nimport pandas as pd\nimport matplotlib.pyplot as plt\n"
                "table = pd.read_csv('prices.csv')\n"
                "for n, price in enumerate(table['price']):\n"
                f"    print('live', n)\n    {WAIT}\nos.remove('{GO}')\n"
                "plt.plot(table['price'])\nplt.show()\ntable.to_csv('copy.csv', index=False)",
            ),
            "Drawn.",
        )
    ),
    "sum": Script(
        (cell("The table is there.", "print('in all', table['price'].sum())"), "Summed.")
    ),
    "flood": Script(
        (cell("I print a lot.", "for i in range(6000): print('line', i, '.' * 20)"), "Printed.")
    ),
    "probe": Script(
        (
            cell(
                f"Thought {PROBE} ![x](http://127.0.0.1:9/leak.png) [l](javascript:window.pwned=1)",
                f"import pandas as pd\nprint('''{PROBE}''')\n"
                f"display(pd.DataFrame({{'a': ['''{PROBE}''']}}))\n"
                f"raise ValueError('''{PROBE}''')",
            ),
            f"Answer {PROBE} ![x](http://127.0.0.1:9/leak.png)",
        )
    ),
    "team": Script(
        (
            cell(
                "I ask for the rivers first, then for the lakes.",
                "rivers = researcher('rivers: which are the longest rivers, with their lengths?')\n"
                "lakes = researcher('lakes: which are the deepest lakes, with their depths?')\n"
                "print(rivers, lakes, sep='\\n')",
            ),
            "The longest river is the **Nile**, the deepest lake is **Baikal**.",
        ),
        delay=0.03,
    ),
    "both": Script(
        (
            cell(
                "I ask two researchers at once.",
                "from concurrent.futures import ThreadPoolExecutor\n"
                "tasks = ['rivers: which are the longest rivers, with their lengths?',\n"
                "         'lakes: which are the deepest lakes, with their depths?']\n"
                "with ThreadPoolExecutor(2) as pool:\n"
                "    found = list(pool.map(researcher, tasks))\n"
                "print(*found, sep='\\n')",
            ),
            "The longest river is the **Nile**, the deepest lake is **Baikal**.",
        ),
        delay=0.03,
    ),
    "stuck": Script(
        (cell("I ask.", "researcher('stuck: count as far as you can')"), "Unreachable."),
    ),
    "waits": Script(
        (
            cell("I take my time.", f"import os, time\n{WAIT}\nos.remove('{GO}')"),
            "Nobody has said anything.",
        ),
    ),
    "instead": Script((cell("Something new.", "print('now in metres')"), "Changed to metres.")),
    "endless": Script((cell("Again.", "print('again')"),)),
}
