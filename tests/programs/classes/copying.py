import copy


class Node:
    def __init__(self, name, children=()):
        self.name, self.children, self.parent = name, list(children), None
        for child in self.children:
            child.parent = self


class Money:
    def __init__(self, amount): self.amount = amount
    def __copy__(self): return Money(self.amount + 1)
    def __deepcopy__(self, memo):
        memo["seen"] = True
        return Money(copy.deepcopy(self.amount, memo) + 2)


root = Node("root", [Node("a"), Node("b")])
twin, shallow = copy.deepcopy(root), copy.copy(root)
twin.children[0].name = "changed"
shallow.name = "shallow"
print(root.children[0].name, root.name, shallow.children is root.children, twin.children[0].parent is twin)
print(copy.copy(Money(5)).amount, copy.deepcopy(Money(5)).amount)
a = [1, [2, 3]]
a.append(a)
b = copy.deepcopy(a)
print(b[2] is b, b[1] is a[1], a)
grid = [[0] * 2] * 2
grid[0][0] = 1
grid, [row[:] for row in grid][0] is grid[0]
