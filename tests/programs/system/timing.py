import time
from datetime import datetime, timezone
start = time.perf_counter()
time.sleep(0.001)
elapsed = time.perf_counter() - start
print(0.001 <= elapsed < 30, time.strftime("%Y", time.gmtime(0)), time.gmtime(86400).tm_mday, time.monotonic() <= time.monotonic())
print(abs(datetime.now(timezone.utc).timestamp() - time.time()) < 30, time.struct_time((2024, 1, 2, 3, 4, 5, 1, 2, 0)).tm_year)
time.strptime("30 Feb", "%d %b").tm_mon if False else time.strptime("3 Feb 2024", "%d %b %Y")[:3]
