import json

text = '{"users": [{"name": "Ann", "tags": ["a", "b"], "age": 31, "addr": {"city": "Rome"}}, ' \
       '{"name": "Bob", "tags": [], "age": null, "score": 1e3}], "ok": true, "πi": "\\u00e9\\n"}'
data = json.loads(text)


def walk(node, path="$"):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f"{path}.{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{path}[{index}]")
    else:
        yield path, node


for path, value in walk(data):
    print(path, "=", repr(value))
print(json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False))
print(json.dumps([1, 2.5, None, True, float("inf")], separators=(",", ":")))
json.loads('{"broken": [1, 2,}')
