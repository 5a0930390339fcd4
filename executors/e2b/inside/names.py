"""The names that the code of a conversation has made in the kernel, and what is told of them."""

from __future__ import annotations

from typing import Any

from executors import carry
from executors.e2b.inside.bridge import Bridge
from executors.variables import Ledger

CHANGED = "variables"


class Names:
    """The variables of the code, without what every kernel has."""

    def __init__(self, shell: Any, bridge: Bridge) -> None:
        self._shell, self._bridge = shell, bridge
        self._initial = {*shell.user_ns, *shell.user_ns_hidden}
        self._ledger = Ledger()
        self._ours = False

    def own(self) -> dict[str, Any]:
        """What the code itself has made."""
        found = self._shell.user_ns
        return {n: found[n] for n in list(found) if n not in self._initial and carry.portable(n)}

    def tell(self) -> None:
        """After a cell: send what it did to variables."""
        if self._ours:
            self._ours = False
            return
        changed, gone = self._ledger.changes(self.own())
        if changed or gone:
            self._bridge.send(CHANGED, {"changed": changed, "gone": gone})

    def missed(self) -> None:
        """Nobody listened at the end of the last cell, and this one is not the code's own."""
        self._ledger.untell()
        self._ours = True
