tree = {"root": ["usr", "etc"], "usr": ["bin", "lib"], "lib": ["python"], "etc": []}

def show(node, depth=0, last=True, prefix=""):
    branch = "" if depth == 0 else ("└── " if last else "├── ")
    yield prefix + branch + node
    children = tree.get(node, [])
    for i, child in enumerate(children):
        deeper = prefix + ("" if depth == 0 else "    " if last else "│   ")
        yield from show(child, depth + 1, i == len(children) - 1, deeper)

print(*show("root"), sep="\n")

def height(node): return 1 + max(map(height, tree.get(node, [])), default=0)
def cycle(graph):
    state = {}
    def visit(node, trail):
        if state.get(node) == "open":
            return [*trail[trail.index(node):], node]
        if state.get(node) == "done":
            return None
        state[node] = "open"
        for other in graph.get(node, ()):
            if found := visit(other, [*trail, node]):
                return found
        state[node] = "done"
    for node in graph:
        if found := visit(node, []):
            return found
height("root"), cycle({1: [2], 2: [3, 4], 4: [5], 5: [2]}), cycle(tree)
