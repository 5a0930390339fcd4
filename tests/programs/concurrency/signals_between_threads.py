import threading
import time
from collections import deque

order = []
ready, go = threading.Event(), threading.Event()


def waits():
    ready.set()
    go.wait()
    order.append("woken")


thread = threading.Thread(target=waits)
thread.start()
ready.wait()
order.append("wakes")
go.set()
thread.join()
print(order, go.is_set(), go.wait(0))

buffer, changed, taken = deque(), threading.Condition(), []


def consume():
    while len(taken) < 10:
        with changed:
            changed.wait_for(lambda: buffer, timeout=60)
            taken.append(buffer.popleft())


consumer = threading.Thread(target=consume)
consumer.start()
for n in range(10):
    with changed:
        buffer.append(n)
        changed.notify()
consumer.join()
print(taken)

limit, peak, running = threading.BoundedSemaphore(2), 0, 0
lock = threading.RLock()


def limited():
    global peak, running
    with limit:
        with lock:
            running += 1
            with lock:
                peak = max(peak, running)
        time.sleep(0.002)
        with lock:
            running -= 1


crowd = [threading.Thread(target=limited) for _ in range(6)]
[t.start() for t in crowd]
[t.join() for t in crowd]
print(peak <= 2, running)
try:
    limit.release()
except ValueError as error:
    print(error)

barrier, passed = threading.Barrier(3, action=lambda: passed.append("all here")), []


def arrive(n):
    barrier.wait(timeout=60)
    with lock:
        passed.append(n)


crowd = [threading.Thread(target=arrive, args=(n,)) for n in range(3)]
[t.start() for t in crowd]
[t.join() for t in crowd]
print(passed[0], sorted(passed[1:]))

timer = threading.Timer(0.01, order.append, args=["rang"])
timer.start()
timer.join()
cancelled = threading.Timer(60, order.append, args=["never"])
cancelled.start()
cancelled.cancel()
cancelled.join()
print(order, lock.acquire(timeout=0.01), lock.release())
# %%
mine = threading.local()
mine.value = 1
def other():
    order.append(hasattr(mine, "value"))
t = threading.Thread(target=other)
t.start(); t.join()
order[-1], mine.value, threading.main_thread() is threading.current_thread()
