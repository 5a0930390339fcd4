import io
import re

stream = io.StringIO("alpha\nbeta=2\n\ngamma=3\n")
while line := stream.readline():
    if found := re.match(r"(\w+)=(\d+)", line):
        print(found[1], int(found[2]))
    elif not (text := line.strip()):
        print("blank")
    else:
        print("word", text)
print((n := 10) + n, [t for v in ("3", "x", "5") if v.isdigit() and (t := int(v)) > 3])
def f(k=(default := 7)): return k
print(f(), default)
if any((big := value) > 50 for value in [10, 60, 70]):
    print("first big:", big)
big
