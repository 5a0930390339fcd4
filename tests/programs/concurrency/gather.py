import asyncio

async def fetch(name, delay, fail=False):
    await asyncio.sleep(delay)
    if fail:
        raise ConnectionError(f"{name} is down")
    return f"{name} done"

async def main():
    print(await asyncio.gather(fetch("slow", 0.02), fetch("fast", 0.001)))
    results = await asyncio.gather(fetch("a", 0.001), fetch("b", 0, fail=True), return_exceptions=True)
    print([r if isinstance(r, str) else repr(r) for r in results])
    order = []
    for done in asyncio.as_completed([fetch("x", 0.4), fetch("y", 0.001), fetch("z", 0.2)]):
        order.append(await done)
    print(order)
    return len(order)

asyncio.run(main())
