class ConfigError(Exception):
    """The configuration is wrong."""

    def __init__(self, key, *, value=None):
        super().__init__(f"bad value for {key!r}: {value!r}")
        self.key, self.value = key, value


def read(config, key):
    try:
        return int(config[key])
    except ValueError as error:
        raise ConfigError(key, value=config[key]) from error


def show(error, depth=0):
    print("  " * depth + f"{type(error).__name__}: {error}")
    for note in getattr(error, "__notes__", []):
        print("  " * depth + f"note: {note}")
    if error.__cause__:
        show(error.__cause__, depth + 1)


try:
    read({"port": "80a"}, "port")
except ConfigError as error:
    error.add_note("look at the file")
    show(error)
    print(error.args, error.key, repr(error))
try:
    try:
        {}["x"]
    except KeyError:
        raise RuntimeError("while handling") from None
except RuntimeError as error:
    print(error.__cause__, error)


def cleanup():
    try:
        return "try"
    finally:
        print("finally runs")


def override():
    for i in range(3):
        try:
            if i == 1:
                continue
            if i == 2:
                return i
        finally:
            print("finally", i)


print(cleanup(), override())
read({"port": "x"}, "port")
