import traceback
from types import MappingProxyType, SimpleNamespace, GeneratorType, NoneType

settings = SimpleNamespace(debug=True, paths=["a"])
settings.level = 3
frozen = MappingProxyType({"a": 1})
print(settings, vars(settings) == settings.__dict__, frozen, frozen["a"], isinstance((x for x in ""), GeneratorType), NoneType)
def inner(): raise ValueError("deep down")
try:
    inner()
except ValueError as error:
    lines = traceback.format_exception_only(error)
    print(lines, traceback.format_exc().strip().splitlines()[-1], "Traceback" in traceback.format_exc())
frozen["b"] = 2
