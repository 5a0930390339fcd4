"""What the model reads about a cell."""

from __future__ import annotations

from agent.observation import PRINTED_CHARS, cut, observe
from executors.base import (
    CodeError,
    Display,
    FileInfo,
    FilesChanged,
    Finished,
    Notice,
    Output,
    Variable,
    VariablesChanged,
)


def test_prints_then_shown_things_then_the_value() -> None:
    text = observe(
        [
            Output(stream="stdout", text="a\n"),
            Display(mime="image/png", data="xxxx", alt="a figure"),
            Output(stream="stderr", text="b\n"),
            FilesChanged(files=(FileInfo(path="out.csv", size=3),)),
            Finished(outcome="ok", value="42"),
        ]
    )
    assert text == (
        "Observation:\na\nb\nShown (image/png): a figure\n"
        "Files written: out.csv\nValue of the last line: 42"
    )


def test_how_written_files_begin_is_shown() -> None:
    cell = [FilesChanged(files=(FileInfo(path="out.csv", size=8),)), Finished(outcome="ok")]
    text = observe(cell, written={"out.csv": b"a,b\n1,2\n"})
    assert text == (
        "Observation:\nFiles written: out.csv\n- 'out.csv' (8 bytes) begins:\n  a,b\n  1,2"
    )


def test_silence_is_said() -> None:
    assert "printed nothing" in observe([Finished(outcome="ok")])


def test_an_error_has_its_traceback_and_hint_and_what_was_lost() -> None:
    error = CodeError(
        name="NameError",
        message="no x",
        traceback="line 1\nNameError: no x",
        hint="Did you mean y?",
    )
    text = observe([Finished(outcome="error", error=error, state_kept=False)])
    assert "line 1\nNameError: no x" in text
    assert "Hint: Did you mean y?" in text
    assert "variables of earlier actions are gone" in text


def test_only_warnings_reach_the_model() -> None:
    events = [
        Notice(text="starting"),
        Notice(text="state lost", level="warning"),
        Finished(outcome="ok"),
    ]
    assert "starting" not in observe(events)
    assert "state lost" in observe(events)


def test_a_flood_is_cut_in_the_middle_with_the_count() -> None:
    text = observe([Output(stream="stdout", text="x" * 50_000 + "END"), Finished(outcome="ok")])
    assert len(text) < PRINTED_CHARS + 200
    assert "46003 characters cut" in text
    assert text.rstrip().endswith("END")
    assert cut("short", 10) == "short"


def test_an_error_comes_with_what_its_lines_had() -> None:
    error = CodeError(
        name="ValueError",
        message="no number",
        traceback=(
            'Traceback (most recent call last):\n  File "<cell 1>", line 2, in <module>\n'
            "    total = sum(int(time) for time in times)\n            ^^^^^^^^\n"
            'ValueError: invalid: "other"'
        ),
    )
    changed = VariablesChanged(
        changed=(
            Variable(name="times", kind="list", shape=(2,), preview="['7h', 'off']"),
            Variable(name="other", kind="int", preview="3"),
            Variable(name="time", kind="module"),
        )
    )
    end = Finished(outcome="error", error=error)
    begins = "Observation:\nWhere the code failed it had times: "
    assert observe([changed, end]).startswith(
        f"{begins}list of 2 = ['7h', 'off']\nThe code failed."
    )
    before = {"times": Variable(name="times", kind="str", preview="'early'")}
    assert observe([end], known=before).startswith(f"{begins}str = 'early'\n")
    assert "['7h', 'off']" in observe([changed, end], known=before)
    for told in (
        observe([end]),
        observe([changed, Finished(outcome="ok")], known=before),
        observe([changed, end], code="times = ['7h', 'off']\nsum(map(int, times))"),
    ):
        assert "it had" not in told
    five = VariablesChanged(changed=(Variable(name="times", kind="int", preview="5"),))
    assert "times: int = 5" in observe([five, end], code="times = len('12345')\nf(times - 5)")


def test_only_what_a_whole_line_at_the_top_level_reads_is_told() -> None:
    def told(line: str, where: str = "<module>", gone: tuple[str, ...] = ()) -> str:
        traceback = (
            f'Traceback (most recent call last):\n  File "<cell 1>", line 2, in {where}\n'
            f"    {line}\nValueError: no"
        )
        error = CodeError(name="ValueError", message="no", traceback=traceback)
        known = {name: Variable(name=name, kind="int", preview=f"{name}!") for name in "xyz"}
        cell = [VariablesChanged(gone=gone), Finished(outcome="error", error=error)]
        return observe(cell, known=known).partition("The code failed.")[0]

    assert "x: int = x!; y: int = y!" in told("f(x, y, 'z', a.z)")
    assert "x: int = x!" in told("for y in x:")
    assert told("f(x)", where="f") == "Observation:\n"
    assert told("[f(x) for x in range(3)]") == "Observation:\n"
    assert told("f(x,") == "Observation:\n"
    assert told("print(x)", gone=("x",)) == "Observation:\n"
