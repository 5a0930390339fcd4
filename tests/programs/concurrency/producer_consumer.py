import asyncio


async def producer(queue, n):
    for i in range(n):
        await queue.put(i)
        print(f"put {i}")
    await queue.put(None)


async def consumer(queue, results):
    while (item := await queue.get()) is not None:
        results.append(item ** 2)
        queue.task_done()
        await asyncio.sleep(0)


async def main():
    queue, results = asyncio.Queue(maxsize=2), []
    await asyncio.gather(producer(queue, 5), consumer(queue, results))
    print(results, queue.empty())


asyncio.run(main())
