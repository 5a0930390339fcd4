"""What guarded code calls where it does not know yet that a private attribute is its own."""

from __future__ import annotations

from typing import Any, cast

from executors.local.guard import ownership

_MOST = 10_000
"""How many proofs are remembered; then all are forgotten, so that classes can go."""


class PrivateAccess:
    """Proves that, and remembers what it has proven.

    Args:
        caches: where each place in the code finds the class for which it was last proven right. It
            compares by identity: a class can lie about whom it equals.
    """

    def __init__(self, caches: dict[str, Any]) -> None:
        self._caches = caches
        self._proven: dict[tuple[int, bool, str], object] = {}
        """The class, so that its number stays its own, by what was proven of it."""

    def private(self, value: Any, name: str, cache: str = "") -> Any:
        """`value`, if its private attribute `name` is the code's own.

        Raises:
            NotAllowed: it is not.
        """
        return value if self.owns(value, (name,), cache) else ownership.private(value, name)

    def owns(self, value: Any, names: tuple[str, ...], cache: str) -> bool:
        """Whether all those private attributes of `value` are the code's own."""
        as_class = ownership.is_class(value)
        kind = cast("type[Any]", value if as_class else type(value))
        if ownership.is_super(kind):
            return all(ownership.owns_private(value, name) for name in names)
        for name in names:
            key = id(kind), as_class, name
            if key not in self._proven:
                if not ownership.owns_private(value, name):
                    return False
                if len(self._proven) >= _MOST:
                    self._proven.clear()
                self._proven[key] = kind
        if cache and not as_class:
            self._caches[cache] = kind
        return True
