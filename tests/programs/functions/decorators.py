import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        shown = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
        print(f"{function.__name__}({shown})")
        result = function(*args, **kwargs)
        print(f"  -> {result!r}")
        return result
    return wrapper


def repeat(times=2):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args):
            return [function(*args) for _ in range(times)]
        return wrapper
    return decorate


class CountCalls:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


@logged
def add(a, b=1):
    """Adds."""
    return a + b


@repeat(times=3)
@logged
def greet(name): return f"hi {name}"


@CountCalls
def square(x): return x * x


def retry(*errors, attempts=3):
    def decorate(function):
        def wrapper(*args):
            for attempt in range(1, attempts + 1):
                try:
                    return function(attempt, *args)
                except errors as error:
                    print("attempt", attempt, "failed:", error)
            raise RuntimeError(f"gave up after {attempts}") from error_of(errors)
        return wrapper
    return decorate


def error_of(errors): return errors[0]("last")


@retry(ValueError, ZeroDivisionError)
def flaky(attempt, limit):
    if attempt < limit:
        raise ValueError(f"no. {attempt}")
    return "ok"


add(2, b=3)
print(greet("Bo"), add.__name__, add.__doc__, square(3) + square(4), square.calls, square.__name__)
print(flaky(2))
def tag(cls):
    cls.tags = [*getattr(cls, "tags", []), cls.__name__]
    return cls
@tag
class Tagged: ...
print(Tagged.tags)
flaky(9)
