"""A script as people write it."""
from __future__ import annotations

from collections import Counter

DEFAULT = "mississippi"


def histogram(text: str) -> Counter[str]:
    """Count letters."""
    return Counter(text)


def main(text: str = DEFAULT) -> int:
    for letter, count in sorted(histogram(text).items()):
        print(letter, "*" * count)
    return 0


if __name__ == "__main__":
    main()
# %%
print(__name__, histogram.__doc__, histogram.__module__, Counter.__module__)
main("ab")
