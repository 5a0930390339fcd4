from abc import ABC, abstractmethod
from math import pi


class Shape(ABC):
    @property
    @abstractmethod
    def area(self) -> float: ...

    @abstractmethod
    def scale(self, k): ...

    def describe(self):
        return f"{self.__class__.__name__} of area {self.area:.2f}"


class Circle(Shape):
    def __init__(self, r): self.r = r
    @property
    def area(self): return pi * self.r ** 2
    def scale(self, k): return Circle(self.r * k)


class Square(Shape):
    def __init__(self, side): self.side = side
    area = property(lambda self: self.side ** 2, doc="side squared")
    def scale(self, k): return type(self)(self.side * k)


@Shape.register
class Blob:
    pass


for shape in [Circle(1), Square(2)]:
    print(shape.describe(), "→", shape.scale(3).describe())
print(isinstance(Blob(), Shape), Square.area.__doc__, sorted(Shape.__abstractmethods__) if hasattr(Shape, "__abstractmethods__") else "")
Shape()
