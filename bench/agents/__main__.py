"""`python -m bench.agents`: both agents at the held-out tasks; a report in Markdown on stdout."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from bench.agents.config import AGENTS, AgentName, Config
from bench.agents.report import report
from bench.agents.results import Results, default_file
from bench.agents.run import Plan, run
from bench.agents.served import EMBEDDED, described, serve
from bench.agents.summary import Tried
from bench.agents.task import Task
from bench.agents.tasks import TaskSet, load
from bench.document import write_section
from bench.executor.report import conditions


def tasks_of(name: TaskSet, only: str) -> list[Task]:
    """The tasks of a set, or those of the ids in `only`, with commas between them.

    Raises:
        SystemExit: an id is unknown.
    """
    tasks = load(name)
    if not only:
        return tasks
    wanted = only.split(",")
    if unknown := set(wanted) - {task.id for task in tasks}:
        raise SystemExit(f"{name} has no task {', '.join(sorted(unknown))}")
    return [task for task in tasks if task.id in wanted]


def tried(tasks: Sequence[Task], config: Config, results: Results) -> list[Tried]:
    """The tasks that both agents have tried."""
    found: list[Tried] = []
    for task in tasks:
        ours, theirs = (results.get(config.key(agent, task)) for agent in AGENTS)
        if ours and theirs:
            found.append(Tried(task=task, ours=ours, theirs=theirs))
    return found


async def measure(options: argparse.Namespace, plan: Plan, results: Results) -> None:
    """Make the attempts that are open."""
    if not plan.open(results):
        return
    target = serve(options.model, plan.config, model_id=options.model_id, key=options.key)
    async with target as served:
        await run(plan, served, results, lambda line: print(line, flush=True))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    options = _parser().parse_args(arguments)
    config = Config(model=described(options.model, options.model_id), steps=options.steps)
    tasks = tasks_of(options.set, options.only)
    if find_spec("smolagents") is None:
        raise SystemExit('smolagents is not installed here: pip install -e ".[bench]"')
    agents: list[AgentName] = [name for name in AGENTS if name in options.agents.split(",")]
    results = Results(options.results)
    where = conditions(os.getloadavg()[0])
    plan = Plan(tasks=tasks, agents=agents, config=config, resume=options.resume)
    asyncio.run(measure(options, plan, results))
    if not (found := tried(tasks, config, results)):
        print("No task was tried by both agents yet.")
        return
    left = len(tasks) - len(found)
    text = report(found, name=options.set, left=left, config=config, where=where)
    print(text)
    if options.write:
        write_section("agents", text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.agents", description=__doc__)
    add = parser.add_argument
    add("--model", default=EMBEDDED, help="'embedded', or the URL of an OpenAI-compatible server")
    add("--model-id", default="", help="what the server at that URL calls the model")
    add("--key", default=os.environ.get("BENCH_API_KEY", "none"), help="of that server")
    add("--set", choices=("held-out", "dev"), default="held-out", help="which tasks")
    add("--only", default="", help="ids of tasks, with commas between them")
    add("--agents", default=",".join(AGENTS), help="who tries them")
    add("--steps", type=int, default=6, help="model calls for each thing that the person says")
    add("--resume", action="store_true", help="keep attempts made under the same conditions")
    add("--results", type=Path, default=default_file(), help="where attempts are kept")
    add("--write", action="store_true", help="the report into docs/benchmarks.md as well")
    return parser


if __name__ == "__main__":
    main()
