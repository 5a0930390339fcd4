import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def blocking(n):
    time.sleep(0.002)
    return n, threading.current_thread() is threading.main_thread()


async def main():
    loop = asyncio.get_running_loop()
    print(await asyncio.gather(*(asyncio.to_thread(blocking, n) for n in range(4))))
    with ThreadPoolExecutor(2) as pool:
        print(await loop.run_in_executor(pool, blocking, 9))
    done = asyncio.Event()
    threading.Thread(target=lambda: loop.call_soon_threadsafe(done.set)).start()
    await asyncio.wait_for(done.wait(), 60)
    try:
        await asyncio.to_thread(lambda: 1 / 0)
    except ZeroDivisionError as error:
        print(error)

    async def answer(n):
        await asyncio.sleep(0.001)
        return n + 1

    def ask():
        return asyncio.run_coroutine_threadsafe(answer(41), loop).result(60)

    print(await asyncio.to_thread(ask))


asyncio.run(main())
# %%
await asyncio.to_thread(sum, range(10))
# %%
results = []
def own_loop():
    results.append(asyncio.run(asyncio.sleep(0.001, "from its own loop")))
t = threading.Thread(target=own_loop)
t.start(); t.join()
results
