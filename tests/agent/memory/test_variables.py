"""The table of variables follows what executors tell."""

from __future__ import annotations

from agent.memory.variables import VariableTable
from executors.base import Finished, Variable, VariablesChanged

A = Variable(name="a", kind="int", preview="5")
B = Variable(name="b", kind="DataFrame", shape=(1_000, 3), preview="columns ['x']")


def test_what_changed_last_stands_last_and_what_is_gone_is_not_there() -> None:
    table = VariableTable()
    table.take([VariablesChanged(changed=(A, B)), Finished(outcome="ok")])
    assert table.text() == "a: int = 5\nb: DataFrame of 1,000 × 3 = columns ['x']"
    table.take([VariablesChanged(changed=(A,))])
    assert table.text().splitlines()[-1] == "a: int = 5"
    table.take([VariablesChanged(gone=("a",))])
    assert table.text().startswith("b:")


def test_lost_variables_are_not_there_but_those_of_the_last_cell_are() -> None:
    table = VariableTable()
    table.take([VariablesChanged(changed=(A,)), Finished(outcome="ok")])
    end = Finished(outcome="ok", state_kept=False)
    table.take([VariablesChanged(changed=(B,)), end])
    assert table.text().startswith("b:")
    assert "a:" not in table.text()


def test_a_table_is_as_long_as_it_may_be() -> None:
    table = VariableTable()
    many = [Variable(name=f"v{n}", kind="str", preview="'long '" * 30) for n in range(100)]
    table.take([VariablesChanged(changed=tuple(many))])
    text = table.text(1_000)
    assert len(text) < 1_100
    assert "older ones" in text
    assert text.splitlines()[-1].startswith("v99: str")
