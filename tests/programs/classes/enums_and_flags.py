from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique


class Color(Enum):
    RED = "r"
    GREEN = "g"
    CRIMSON = "r"

    @classmethod
    def _missing_(cls, value):
        return next((c for c in cls if c.name.lower() == str(value).lower()), None)

    @property
    def pretty(self):
        return self.name.title()


class Planet(Enum):
    EARTH = (5.976e24, 6.37814e6)
    MARS = (6.421e23, 3.3972e6)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius

    def gravity(self):
        return 6.6743e-11 * self.mass / self.radius ** 2


class Level(IntEnum):
    LOW = auto()
    HIGH = auto()


class Word(StrEnum):
    def _generate_next_value_(name, start, count, last):
        return f"{name.lower()}-{count}"
    HELLO = auto()
    BYE = auto()


class Permission(Flag):
    R = auto()
    W = auto()
    X = auto()
    ALL = R | W | X


print(list(Color), Color("r") is Color.CRIMSON, Color["GREEN"], Color("Green").pretty, Color.RED.value)
print([f"{p.name} {p.gravity():.2f}" for p in Planet], Color.__members__)
print(Level.HIGH > Level.LOW, Level.HIGH + 1, sorted([Level.HIGH, Level.LOW]), f"{Level.LOW}", Level(2))
print(Word.HELLO + "!", Word("bye-1"), repr(Word.BYE))
rw = Permission.R | Permission.W
print(rw, Permission.X in rw, ~rw, Permission.ALL & ~Permission.W, bool(rw & Permission.X), rw.value)
print(IntFlag("Mask", "A B C").B | 1, Enum("Animal", ["CAT", "DOG"]).DOG)
match Color("g"):
    case Color.RED:
        print("red")
    case Color.GREEN:
        print("green")
try:
    @unique
    class Twice(Enum):
        A = 1
        B = 1
except ValueError as error:
    print(error)
Color("purple")
