class Report:
    def __init__(self, format="csv", query=None):
        self.format, self.query, self.eval = format, query, lambda x: x * 2
        self._format_map = {"csv": ","}

    def format_map(self, names):
        return [n.format(self) for n in names]

    def print(self): return f"{self.format} {self.query!r}"


class Text(str):
    def format(self, *args): return "own " + super().format(*args)


r = Report(query="a=1")
print(r.print(), r.eval(4), r.format_map(["{0.format}", "{0._format_map[csv]}", "{._format_map} {.query}".replace("{._", "{0._").replace("{.q", "{0.q")]))
print(Text("{}!").format(1), str.format("{:>4}", Text("x")), Text.format(Text("<{}>"), 2), Text("{a}").format_map({"a": 1}))
write = "{0} {0:>{1}}".format
print(write("x", 3), "{.real} {}".format(1, 2), "{:{}{}}".format("a", "^", 5), sep="|")
r.format = "json"
del r.query
r.query
