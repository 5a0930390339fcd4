import re

log = """2024-03-01 12:00:01 ERROR db: timeout after 30s (host=db-1)
2024-03-01 12:00:05 INFO  web: GET /index.html 200
2024-03-01 12:01:00 ERROR web: 500 on /api/items?id=7
2024-03-02 08:15:30 WARN  db: slow query 4.5s (host=db-2)
not a log line"""

line_re = re.compile(
    r"""^(?P<date>\d{4}-\d\d-\d\d)\s
        (?P<time>[\d:]+)\s
        (?P<level>[A-Z]+)\s+
        (?P<source>\w+):\s
        (?P<message>.*)$""",
    re.VERBOSE | re.MULTILINE,
)
for found in line_re.finditer(log):
    print(found["level"], found.group("source", "time"), found.span("message"))

print(re.sub(r"(\d+)(?:\.\d+)?s\b", lambda m: f"{int(m[1]) * 1000}ms", log.splitlines()[3]))
print(re.split(r"[,;]\s*", "a, b;c,d"))
print(re.findall(r"host=([\w-]+)", log))
print(re.fullmatch(r"(\w)(\w)?\1", "aba").groups())
print(re.match("x", "y") is None)
re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", "1234567")
