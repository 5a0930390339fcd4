import asyncio

state = {"running": 0, "peak": 0, "total": 0}

async def worker(n, limit, lock):
    async with limit:
        state["running"] += 1
        state["peak"] = max(state["peak"], state["running"])
        await asyncio.sleep(0.001)
        state["running"] -= 1
    async with lock:
        before = state["total"]
        await asyncio.sleep(0)
        state["total"] = before + n

async def main():
    limit, lock = asyncio.Semaphore(3), asyncio.Lock()
    await asyncio.gather(*(worker(n, limit, lock) for n in range(10)))
    event = asyncio.Event()
    async def waiter():
        await event.wait()
        return "released"
    task = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    event.set()
    done, pending = await asyncio.wait([task], timeout=60)
    return done.pop().result(), len(pending)

print(asyncio.run(main()), state)
with_future = asyncio.run(asyncio.wait_for(asyncio.sleep(0, "value"), 60))
with_future
