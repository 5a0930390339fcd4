"""One reply of the corpus and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass

from agent.parsing import Action, Reply


@dataclass(frozen=True, slots=True)
class Shape:
    """A reply; `fault` is a part of the sentence that the model gets where it cannot be used."""

    name: str
    text: str
    result: Action | Reply
    thinking: str = ""
    fault: str = ""


def acts(
    name: str, text: str, code: str = "print(1)\n", thought: str = "I add.", thinking: str = ""
) -> Shape:
    return Shape(name, text, Action(thought, code), thinking)


def speaks(name: str, text: str, shown: str | None = None, thinking: str = "") -> Shape:
    return Shape(name, text, Reply(text.strip() if shown is None else shown), thinking)


def fails(name: str, text: str, fault: str, result: Action | Reply | None = None) -> Shape:
    return Shape(name, text, Reply(text.strip()) if result is None else result, fault=fault)
