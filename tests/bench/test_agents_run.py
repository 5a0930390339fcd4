"""Both agents run in the harness: what reaches them, what is counted, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.models.chat import InferenceClientModel
from bench.agents.__main__ import main
from bench.agents.attempt import Attempt, failure
from bench.agents.config import AgentName, Config
from bench.agents.results import Results
from bench.agents.run import Plan, run
from bench.agents.served import Served, serve
from bench.agents.tasks import find
from tests.models.chat_server import Answer as Reply
from tests.models.chat_server import ChatServer, Pause, running, words
from tests.needs import needs_smolagents

CONFIG = Config(model="scripted", task_seconds=250)


def plan(task: str, *agents: AgentName, **more: Any) -> Plan:
    options = {"config": CONFIG, "resume": False, "warm_up": False, **more}
    return Plan(tasks=[find(task)], agents=agents, **options)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with running() as state:
        yield state


def served(server: ChatServer) -> Served:
    async def address() -> tuple[str, str]:
        return server.url, "none"

    model = InferenceClientModel("scripted", base_url=server.url, retries=0, temperature=0.0)
    return Served(model=model, model_id="scripted", address=address)


async def attempts(
    server: ChatServer, what: Plan, replies: Sequence[Reply], tmp_path: Path
) -> tuple[list[Attempt], list[str]]:
    """What each agent of the plan made of its task, and what the run told."""
    server.will(*replies)
    results, told = Results(tmp_path / "attempts.jsonl"), list[str]()
    await run(what, served(server), results, told.append)
    kept = Results(tmp_path / "attempts.jsonl")
    keys = [what.config.key(agent, what.tasks[0]) for agent in what.agents]
    return [attempt for key in keys if (attempt := kept.get(key))], told


def ours(code: str) -> Reply:
    return words(f"I count.\n```python\n{code}\n```\nThat is it.")


def theirs(code: str) -> Reply:
    return words(f"Thought: I count.\n<code>\n{code}\n</code>")


OURS, THEIRS = (make("final_answer(len('x' * 25))") for make in (ours, theirs))


async def test_our_agent_is_counted_and_kept(server: ChatServer, tmp_path: Path) -> None:
    what = plan("dates/leap-years", "ours")
    cut = Reply([*OURS.steps[:1], Pause(60), *OURS.steps[1:]])  # it has no count of its own
    (attempt,), told = await attempts(server, what, [cut, words("x")], tmp_path)
    assert (attempt.ended, attempt.answer, attempt.steps) == ("answer", "25", 1)
    assert (attempt.input_tokens, attempt.output_tokens) == (7, 1)
    assert "stream" not in server.bodies[-1]
    assert server.bodies[-1]["messages"] == server.bodies[-2]["messages"]
    assert server.bodies[0]["temperature"] == 0
    assert told[0].startswith("1 of 1: ours, dates/leap-years: 1 steps, 8 tokens, ")


@needs_smolagents
async def test_a_run_goes_on_where_it_was_interrupted(server: ChatServer, tmp_path: Path) -> None:
    what = plan("dates/leap-years", "ours", "smolagents", resume=True, warm_up=True)
    replies = [OURS, THEIRS, OURS, words("no code"), THEIRS]
    (our, their), told = await attempts(server, what, replies, tmp_path)
    assert [line.split(":")[0] for line in told] == [
        *("ours warms up", "smolagents warms up", "1 of 2", "2 of 2"),
    ]
    assert (our.answer, our.steps, our.tokens) == ("25", 1, 10)
    assert (their.answer, their.steps, their.tokens, their.unusable) == ("25", 2, 20, 1)
    asked = len(server.bodies)
    again, told = await attempts(server, what, [OURS], tmp_path)
    assert (again, told, len(server.bodies)) == ([our, their], [], asked)
    results = Results(tmp_path / "attempts.jsonl")
    other = plan("dates/leap-years", "ours", config=Config(model="scripted", steps=2), resume=True)
    assert [agent for _, agent in other.open(results)] == ["ours"]
    assert len(plan("dates/leap-years", "ours").open(results)) == 1


@needs_smolagents
async def test_files_reach_both(server: ChatServer, tmp_path: Path) -> None:
    what = plan("files/active-days", "ours", "smolagents")
    code = "open('active.txt', 'w').write(open('steps.txt').read())\nfinal_answer('done')"
    found, _ = await attempts(server, what, [ours(code), theirs(code)], tmp_path)
    assert [one.files["active.txt"] for one in found] == [what.tasks[0].files["steps.txt"]] * 2


@needs_smolagents
async def test_tools_reach_both(server: ChatServer, tmp_path: Path) -> None:
    what = plan("tools/deepest-lake", "ours", "smolagents")
    code = "final_answer(depth_of('Como') + depth_of('Bled'))"
    found, _ = await attempts(server, what, [ours(code), theirs(code)], tmp_path)
    assert [one.answer for one in found] == ["440", "440"]


@needs_smolagents
async def test_follow_ups_reach_both(server: ChatServer, tmp_path: Path) -> None:
    what = plan("follow_ups/divisors", "ours", "smolagents")
    codes = "d = 7\nfinal_answer(d)", "final_answer(d * 11 + 1)"
    replies = [*map(ours, codes), *map(theirs, codes)]
    found, _ = await attempts(server, what, replies, tmp_path)
    assert [(one.answer, one.steps) for one in found] == [("78", 2), ("78", 2)]


@needs_smolagents
async def test_the_work_of_sub_agents_is_counted(server: ChatServer, tmp_path: Path) -> None:
    what = plan("sub_agents/pasta", "ours", "smolagents")
    hand_over, look_up = "final_answer(dietician(task='pasta?'))", "final_answer(calories('pasta'))"
    replies = [
        *(ours(hand_over), words(""), ours(look_up)),
        *(theirs(hand_over), words("no code"), theirs(look_up)),
    ]
    found, _ = await attempts(server, what, replies, tmp_path)
    assert [failure(what.tasks[0], one) for one in found] == [None, None]
    assert [(one.steps, one.unusable, one.tokens) for one in found] == [(3, 1, 30), (3, 1, 30)]


async def test_what_is_well_formed_is_no_format_failure(server: ChatServer, tmp_path: Path) -> None:
    what = plan("tools/deepest-lake", "ours", config=Config(model="scripted", steps=1))
    stand_in = ours("def depth_of(lake):\n    return 1\nfinal_answer(depth_of('Como'))")
    (attempt,), _ = await attempts(server, what, [stand_in, words(""), words("?")], tmp_path)
    assert (attempt.unusable, attempt.challenged) == (2, 1)


@needs_smolagents
async def test_steps_that_run_out(server: ChatServer, tmp_path: Path) -> None:
    short = Config(model="scripted", steps=1)
    what = plan("dates/leap-years", "ours", "smolagents", config=short)
    last = words("I could not find out.")
    found, _ = await attempts(server, what, [ours("1 / 0"), last, theirs("1 / 0"), last], tmp_path)
    assert [failure(what.tasks[0], one) for one in found] == ["code error at the end"] * 2
    assert [one.steps for one in found] == [2, 2]
    assert all("division by zero" in one.error for one in found)


@needs_smolagents
async def test_attempts_that_take_too_long(server: ChatServer, tmp_path: Path) -> None:
    short = Config(model="scripted", task_seconds=1)
    what = plan("dates/leap-years", "ours", "smolagents", config=short)
    found, _ = await attempts(server, what, [Reply([Pause(100)])], tmp_path)
    assert [one.ended for one in found] == ["timeout", "timeout"]
    assert all(1 <= one.seconds < 100 for one in found)  # nobody has waited for the reply


@needs_smolagents
async def test_a_model_that_refuses(server: ChatServer, tmp_path: Path) -> None:
    what = plan("dates/leap-years", "ours", "smolagents")
    broken = Reply(status=400, body={"error": {"message": "no such model"}})
    found, _ = await attempts(server, what, [broken], tmp_path)
    assert [one.ended for one in found] == ["crash", "crash"]
    assert all(one.error for one in found)


async def test_a_server_at_an_address_is_asked_there(server: ChatServer) -> None:
    async with serve(f"{server.url}/v1", CONFIG, model_id="m", key="k") as found:
        assert await found.address() == (server.url, "k")
        server.will(words("x"))
        assert await found.count([]) == 7
    assert server.bodies[0]["model"] == "m"
    assert server.headers[0]["authorization"] == "Bearer k"


@needs_smolagents
def test_one_command_tries_and_reports(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ["--model", server.url, "--model-id", "m", "--set", "dev", "--resume"]
    order += ["--only", "dates/leap-years", "--results", str(tmp_path / "attempts.jsonl")]
    server.will(OURS, OURS)
    main([*order, "--agents", "ours"])
    assert capsys.readouterr().out.endswith("No task was tried by both agents yet.\n")
    server.will(words("no code"))
    main(order)
    told = capsys.readouterr().out
    assert "1 of 1: smolagents, dates/leap-years: 7 steps" in told
    assert "| format failure | 0 | 1 |" in told
    assert "| solved | 1 of 1 (100%; 21% to 100%) | 0 of 1 (0%; 0% to 79%) |" in told


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(SystemExit, match="held-out has no task dates/leap-years"):
        main(["--only", "dates/leap-years"])
