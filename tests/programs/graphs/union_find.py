class Sets:
    def __init__(self, items):
        self._parent = {item: item for item in items}
        self._size = dict.fromkeys(items, 1)

    def find(self, item):
        root = item
        while self._parent[root] != root:
            root = self._parent[root]
        while item != root:
            self._parent[item], item = root, self._parent[item]
        return root

    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        if self._size[a] < self._size[b]:
            a, b = b, a
        self._parent[b] = a
        self._size[a] += self._size[b]
        return True


edges = [(4, "a", "b"), (8, "b", "c"), (7, "c", "d"), (9, "d", "e"), (10, "e", "f"), (2, "c", "i"),
         (1, "h", "g"), (11, "b", "h"), (6, "g", "i"), (8, "a", "h"), (2, "g", "f"), (4, "c", "f"), (14, "d", "f")]
sets = Sets("abcdefghi")
tree = [(w, a, b) for w, a, b in sorted(edges) if sets.union(a, b)]
print(tree)
print(sum(w for w, *_ in tree), len({sets.find(n) for n in "abcdefghi"}))
