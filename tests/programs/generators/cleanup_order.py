from contextlib import ExitStack, closing, contextmanager, nullcontext, redirect_stdout, suppress
import io


@contextmanager
def step(name, *, fail=False):
    print("begin", name)
    try:
        yield name.upper()
    except KeyError as error:
        print(name, "handles", error)
    else:
        print(name, "went well")
    finally:
        print("end", name)


with step("a") as big:
    print(big)
with step("b"):
    raise KeyError("k")
with ExitStack() as stack:
    names = [stack.enter_context(step(n)) for n in "xy"]
    stack.callback(print, "callback", 1, sep="-")
    stack.push(lambda kind, error, trace: print("pushed", kind) or False)
    print(names)
with suppress(ZeroDivisionError, KeyError):
    1 / 0
with redirect_stdout(io.StringIO()) as caught:
    print("hidden")
print(repr(caught.getvalue()), nullcontext(5).__enter__())


def numbers():
    try:
        yield from range(10)
    finally:
        print("numbers closed")


with closing(numbers()) as some:
    print(next(some), next(some))


@step("decorator")
def decorated(): print("in decorated")


decorated()
with step("c"):
    raise ValueError("not handled")
