import json
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal


@dataclass
class Item:
    name: str
    price: Decimal
    bought: date
    tags: list[str] = field(default_factory=list)


class Encoder(json.JSONEncoder):
    def default(self, o):
        match o:
            case Decimal():
                return str(o)
            case date():
                return o.isoformat()
            case set():
                return sorted(o)
            case _:
                return super().default(o)


items = [Item("pen", Decimal("1.10"), date(2024, 1, 2)), Item("ink", Decimal(3), date(2024, 2, 3), ["x"])]
text = json.dumps([asdict(item) for item in items], cls=Encoder, indent=1)
print(text)
back = json.loads(text, object_hook=lambda d: Item(d["name"], Decimal(d["price"]), date.fromisoformat(d["bought"]), d["tags"]))
print(back == items)
print(json.loads("[1.10, 2]", parse_float=Decimal, parse_int=str))
print(json.dumps({"s": {3, 1, 2}}, cls=Encoder))
json.dumps(object(), cls=Encoder)
