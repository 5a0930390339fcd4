"""What the host notes of cells, and what it takes for the same outcome."""

from __future__ import annotations

from executors.local.journal import Effect, Journal
from executors.wire import Done


def test_the_journal_is_bounded_and_knows_where_it_is_whole() -> None:
    journal = Journal()
    for cells in (0, 1, 2, 5, 6):
        journal.add(cells, f"x = {cells}", Done(value="<object at 0x7f00>"))
    assert [journal.reach(cells) for cells in (0, 2, 3, 5, 6, 7, 9)] == [0, 0, 0, 5, 5, 5, 9]
    assert journal.cut(1, 7) == []
    assert journal.reach(7) == 7
    journal.add(1, "x = 1", Done(value="<object at 0x7f00>"))
    journal.add(2, "x = 2", Done())
    assert [entry.code for entry in journal.cut(1, 3)] == ["x = 1", "x = 2"]
    for cells in range(1, 1000):
        journal.add(cells, "y", Done())
    assert journal.reach(1000) == 1000 - 256
    journal.add(1000, "y" * (9 << 20), Done())
    assert journal.reach(1001) == 1001


def test_addresses_in_memory_do_not_count_as_another_outcome() -> None:
    journal = Journal()
    journal.add(0, "f", Done(value="<function f at 0x7f3a>"))
    (entry,) = journal.cut(0, 1)
    assert entry.effect.is_like(Effect.of(Done(value="<function f at 0x55aa>")))
    assert not entry.effect.is_like(Effect.of(Done(value="<function g at 0x7f3a>")))
    assert not entry.effect.is_like(Effect.of(Done(value="<function f at 0x7f3a>", gone=["x"])))


def test_which_variables_are_told_of_may_depend_on_the_time_there_was() -> None:
    one = {"name": "x", "kind": "int", "shape": [], "preview": "1"}
    two = {"name": "y", "kind": "int", "shape": [], "preview": "2"}
    both = Effect.of(Done(changed=[one, two]))
    assert both.is_like(Effect.of(Done(changed=[one])))
    assert both.is_like(Effect.of(Done()))
    assert not both.is_like(Effect.of(Done(changed=[one, two | {"preview": "3"}])))
