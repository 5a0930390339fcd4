class Tree:
    def __init__(self, value=None):
        self.value, self.left, self.right = value, None, None

    def insert(self, value):
        if self.value is None:
            self.value = value
        elif value < self.value:
            self.left = self.left or Tree()
            self.left.insert(value)
        else:
            self.right = self.right or Tree()
            self.right.insert(value)
        return self

    def __iter__(self):
        if self.left:
            yield from self.left
        if self.value is not None:
            yield self.value
        if self.right:
            yield from self.right

    def height(self):
        return 1 + max((t.height() for t in (self.left, self.right) if t), default=0)

    def __contains__(self, value):
        tree = self
        while tree and tree.value != value:
            tree = tree.left if value < tree.value else tree.right
        return tree is not None


tree = Tree()
for n in [50, 30, 70, 20, 40, 60, 80, 10]:
    tree.insert(n)
print(list(tree), tree.height(), 60 in tree, 65 in tree)
level, row = 0, [tree]
while row:
    print(level, [t.value for t in row])
    row = [child for t in row for child in (t.left, t.right) if child]
    level += 1
