import asyncio

async def forever():
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        print("cancelled")
        raise

async def main():
    try:
        await asyncio.wait_for(forever(), timeout=0.01)
    except TimeoutError as error:
        print("timeout", type(error).__name__)
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("second timeout")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.sleep(0.001 * n, n)) for n in (3, 1, 2)]
    print([t.result() for t in tasks], tasks[0].done())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(forever())
            group.create_task(fail())
    except ExceptionGroup as error:
        print([str(e) for e in error.exceptions])
    task = asyncio.create_task(forever(), name="mine")
    await asyncio.sleep(0)
    print(task.get_name(), task.cancel(), await asyncio.gather(task, return_exceptions=True))

async def fail():
    await asyncio.sleep(0)
    raise ValueError("in a task")

asyncio.run(main())
