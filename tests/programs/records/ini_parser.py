CONFIG = """
; comment
[server]
host = example.org
port = 8080
debug = yes

[paths]
root = /srv
log = ${root}/log
"""


def parse(text):
    section, found = None, {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split(";")[0].strip()
        if not line:
            continue
        if line.startswith("[") and line.endswith("]"):
            section = found.setdefault(line[1:-1], {})
        elif section is None:
            raise ValueError(f"line {number}: no section for {line!r}")
        else:
            key, _, value = map(str.strip, line.partition("="))
            for name, old in section.items():
                value = value.replace("${%s}" % name, str(old))
            section[key] = int(value) if value.isdigit() else {"yes": True, "no": False}.get(value, value)
    return found


print(parse(CONFIG))
try:
    parse("a = 1")
except ValueError as error:
    print("refused:", error)
parse(CONFIG)["paths"]["log"]
