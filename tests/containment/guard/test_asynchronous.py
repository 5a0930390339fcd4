"""asyncio: tasks, their stacks, and loops that can do more than run coroutines."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

SETUP = """import asyncio
class Quiet:
    def __getattr__(self, name):
        return lambda *a: None
"""
LOOP = """
loop = asyncio.new_event_loop()
try:
    found = {}
finally:
    loop.close()
found"""


def on_loop(expression: str) -> str:
    """Code that asks something of a loop."""
    return SETUP + LOOP.format(expression)


ATTACKS = {
    "the stack of a task": Escape(
        SETUP
        + "async def f():\n    return prize(asyncio.current_task().get_stack()[-1].f_globals)\n"
        "asyncio.run(f())",
        "may not be used",
    ),
    "the printed stack of a task": Escape(
        SETUP + "import io\nasync def f():\n    out = io.StringIO()\n"
        "    asyncio.current_task().print_stack(file=out)\n    return 'Stack' in out.getvalue()\n"
        "asyncio.run(f())",
        "'print_stack' may not be used",
    ),
    "the coroutine of a task": Escape(
        SETUP + "async def f():\n"
        "    return prize(asyncio.current_task().get_coro().cr_frame.f_globals)\nasyncio.run(f())",
        "may not be used",
    ),
    "what a coroutine waits for": Escape(
        SETUP + "async def f():\n    return asyncio.current_task().get_coro().cr_await is None\n"
        "asyncio.run(f())",
        "'cr_await' may not be used",
    ),
    "a program by asyncio": Escape(
        SETUP + "async def f():\n    p = await asyncio.create_subprocess_exec('true')\n"
        "    return await p.wait() == 0\nasyncio.run(f())",
        "no attribute 'create_subprocess_exec'",
    ),
    "a program by its loop": Escape(
        SETUP + "async def f():\n    loop = asyncio.get_running_loop()\n"
        "    transport, _ = await loop.subprocess_exec(Quiet, 'true')\n"
        "    await asyncio.sleep(0.1)\n    transport.close()\n    return True\nasyncio.run(f())",
        "subprocess_exec",
    ),
    "a shell by its loop": Escape(
        SETUP + "async def f():\n    loop = asyncio.get_running_loop()\n"
        "    transport, _ = await loop.subprocess_shell(Quiet, 'true')\n"
        "    await asyncio.sleep(0.1)\n    transport.close()\n    return True\nasyncio.run(f())",
        "subprocess_shell",
    ),
    "a program by the private method of a loop": Escape(
        on_loop("callable(loop._make_subprocess_transport)"), "'_make_subprocess_transport'"
    ),
    "a server by asyncio": Escape(
        SETUP + "async def f():\n    s = await asyncio.start_server(plain, '127.0.0.1', 0)\n"
        "    s.close()\n    return True\nasyncio.run(f())",
        "no attribute 'start_server'",
    ),
    "a server by its loop": Escape(
        SETUP + "async def f():\n    loop = asyncio.get_running_loop()\n"
        "    s = await loop.create_server(plain, '127.0.0.1', 0)\n"
        "    s.close()\n    return True\nasyncio.run(f())",
        "create_server",
    ),
    "a connection by asyncio": Escape(
        SETUP + "async def f():\n    try:\n        await asyncio.open_connection('127.0.0.1', 1)\n"
        "    except ConnectionError:\n        return True\nasyncio.run(f())",
        "no attribute 'open_connection'",
    ),
    "a connection by its loop": Escape(
        SETUP + "async def f():\n    try:\n        await asyncio.get_running_loop()"
        ".create_connection(plain, '127.0.0.1', 1)\n"
        "    except ConnectionError:\n        return True\nasyncio.run(f())",
        "create_connection",
    ),
    "a datagram by its loop": Escape(
        SETUP + "async def f():\n    t, _ = await asyncio.get_running_loop()"
        ".create_datagram_endpoint(Quiet, remote_addr=('127.0.0.1', 9))\n"
        "    t.close()\n    return True\nasyncio.run(f())",
        "create_datagram_endpoint",
    ),
    "a name that its loop looks up": Escape(
        SETUP + "async def f():\n"
        "    return len(await asyncio.get_running_loop().getaddrinfo('127.0.0.1', 80)) > 0\n"
        "asyncio.run(f())",
        "getaddrinfo",
    ),
    "a descriptor that its loop watches": Escape(
        on_loop("loop.add_reader(3, plain) is not None or loop.remove_reader(3)"), "add_reader"
    ),
    "a signal that its loop takes": Escape(
        SETUP + "async def f():\n"
        "    return asyncio.get_running_loop().add_signal_handler(10, plain) is None\n"
        "asyncio.run(f())",
        "add_signal_handler",
    ),
    "the selector of a loop": Escape(
        on_loop("loop._selector.get_map() is not None"), "'_selector'"
    ),
    "the selector in vars of a loop": Escape(
        on_loop("vars(loop)['_selector'].get_map() is not None"), "'_selector'"
    ),
    "what is ready in a loop": Escape(on_loop("len(loop._ready) == 0"), "'_ready'"),
    "the callback of a handle": Escape(
        SETUP + "async def f():\n"
        "    return asyncio.get_running_loop().call_soon(plain)._callback is plain\n"
        "asyncio.run(f())",
        "'_callback'",
    ),
    "a loop of one's own kind": Escape(
        SETUP + "class L(type(asyncio.new_event_loop())):\n    def look(self):\n"
        "        return self._selector.get_map() is not None\n"
        "loop = L()\nfound = loop.look()\nloop.close()\nfound",
        "'_selector'",
    ),
    "the loop's class and a program": Escape(
        SETUP + "kind = type(asyncio.new_event_loop())\n"
        "callable(kind.subprocess_exec) and callable(getattr(kind, 'subprocess_' + 'shell'))",
        "subprocess_",
    ),
    "the stack of a task by its name": Escape(
        SETUP + "async def f():\n"
        "    stack = getattr(asyncio.current_task(), 'get_' + 'stack')()\n"
        "    return prize(stack[-1].f_globals)\nasyncio.run(f())",
        "may not be used",
    ),
    "a pattern on a task": Escape(
        SETUP + "async def f():\n    match asyncio.current_task():\n"
        "        case asyncio.Task(get_stack=stack):\n"
        "            return prize(stack()[-1].f_globals)\n"
        "asyncio.run(f())",
        "a pattern may not read the attribute 'get_stack'",
    ),
    "the frame behind an asynchronous comprehension": Escape(
        "async def items():\n    yield 1\nasync def f():\n"
        "    g = (i async for i in items())\n    return prize(g.ag_frame.f_globals)\n"
        "import asyncio\nasyncio.run(f())",
        "may not be used",
    ),
    "a traceback of __aexit__": Escape(
        SETUP + "class Trap:\n    async def __aenter__(self): return self\n"
        "    async def __aexit__(self, kind, error, trace):\n        self.trace = trace\n"
        "        return True\nasync def f():\n    async with Trap() as trap:\n        1 / 0\n"
        "    return prize(trap.trace.tb_frame.f_globals)\nasyncio.run(f())",
        "may not be used",
    ),
}
