"""Runs one cell on the state: guard, compile, execute, and tell what came of it."""

from __future__ import annotations

import inspect
import linecache
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType, ModuleType
from typing import Any

from executors import carry, recall, values, wire
from executors.base import FINAL_ANSWER, Limits, ToolSpec
from executors.local import display, failure, libraries, stubs
from executors.local.guard import files, judged, off, pool, runtime
from executors.local.guard.compiler import Compiler
from executors.local.guard.imports import Importer
from executors.local.link import Link
from executors.local.output import OutputPump, Streams, print_whole
from executors.local.statements import Statements
from executors.local.threads import THREADS
from executors.variables import Ledger, measured

NO_VALUE = object()
_PLAIN = (str, int, float, type(None))
"""What a tool gives that no code can do anything with but compute."""


class _Noticed:
    """A function of which it is known that it is called. Like one of C's, it becomes no method."""

    def __init__(self, function: Callable[..., Any], notice: Callable[[], None]) -> None:
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self._function, self._notice = function, notice

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self._notice()
        return self._function(*arguments, **named)

    def __repr__(self) -> str:
        return repr(self._function)


class Interpreter:
    """The variables of a conversation, and all that its code can reach."""

    def __init__(
        self,
        tools: Sequence[ToolSpec],
        imports: Sequence[str],
        limits: Limits,
        *,
        guarded: bool = True,
    ) -> None:
        self._limits = limits
        self._link: Link | None = None
        self._pump: OutputPump | None = None
        self._statements: Statements | None = None
        self._reached: tuple[int, int] | None = None
        self._answer: Any = NO_VALUE
        self._budget = runtime.Budget(0)
        self._cells = 0
        self._sources: list[str] = []
        self._streams = Streams()
        sys.stdout, sys.stderr = self._streams.stdout, self._streams.stderr
        self._importer = Importer(imports, self._loaded)
        self._outside = not guarded
        """Whether code has got hold of what may do another thing the next time: a clock, chance, a
        file, a class, whose instances are hashed by where they are. Any later cell may use it."""
        self._reached_out = False
        """Whether the running cell has done what it cannot do again: asked the host for something,
        shown it something, or looked where in memory things are."""
        module = ModuleType(runtime.MAIN)
        sys.modules[runtime.MAIN] = module
        self._names = vars(module)
        self._builtins = runtime.guarded_builtins(self._display) | self._importer.names()
        self._builtins["$import_all"] = self._import_all
        pillow = self._importer.grants("PIL.Image")
        functions: dict[str, Callable[..., Any]] = {
            spec.name: stubs.tool_function(spec, self._call, pillow=pillow) for spec in tools
        }
        functions[FINAL_ANSWER] = stubs.final_answer_function(self._record)
        functions |= {carry.OUT: self._carry_out, carry.IN: self._carry_in}
        if recall.RECALL in functions:
            self._builtins[recall.STEPS] = recall.Steps(functions[recall.RECALL])
        if guarded:
            files.keep_sources_inside()
            judged.settle_in()
        else:
            self._builtins |= off.builtins()
        for name in ("open", "__build_class__"):
            self._builtins[name] = self._noticed(self._builtins[name], ever=True)
        for name in ("id", "hash"):
            self._builtins[name] = self._noticed(self._builtins[name], ever=False)
        self._builtins |= functions
        self._names["__builtins__"] = self._builtins
        compiler = Compiler(self._names, self._builtins)
        self._compile = compiler.compile if guarded else off.compile_cell
        self._ledger = Ledger()
        THREADS.settle_in(self._thread_starts, self._thread_failed)
        pool.settle_in()

    def run(self, code: str, link: Link) -> wire.Done:
        """Run a cell and return its last frame. All that it does to the variables stays."""
        self._link, self._answer, self._reached_out = link, NO_VALUE, False
        self._pump = pump = OutputPump(link.wrote, self._limits.output_chars)
        self._streams.open(pump, self._look)
        self._builtins["print"] = print
        try:
            done = self._outcome(code)
        finally:
            self._streams.close(pump)
            self._link = self._pump = self._statements = None
        changed, gone = self._ledger.changes(self._names)
        done.changed.extend(changed)
        done.gone.extend(gone)
        repeatable = not (self._outside or self._reached_out or done.is_answer)
        return replace(done, repeatable=repeatable)

    def rehearse(self) -> None:
        """Run an empty cell without a trace: the first real one finds memory that is its own."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self.run("None", Link(theirs, self._limits))
        self._cells -= 1
        self._sources.pop()

    def _outcome(self, code: str) -> wire.Done:
        try:
            return self._succeeded(code)
        except BaseException as exc:  # noqa: BLE001 whatever the code raised is its outcome
            runtime.set_budget(self._builtins, self._limits.operations)  # for its own __str__
            told = self._importer.explained(exc)
            error = failure.describe(told, self._names | self._builtins, self._importer.authorized)
            return wire.Done(error=wire.as_fields(error))

    def _succeeded(self, code: str) -> wire.Done:
        text: str | None = None
        THREADS.begin()
        try:
            text = self._shown(self._execute(code))
            display.show_figures(self._show)
            THREADS.join(self._is_answered, self._tell)
            runtime.check_budget(self._builtins)
        except stubs.FinalAnswer:
            pass
        except BaseException:
            if not self._is_answered():
                raise
        finally:
            THREADS.end(self._budget.end)
        if self._is_answered():
            answer = values.encode(self._answer, max_bytes=self._limits.call_bytes)
            return wire.Done(answer=answer, is_answer=True)
        return wire.Done(value=text or "", has_value=text is not None)

    def _execute(self, code: str) -> Any:
        filename = f"{failure.CELL_FILE}{self._cells + 1}>"
        self._cells += 1
        self._sources.append(code)
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        program = self._compile(code, filename)
        self._statements, self._reached = program.statements, None
        self._budget = runtime.set_budget(self._builtins, self._limits.operations)
        return program.run(self._names)

    def _shown(self, value: Any) -> str | None:
        """The text of the cell's value; what is richer is shown as well."""
        if value is None:
            return None
        text = str.__str__(repr(value))  # a subclass could say that it is short
        limit = self._limits.value_chars
        if len(text) > limit:
            text = f"{text[:limit]}… ({len(text):,} characters)"
        text = measured(value, text)
        display.show_rich(value, self._show, text[:500])
        return text

    def _carry_out(self) -> dict[str, Any]:
        """What can move to another executor; see `executors.carry`."""
        return carry.carry_out(dict(self._names), self._sources)

    def _carry_in(self, path: str) -> None:
        """Take over what another executor gave out, from a file of the workspace."""
        self._outside = True
        with runtime.guarded_open(path, encoding="utf-8") as file:
            carry.carry_in(self._names, file.read())

    def _record(self, answer: Any) -> None:
        if not self._is_answered():
            self._answer = answer
            if threading.get_ident() != THREADS.main:
                self._budget.end()  # so that the cell itself ends too

    def _is_answered(self) -> bool:
        return self._answer is not NO_VALUE

    def _thread_starts(self) -> None:
        """From now on what is printed comes from several threads."""
        self._streams.share()
        self._builtins["print"] = print_whole

    def _thread_failed(self, told: Any) -> None:
        """Tell why a thread has ended, as `threading.excepthook` does."""
        error = told.exc_value
        if error is None or isinstance(error, runtime.Stop | SystemExit):
            return
        found = failure.describe(self._importer.explained(error), {}, ())
        name = told.thread.name if told.thread is not None else ""
        text = found.traceback or f"{found.name}: {found.message}\n"
        print_whole(f"Exception in thread {name}:\n{text}", end="", file=sys.stderr)

    def _tell(self, text: str) -> None:
        if self._link is not None:
            self._flush()
            self._link.wrote("stderr", text)

    def _call(self, name: str, arguments: dict[str, Any]) -> wire.ToolResult:
        if self._link is None:
            raise RuntimeError("tools can be called by a running cell only")
        self._reached_out = True
        self._flush()
        self._look(inspect.currentframe())
        result = self._link.call(name, arguments)
        if not isinstance(result.value, _PLAIN):
            self._outside = True  # a date tells the time, a table writes files
        return result

    def _look(self, frame: FrameType | None) -> None:
        """Tell which statement is running, where it is another one than the last time."""
        reached = self._statements.running(frame) if self._statements is not None else None
        if reached is not None and reached != self._reached and self._link is not None:
            self._reached = reached
            self._link.send(wire.Reached(line=reached[0], end_line=reached[1]))

    def _flush(self) -> None:
        """Send what was printed before something else is sent."""
        self._streams.flush()
        if self._pump is not None:
            self._pump.flush()

    def _show(self, mime: str, data: str, alt: str) -> None:
        if self._link is not None:
            self._reached_out = True
            self._flush()
            self._link.showed(mime, data, alt)

    def _display(self, *shown: Any) -> None:
        """`display(value, …)` of the code."""
        for value in shown:
            text = str.__str__(repr(value))[: self._limits.value_chars]
            if not display.show_rich(value, self._show, text[:500]):
                self._streams.stdout.write(text + "\n")

    def _import_all(self, name: str) -> None:
        self._names.update(self._importer.import_all(name))

    def _noticed(self, function: Callable[..., Any], *, ever: bool) -> Callable[..., Any]:
        """The same function; that it has been called is known, for this cell or for ever."""

        def notice() -> None:
            self._reached_out = True
            self._outside = self._outside or ever

        return _Noticed(function, notice)

    def _loaded(self, name: str) -> None:
        self._outside = self._outside or not self._importer.is_deterministic(name)
        if name.partition(".")[0] == "matplotlib":
            display.patch_pyplot(self._show)
        libraries.settle_in()
