"""The choice of threads from what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.models.embedded.threads import (
    Sample,
    Threads,
    candidates,
    choose,
    remember,
    remembered,
    usable_cores,
)

FOUND = Threads(generation=1, prompt=2, tokens_per_second=19.3)


def test_fewer_threads_win_unless_more_are_clearly_faster() -> None:
    quiet = [
        Sample(threads=1, prompt=33.0, generation=19.3),
        Sample(threads=2, prompt=64.0, generation=20.1),
    ]
    assert choose(quiet) == FOUND
    busy = [
        Sample(threads=2, prompt=9.0, generation=1.6),
        Sample(threads=1, prompt=20.0, generation=4.1),
    ]
    assert choose(busy) == Threads(generation=1, prompt=1, tokens_per_second=4.1)


def test_a_disturbed_prompt_does_not_slow_all_later_ones_down() -> None:
    disturbed = [
        Sample(threads=1, prompt=33.0, generation=6.6),
        Sample(threads=2, prompt=25.0, generation=11.7),
    ]
    assert choose(disturbed) == Threads(generation=2, prompt=2, tokens_per_second=11.7)


@pytest.mark.parametrize(
    ("cores", "counts"), [(1, [1]), (2, [1, 2]), (4, [1, 2, 4]), (6, [1, 3, 6]), (64, [1, 4, 8])]
)
def test_candidates(cores: int, counts: list[int]) -> None:
    assert candidates(cores) == counts


def test_a_choice_is_remembered_for_the_same_number_of_cores(tmp_path: Path) -> None:
    path = tmp_path / "models" / "threads.json"
    assert remembered(path, 2) is None
    remember(path, 2, FOUND)
    assert remembered(path, 2) == FOUND
    assert remembered(path, 4) is None
    for broken in ("{", "[]", '{"cores": 2}', '{"cores": 2, "threads": {"x": 1}}'):
        path.write_text(broken)
        assert remembered(path, 2) is None


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1
