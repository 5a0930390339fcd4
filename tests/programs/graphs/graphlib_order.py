from graphlib import CycleError, TopologicalSorter
sorter = TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}})
sorter.prepare()
while sorter.is_active():
    ready = sorted(sorter.get_ready())
    print(ready)
    sorter.done(*ready)
print(list(TopologicalSorter({"x": ["y"], "y": ["z"]}).static_order()))
try:
    list(TopologicalSorter({1: [2], 2: [1]}).static_order())
except CycleError as error:
    print(error.args[0], sorted(set(error.args[1])))
