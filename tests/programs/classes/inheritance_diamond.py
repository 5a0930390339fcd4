class Base:
    def __init__(self, **kw):
        self.log = [*getattr(self, "log", []), "Base"]
        super().__init__(**kw)
    def who(self):
        return ["Base"]

class Left(Base):
    def __init__(self, left=1, **kw):
        super().__init__(**kw)
        self.left = left
        self.log.append("Left")
    def who(self):
        return ["Left", *super().who()]

class Right(Base):
    def __init__(self, *, right=2, **kw):
        super().__init__(**kw)
        self.right = right
        self.log.append("Right")
    def who(self):
        return ["Right"] + super(Right, self).who()

class Bottom(Left, Right):
    def who(self):
        return ["Bottom", *super().who()]

b = Bottom(left=5, right=6)
print(b.who(), b.log, b.left, b.right)
print([c.__name__ for c in Bottom.__mro__], Bottom.__bases__, isinstance(b, Right), issubclass(Left, Right))
class Impossible(Base, Left): pass
