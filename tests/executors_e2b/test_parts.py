"""The small parts, without a sandbox."""

from __future__ import annotations

import time

from executors.base import Output
from executors.e2b.meter import Meter
from executors.e2b.output import TAIL_CHARS, Printer


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
    printer = Printer(100, found.append)
    for number in range(1_000):
        printer.write(Output(stream="stdout", text=f"{number:09}\n"))
    printer.close()
    text = "".join(output.text for output in found)
    head, middle, tail = text[:100], text[100:].split("…")[1], text.split("…\n")[1]
    assert head == "".join(f"{n:09}\n" for n in range(10))
    assert tail.endswith("000000999\n")
    assert len(tail) >= TAIL_CHARS
    assert len(head) + int(middle.split()[0]) + len(tail) == 10_000


def test_the_printer_leaves_what_fits_as_it_is() -> None:
    found: list[Output] = []
    printer = Printer(10, found.append)
    printer.write(Output(stream="stderr", text="0123456789"))
    printer.close()
    assert found == [Output(stream="stderr", text="0123456789")]
