import sys
print("to stderr", file=sys.stderr)
sys.stdout.write("written\n")
print(sys.maxsize, sys.float_info.epsilon, sys.byteorder, sys.version_info >= (3, 11), sys.getsizeof([]) > 0, sys.intern("a") == "a")
print(sys.version_info[:2] == sys.version_info[0:2], sys.getrecursionlimit() > 100, sys.maxunicode, sys.platform)
def deep(n): return n and 1 + deep(n - 1)
print(deep(500), sys.version.split()[0].count("."))
print("flushed", end="", flush=True)
sys.stdout.flush()
sys.exit("never mind") if False else "still here"
