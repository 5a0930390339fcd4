from typing import NamedTuple, NewType, NotRequired, Required, Self, TypedDict, get_args, get_origin


class Movie(TypedDict, total=False):
    title: Required[str]
    year: int
    tags: NotRequired[list[str]]


class Employee(NamedTuple):
    name: str
    id: int = 3

    @property
    def label(self) -> str:
        return f"{self.name}#{self.id}"


UserId = NewType("UserId", int)


class Shape:
    def __init__(self): self.sides = 0
    def with_sides(self, n: int) -> Self:
        self.sides = n
        return self


movie: Movie = {"title": "Dune", "year": 2021}
movie["tags"] = ["sf"]
e = Employee("Ann")
print(movie, Movie.__annotations__.keys(), sorted(Movie.__required_keys__) if hasattr(Movie, "__required_keys__") else "")
print(e, e.label, e._replace(id=9), e._asdict(), Employee._fields, Employee._make(["Bo", 1]), [*e], e == ("Ann", 3))
print(UserId(5) + 1, UserId.__name__, get_origin(dict[str, int]), get_args(dict[str, list[int]]), Shape().with_sides(3).sides)
name, number = e
e.id = 5
