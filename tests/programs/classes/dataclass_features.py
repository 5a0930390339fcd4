from dataclasses import FrozenInstanceError, KW_ONLY, InitVar, asdict, astuple, dataclass, field, fields, replace
from typing import ClassVar


@dataclass(order=True)
class Card:
    sort_key: int = field(init=False, repr=False)
    rank: str
    suit: str = "♠"
    RANKS: ClassVar[str] = "23456789TJQKA"

    def __post_init__(self):
        self.sort_key = self.RANKS.index(self.rank)


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    _: KW_ONLY
    label: str = ""

    def moved(self, dx): return replace(self, x=self.x + dx)


@dataclass
class Basket:
    owner: str
    items: list[Card] = field(default_factory=list)
    discount: InitVar[int] = 0
    total: int = field(init=False, default=0, compare=False)

    def __post_init__(self, discount):
        self.total = sum(c.sort_key for c in self.items) - discount


@dataclass(eq=False, unsafe_hash=True)
class Child(Basket):
    name: str = "child"


hand = [Card("K"), Card("2", "♥"), Card("A")]
print(sorted(hand), max(hand), Card("2") < Card("3"), Card("7") == Card("7"))
p = Point(1, label="p")
print(p, p.moved(3), hash(p) == hash(Point(1, label="p")), astuple(p), {p: 1}[Point(1, 0, label="p")])
basket = Basket("Ann", hand, 5)
print(basket.total, asdict(basket)["items"][1], [f.name for f in fields(Basket)])
print(Basket("x").items is Basket("y").items, Child("c").name, Card.__match_args__)
try:
    p.x = 2
except FrozenInstanceError as error:
    print(type(error).__name__, error)
Point(1, 2, "positional")
