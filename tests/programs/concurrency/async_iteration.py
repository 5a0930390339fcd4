import asyncio
from contextlib import aclosing, asynccontextmanager


class Ticker:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if not self.n:
            raise StopAsyncIteration
        self.n -= 1
        await asyncio.sleep(0)
        return self.n


async def letters(text):
    try:
        for ch in text:
            await asyncio.sleep(0)
            yield ch
    finally:
        print("letters closed")


@asynccontextmanager
async def session(name):
    print("open", name)
    try:
        yield name
    finally:
        print("close", name)


class Lock:
    async def __aenter__(self): print("locked"); return self
    async def __aexit__(self, *exc): print("unlocked", exc[0])


async def main():
    print([n async for n in Ticker(4) if n % 2], {c: i async for i, c in aenumerate(letters("ab"))})
    async with session("s") as s, Lock():
        print(s)
    async with aclosing(letters("xyz")) as some:
        async for ch in some:
            print(ch)
            break
    async for _ in Ticker(0):
        pass
    else:
        print("no ticks")
    return await anext(letters("q"))


async def aenumerate(items):
    i = 0
    async for item in items:
        yield i, item
        i += 1


asyncio.run(main())
