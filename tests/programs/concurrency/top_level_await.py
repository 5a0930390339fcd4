import asyncio

async def double(x):
    await asyncio.sleep(0.001)
    return 2 * x

result = await double(21)
print(result)
# %%
values = [await double(i) for i in range(3)]
async def gen():
    for v in values:
        yield v
async for v in gen():
    print("got", v)
# %%
await asyncio.gather(*(double(v) for v in values))
# %%
async with asyncio.timeout(0.005):
    await asyncio.sleep(30)
