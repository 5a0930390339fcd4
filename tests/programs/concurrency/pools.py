import concurrent.futures
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait


def square(n):
    time.sleep(0.001 * (5 - n % 5))
    return n * n


def picky(n):
    if n % 3 == 0:
        raise ValueError(f"no {n}")
    return n


with ThreadPoolExecutor(max_workers=4, thread_name_prefix="squares") as pool:
    print(list(pool.map(square, range(10))))
    futures = {pool.submit(picky, n): n for n in range(6)}
    seen = {}
    for future in as_completed(futures):
        error = future.exception()
        seen[futures[future]] = str(error) if error else future.result()
    print(sorted(seen.items(), key=lambda item: item[0]))
    names = set(pool.map(lambda _: threading.current_thread().name.rpartition("_")[0], range(8)))
    print(names)
try:
    pool.submit(square, 1)
except RuntimeError as error:
    print(error)

pool = ThreadPoolExecutor(2)
gate = threading.Event()
slow = pool.submit(gate.wait, 60)
while not slow.running():
    time.sleep(0.001)
fast = pool.submit(square, 3)
done, pending = wait([slow, fast], return_when=FIRST_COMPLETED)
print(fast in done, slow in pending, slow.running(), slow.cancel())
gate.set()
print(slow.result(timeout=60), slow.done())
late = threading.Event()
try:
    pool.submit(late.wait, 60).result(timeout=0.001)
except concurrent.futures.TimeoutError as error:
    print(type(error).__name__)
late.set()
called = []
future = pool.submit(square, 2)
future.add_done_callback(lambda f: called.append(f.result()))
future.result()
while not called:
    time.sleep(0.001)
# %%
sorted(pool.map(square, [7, 8])), called
# %%
pool.shutdown(wait=True, cancel_futures=True)
local = threading.local()


def prepare(name):
    local.name = name


with ThreadPoolExecutor(2, initializer=prepare, initargs=("ready",)) as prepared:
    print(set(prepared.map(lambda _: local.name, range(6))))
try:
    ThreadPoolExecutor(0)
except ValueError as error:
    print(error)


def fails():
    raise LookupError("broken from the start")
