steps = []
def parse(text):
    try:
        value = int(text)
    except ValueError:
        steps.append("except")
        return None
    else:
        steps.append("else")
        return value
    finally:
        steps.append("finally")

print([parse(t) for t in ("1", "x")], steps)
while True:
    try:
        steps.clear()
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        steps.append("interrupt")
        break
    finally:
        steps.append("out")
print(steps)
try:
    try:
        raise ValueError("first")
    finally:
        raise TypeError("second")
except TypeError as error:
    print(error, "after", error.__context__ if hasattr(error, "__context__") else "?")
