def run(command):
    match command.split():
        case []:
            return "nothing"
        case ["quit" | "exit" as word]:
            return f"bye ({word})"
        case ["go", ("north" | "south" | "east" | "west") as where]:
            return f"going {where}"
        case ["go", other]:
            return f"no way {other}"
        case ["add", *numbers] if all(n.lstrip("-").isdigit() for n in numbers):
            return sum(map(int, numbers))
        case ["say", first, *rest]:
            return f"{first.upper()}{' ' if rest else ''}{' '.join(rest)}"
        case [verb, *_]:
            return f"what is {verb!r}?"

for c in ["", "quit", "exit", "go north", "go up", "add 1 2 -4", "add x", "say hi to all", "dance"]:
    print(f"{c!r:>16}: {run(c)}")
