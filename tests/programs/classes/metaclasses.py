class Registry(type):
    known = {}

    def __new__(mcls, name, bases, namespace, **options):
        cls = super().__new__(mcls, name, bases, namespace)
        if options.get("register", True):
            mcls.known[name.lower()] = cls
        return cls

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)
        cls.created = len(Registry.known)

    def __call__(cls, *args, **kwargs):
        instance = super().__call__(*args, **kwargs)
        instance.tag = f"{cls.__name__}#{cls.created}"
        return instance

    def __len__(cls):
        return len(cls.known)

    def __iter__(cls):
        return iter(sorted(cls.known))


class Plugin(metaclass=Registry, register=False):
    def run(self): return self.tag

class Csv(Plugin): ...
class Json(Plugin): ...

print(list(Plugin), len(Plugin), Plugin().run(), Json().run(), type(Csv).__name__)

class Field:
    def __init_subclass__(cls, /, unit="", **kwargs):
        super().__init_subclass__(**kwargs)
        cls.unit = unit
        cls.all = [*getattr(cls, "all", []), cls.__name__]

class Length(Field, unit="m"): pass
class Wide(Length, unit="km"): pass
print(Length.unit, Wide.unit, Wide.all, Length.all)

Made = type("Made", (Length,), {"double": lambda self, x: x * 2, "n": 3}, unit="mm")
print(Made().double(Made.n), Made.unit, Made.__name__)

class Singleton(type):
    _instances = {}
    def __call__(cls, *args):
        if cls not in cls._instances:
            cls._instances[cls] = super().__call__(*args)
        return cls._instances[cls]

class Config(metaclass=Singleton):
    def __init__(self, value): self.value = value
Config(1) is Config(2), Config(3).value
