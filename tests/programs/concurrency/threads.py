import queue
import threading

lock = threading.Lock()
total = 0


def add(amount):
    global total
    for _ in range(500):
        with lock:
            total += amount


threads = [threading.Thread(target=add, args=(n,), name=f"adder-{n}") for n in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total, [t.name for t in threads], any(t.is_alive() for t in threads))

tasks, results = queue.Queue(), {}


def worker():
    while True:
        n = tasks.get()
        if n is None:
            break
        with lock:
            results[n] = n * n
        tasks.task_done()


workers = [threading.Thread(target=worker) for _ in range(3)]
for one in workers:
    one.start()
for n in range(20):
    tasks.put(n)
tasks.join()
for _ in workers:
    tasks.put(None)
for one in workers:
    one.join()
print(sorted(results.items())[:4], len(results))
# %%
total, lock.locked(), threading.active_count(), threading.current_thread().name
# %%
class Counter(threading.Thread):
    def __init__(self, upto):
        super().__init__(daemon=True)
        self.upto, self._seen = upto, []

    def run(self):
        for n in range(self.upto):
            self._seen.append(n)

    @property
    def seen(self):
        return len(self._seen)


counter = Counter(30)
counter.start()
counter.join(timeout=60)
counter.seen, counter.daemon, counter.is_alive()
