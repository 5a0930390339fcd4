import weakref
from contextvars import ContextVar, copy_context

class Node:
    def __init__(self, name): self.name = name
    def __del__(self): print("gone", self.name)

a = Node("a")
ref, cache = weakref.ref(a), weakref.WeakValueDictionary(a=a)
print(ref() is a, len(cache))
del a
print(ref(), len(cache))
b = Node("b")
b = None
level = ContextVar("level", default=0)
def inside():
    level.set(5)
    return level.get()
print(copy_context().run(inside), level.get())
