"""The small parts, without a sandbox."""

from __future__ import annotations

import ast
import sys
import time

from executors.base import Output
from executors.e2b.output import Printer
from executors.e2b.prelude import MODULES, PACKAGES, source_of
from executors.meter import Meter


def test_the_meter_stands_still_while_any_tool_works() -> None:
    meter = Meter(1.0)
    meter.pause()
    meter.pause()
    before = meter.left
    time.sleep(0.05)
    assert meter.left == before
    meter.resume()
    time.sleep(0.05)
    assert meter.left == before
    meter.resume()
    time.sleep(0.05)
    assert meter.left <= before - 0.05


def test_the_meter_can_only_be_shortened() -> None:
    meter = Meter(0.5)
    meter.shorten(10)
    assert meter.left <= 0.5
    meter.shorten(0.1)
    assert meter.left <= 0.1


def test_the_printer_accounts_for_every_character() -> None:
    found: list[Output] = []
    printer = Printer(101, found.append)
    for number in range(1_000):
        printer.write(Output(stream="stdout", text=f"{number:09}\n"))
    printer.close()
    text = "".join(output.text for output in found)
    everything = "".join(f"{number:09}\n" for number in range(1_000))
    assert text == everything[:51] + "\n… 9,899 characters cut …\n" + everything[-50:]


def test_the_printer_leaves_what_fits_as_it_is() -> None:
    found: list[Output] = []
    printer = Printer(10, found.append)
    printer.write(Output(stream="stderr", text="0123456789"))
    printer.close()
    assert {output.stream for output in found} == {"stderr"}
    assert "".join(output.text for output in found) == "0123456789"


def test_what_is_sent_inside_brings_all_that_it_imports() -> None:
    sent: set[str] = set(PACKAGES)
    for module in MODULES:
        for node in ast.walk(ast.parse(source_of(module))):
            match node:
                case ast.Import(names=names):
                    needed = {alias.name for alias in names}
                case ast.ImportFrom(module=str(name)):
                    needed = {name}
                case _:
                    continue
            for name in needed:
                assert name in sent or name.split(".")[0] in sys.stdlib_module_names, module
        sent.add(module)
