from __future__ import annotations
from typing import Iterator, Optional


class Node:
    def __init__(self, value, next: Optional[Node] = None):
        self.value = value
        self.next = next


class LinkedList:
    def __init__(self, *values):
        self._head: Node | None = None
        for value in reversed(values):
            self.push(value)

    def push(self, value) -> LinkedList:
        self._head = Node(value, self._head)
        return self

    def pop(self):
        if not self._head:
            raise IndexError("pop from empty list")
        value, self._head = self._head.value, self._head.next
        return value

    def reverse(self) -> None:
        before, node = None, self._head
        while node:
            node.next, before, node = before, node, node.next
        self._head = before

    def __iter__(self) -> Iterator:
        node = self._head
        while node is not None:
            yield node.value
            node = node.next

    def __str__(self):
        return " -> ".join(map(repr, self)) + " -> None"


items = LinkedList(1, 2, 3).push(0)
print(items)
items.reverse()
print(items, list(items), max(items), 3 in items)
print([items.pop() for _ in range(4)])
items.pop()
