"""The executor for scripts, against the real worker."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from executors.base import Limits
from executors.local.sync import LocalPythonExecutor

ROOT = Path(__file__).parents[3]


@pytest.fixture
def executor() -> Generator[LocalPythonExecutor, None, None]:
    with LocalPythonExecutor(limits=Limits(seconds=100)) as made:
        yield made


def test_variables_persist_and_prints_are_logs(executor: LocalPythonExecutor) -> None:
    first = executor("total = 40\nprint('counting')")
    assert (first.output, first.logs, first.is_final_answer, first.error) == (
        None,
        "counting\n",
        False,
        None,
    )
    assert executor("total + 2").output == "42"


def test_a_final_answer_keeps_its_type(executor: LocalPythonExecutor) -> None:
    done = executor(
        "import datetime\nfinal_answer({'day': datetime.date(2024, 2, 29), 'n': (1, 2)})"
    )
    assert done.is_final_answer
    assert done.output == {"day": date(2024, 2, 29), "n": (1, 2)}


def test_the_codes_own_failures_are_values_and_state_stays(executor: LocalPythonExecutor) -> None:
    executor("kept = [1]")
    failed = executor("print('before')\n1 / 0")
    assert failed.error is not None
    assert (failed.error.name, failed.error.line, failed.logs) == (
        "ZeroDivisionError",
        2,
        "before\n",
    )
    refused = executor("import socket")
    assert refused.error is not None
    assert "socket" in refused.error.message
    assert executor("kept").output == "[1]"


def test_a_limit_ends_the_cell_and_keeps_the_state() -> None:
    with LocalPythonExecutor(limits=Limits(seconds=1.5)) as executor:
        executor("kept = 7")
        ended = executor("while True: pass")
        assert ended.error is not None
        assert ended.error.name in ("TimeLimit", "OperationLimit")
        assert executor("kept").output == "7"


def test_long_prints_are_cut_in_the_middle() -> None:
    with LocalPythonExecutor(max_print_outputs_length=1_000) as executor:
        logs = executor("print('head' + 'x' * 50_000 + 'tail')").logs
    assert logs.startswith("head")
    assert logs.endswith("tail\n")
    assert 1_000 <= len(logs) < 1_200


def test_only_authorised_modules_can_be_imported() -> None:
    with LocalPythonExecutor() as plain, LocalPythonExecutor(["tomllib"]) as wider:
        code = "import tomllib\ntomllib.loads('a = 1')"
        assert plain(code).error is not None
        assert wider(code).output == "{'a': 1}"


def test_variables_arrive_as_data_and_are_copied_at_once(executor: LocalPythonExecutor) -> None:
    rows = [{"name": "'; raise SystemExit #", "day": date(2024, 1, 2)}]
    executor.send_variables({"rows": rows, "big": 2**80, "pair": (1, {2, 3}), "raw": b"\x00\xff"})
    rows.clear()
    assert executor("rows[0]['name'], rows[0]['day'].year").output == (
        '("\'; raise SystemExit #", 2024)'
    )
    assert executor("big == 2**80, pair, raw").output == "(True, (1, {2, 3}), b'\\x00\\xff')"


def test_variables_can_be_sent_again_between_cells(executor: LocalPythonExecutor) -> None:
    executor.send_variables({"x": 1})
    assert executor("x += 1\nx").output == "2"
    assert executor("x").output == "2"  # it is not sent a second time
    executor.send_variables({"x": 10})
    assert executor("x").output == "10"


def test_a_data_frame_can_be_sent() -> None:
    pandas = pytest.importorskip("pandas")
    with LocalPythonExecutor(["pandas"], limits=Limits(seconds=40)) as executor:
        executor.send_variables({"table": pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})})
        assert executor("int(table['a'].sum()), list(table['b'])").output == "(3, ['x', 'y'])"


@pytest.mark.parametrize("name", ["not a name", "class", "__builtins__", "x=1;y", ""])
def test_a_name_that_is_no_name_is_refused(executor: LocalPythonExecutor, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        executor.send_variables({name: 1})


def test_a_value_that_is_no_data_is_refused(executor: LocalPythonExecutor) -> None:
    with pytest.raises(TypeError, match="'lock' cannot be sent"):
        executor.send_variables({"fine": 1, "lock": [threading.Lock()]})
    assert executor("fine").error is not None  # all or nothing


def test_a_value_that_is_too_large_is_refused() -> None:
    with LocalPythonExecutor(limits=Limits(call_bytes=1_000)) as executor:
        with pytest.raises(ValueError, match="'text' cannot be sent"):
            executor.send_variables({"text": "x" * 2_000})
        assert executor("1").output == "1"


def test_functions_run_here(executor: LocalPythonExecutor) -> None:
    where: list[int] = []

    def add(a: int, b: int = 2) -> int:
        """Adds."""
        where.append(threading.get_ident())
        return a + b

    async def later(text: str) -> str:
        await asyncio.sleep(0)
        return text.upper()

    executor.send_tools({"add": add, "later": later})
    assert executor("add(1), add(1, b=5), add.__doc__, later('x')").output == (
        "(3, 6, 'Adds.', 'X')"
    )
    assert len(where) == 2


def test_what_a_function_raises_is_raised_in_the_code(executor: LocalPythonExecutor) -> None:
    def lookup(key: str) -> str:
        return {}[key]

    def leave() -> None:
        sys.exit(3)

    def dry() -> None:
        next(iter(()))

    executor.send_tools({"lookup": lookup, "leave": leave, "dry": dry})
    caught = "try:\n    {}\nexcept {} as exc:\n    text = str(exc)\ntext"
    assert "missing" in str(executor(caught.format("lookup('missing')", "KeyError")).output)
    assert "tried to exit" in str(executor(caught.format("leave()", "RuntimeError")).output)
    assert "StopIteration" in str(executor(caught.format("dry()", "RuntimeError")).output)


def test_functions_come_before_the_first_cell(executor: LocalPythonExecutor) -> None:
    def one() -> int:
        return 1

    executor.send_tools({"one": one})
    assert executor("one()").output == "1"
    executor.send_tools({"one": one})
    with pytest.raises(RuntimeError, match=r"\['two'\] come too late"):
        executor.send_tools({"one": one, "two": lambda: 2})


@pytest.mark.parametrize(
    ("name", "function", "error", "message"),
    [
        ("final_answer", lambda answer: answer, ValueError, "is taken"),
        ("not a name", lambda: 1, ValueError, "cannot be a name"),
        ("many", lambda *all_of_them: 1, TypeError, "passed by name"),
        ("odd", lambda x=threading: 1, TypeError, "'x' cannot be sent"),
    ],
)
def test_functions_that_cannot_be_sent(
    executor: LocalPythonExecutor, name: str, function: Any, error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        executor.send_tools({name: function})


async def test_it_works_inside_a_running_loop(executor: LocalPythonExecutor) -> None:
    assert executor("1 + 1").output == "2"


def test_calls_from_threads_wait_for_each_other(executor: LocalPythonExecutor) -> None:
    executor("n = 0")
    threads = [threading.Thread(target=executor, args=("n += 1",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert executor("n").output == "4"


def test_a_closed_one_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    executor = LocalPythonExecutor()
    executor("1")
    assert list(tmp_path.iterdir()) != []
    executor.close()
    executor.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError, match="is closed"):
        executor("1")


def test_one_that_is_dropped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    executor = LocalPythonExecutor()
    executor("1")
    assert list(tmp_path.iterdir()) != []
    del executor
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_script_that_just_ends_prints_nothing_else() -> None:
    script = (
        "from executors.local.sync import LocalPythonExecutor\n"
        "executor = LocalPythonExecutor()\n"
        "print(executor('6 * 7').output)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=200
    )
    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)


@pytest.mark.parametrize("code", ["!pip install numpy", "x = 1\n  %time x", "%pip install a\nx"])
def test_a_shell_command_is_answered_with_what_to_do(code: str) -> None:
    with LocalPythonExecutor() as executor:
        error = executor(code).error
    assert error is not None
    assert error.name in ("SyntaxError", "IndentationError")
    assert "no shell commands" in error.hint
